#include "bench/findings/recovery_table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/render/markdown_text.h"

#define SUITE "isolation"

static bool has_recovery(const struct case_summary *c)
{
	return strcmp(c->id.suite, SUITE) == 0 && isfinite(c->metric[METRIC_RECOVERY].value);
}

/* "0.39 ms" or "0.39 [0.38, 0.41] ms": one unit for all three. */
static void show_recovery(const struct estimate *e, char *text, size_t bytes)
{
	if (isfinite(e->low))
		snprintf(text, bytes, "%.3g ms [%.3g, %.3g]", e->value / 1e6, e->low / 1e6, e->high / 1e6);
	else
		snprintf(text, bytes, "%.3g ms", e->value / 1e6);
}

/* Are the new worker's start and the work done again apart? In files of before the first contains both. */
static bool is_apart(const struct case_summary *c)
{
	return c->metric[METRIC_REDO].n;
}

/* Over all kinds of crash that both runners went through. */
struct crashes {
	double survivors[2], lost[2], recovery[2]; /* least and most */
	uint64_t items, workers;
	size_t kinds;
	bool apart;
};

static void widen(double range[2], double x, bool first)
{
	range[0] = first || x < range[0] ? x : range[0];
	range[1] = first || x > range[1] ? x : range[1];
}

static void add_crash(struct crashes *t, const struct case_summary *c)
{
	bool first = !t->kinds++;
	widen(t->survivors, c->metric[METRIC_SURVIVORS].value, first);
	widen(t->lost, c->metric[METRIC_LOST].value, first);
	widen(t->recovery, c->metric[METRIC_RECOVERY].value / 1e6, first);
	t->items = c->items;
	t->workers = c->id.workers;
	t->apart = is_apart(c);
}

/* "1", "102 to 200" */
static const char *show_range(const double range[2], const char *format, char *text, size_t bytes)
{
	char low[32], high[32];
	snprintf(low, sizeof low, format, range[0]);
	snprintf(high, sizeof high, format, range[1]);
	snprintf(text, bytes, "%s%s%s", low, strcmp(low, high) == 0 ? "" : " to ",
		 strcmp(low, high) == 0 ? "" : high);
	return text;
}

static size_t tell_side(const struct crashes *t, const char *who, char *text, size_t bytes)
{
	char lost[80], time[80];
	int n = snprintf(text, bytes, "%s lose %s of %" PRIu64 " items and %s %s ms", who,
			 show_range(t->lost, "%.0f", lost, sizeof lost), t->items,
			 t->apart ? "have a new worker after" : "recover after",
			 show_range(t->recovery, "%.3g", time, sizeof time));
	return n < 0 || (size_t)n >= bytes ? bytes - 1 : (size_t)n;
}

void recovery_tell(const struct summary *s, char *sentence, size_t bytes)
{
	struct crashes forked = {0}, threaded = {0};
	*sentence = '\0';
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *fork = &s->cases[i];
		if (!has_recovery(fork) || strcmp(fork->id.runner, "fork") != 0)
			continue;
		const struct case_summary *threads = summary_find(s, fork, "pthread", fork->id.workers);
		if (!threads || !has_recovery(threads))
			continue;
		add_crash(&forked, fork);
		add_crash(&threaded, threads);
	}
	if (!forked.kinds)
		return;
	char processes[80], threads[80];
	size_t n = (size_t)snprintf(
		sentence, bytes,
		"When a worker crashes, %s of %" PRIu64 " forked processes and %s of %" PRIu64
		" threads are left (%zu kind%s of crash); ",
		show_range(forked.survivors, "%g", processes, sizeof processes), forked.workers,
		show_range(threaded.survivors, "%g", threads, sizeof threads), threaded.workers, forked.kinds,
		forked.kinds == 1 ? "" : "s");
	n += tell_side(&forked, "processes", sentence + n, bytes - n);
	n += (size_t)snprintf(sentence + n, bytes - n, ", ");
	tell_side(&threaded, "threads", sentence + n, bytes - n);
}

static bool opens_row(const struct summary *s, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (has_recovery(&s->cases[i]) &&
		    strcmp(s->cases[i].id.kernel, s->cases[index].id.kernel) == 0 &&
		    strcmp(s->cases[i].id.runner, s->cases[index].id.runner) == 0 &&
		    s->cases[i].id.workers == s->cases[index].id.workers)
			return false;
	return has_recovery(&s->cases[index]);
}

static void put_row(FILE *file, const struct case_summary *c, bool apart)
{
	char time[64], again[64] = "–";
	show_recovery(&c->metric[METRIC_RECOVERY], time, sizeof time);
	if (is_apart(c))
		show_recovery(&c->metric[METRIC_REDO], again, sizeof again);
	fputs("| ", file);
	markdown_put_text(file, c->id.kernel);
	fprintf(file, " | %s | %g of %" PRIu64 " | %.0f of %" PRIu64 " | %s |", c->id.runner,
		c->metric[METRIC_SURVIVORS].value, c->id.workers, c->metric[METRIC_LOST].value, c->items,
		time);
	fprintf(file, apart ? " %s |\n" : "\n", again);
}

static const char about[] = "## Crashes\n\nHalf-way through a job one worker crashes. *left*: "
			    "workers that survived. *lost*: items that had to be done again. ";
static const char about_replacement[] = "*new worker*: from the crash to the first instruction of the worker "
					"that takes the place. *done again*: from there to the end of the "
					"item that was hit, so everything lost that had been done before is "
					"included. Medians [intervals]. ";
static const char about_recovery[] =
	"*recovered after*: from the crash to the end of the item that it hit, done by a new worker, "
	"median [interval]; measured by an older version, which did not time the two apart. ";
static const char about_replacing[] = "A process is replaced by another one; threads die with their "
				      "process, and another process starts the "
				      "job again. A worker that hangs is noticed after 100 to 150 ms";

void recovery_put_section(FILE *file, const struct summary *s)
{
	bool begun = false, apart = false;
	for (size_t i = 0; i < s->count; i++)
		apart = apart || (has_recovery(&s->cases[i]) && is_apart(&s->cases[i]));
	for (size_t i = 0; i < s->count; i++) {
		if (!opens_row(s, i))
			continue;
		if (!begun)
			fprintf(file,
				"%s%s%s%s.\n\n| crash | runner | left | lost | %s "
				"|\n|---|---|---:|---:|---:|%s\n",
				about, apart ? about_replacement : about_recovery, about_replacing,
				apart ? ", which *new worker* does not contain" : "",
				apart ? "new worker after | done again in" : "recovered after",
				apart ? "---:|" : "");
		begun = true;
		put_row(file, &s->cases[i], apart);
	}
	if (begun)
		fputc('\n', file);
}
