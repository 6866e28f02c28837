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

static size_t tell_case(const struct case_summary *c, char *text, size_t bytes)
{
	char time[64], again[64];
	show_recovery(&c->metric[METRIC_RECOVERY], time, sizeof time);
	show_recovery(&c->metric[METRIC_REDO], again, sizeof again);
	int n = snprintf(text, bytes, "%s keeps %g, loses %.0f of %" PRIu64 " items and ", c->id.runner,
			 c->metric[METRIC_SURVIVORS].value, c->metric[METRIC_LOST].value, c->items);
	if (n > 0 && (size_t)n < bytes)
		n += is_apart(c)
			     ? snprintf(text + n, bytes - (size_t)n,
					"has a new worker after %s, which does them again in %s", time, again)
			     : snprintf(text + n, bytes - (size_t)n, "goes on after %s", time);
	return n < 0 || (size_t)n >= bytes ? bytes - 1 : (size_t)n;
}

/* The first kind of crash that both runners went through. */
void recovery_tell(const struct summary *s, char *sentence, size_t bytes)
{
	*sentence = '\0';
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *fork = &s->cases[i];
		if (!has_recovery(fork) || strcmp(fork->id.runner, "fork") != 0)
			continue;
		const struct case_summary *threads = summary_find(s, fork, "pthread", fork->id.workers);
		if (!threads || !has_recovery(threads))
			continue;
		size_t n = (size_t)snprintf(sentence, bytes, "When one of %" PRIu64 " workers crashes (%s), ",
					    fork->id.workers, fork->id.kernel);
		n += tell_case(fork, sentence + n, bytes - n);
		n += (size_t)snprintf(sentence + n, bytes - n, "; ");
		tell_case(threads, sentence + n, bytes - n);
		return;
	}
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

static const char about[] = "## What a crash costs\n\nHalf-way through a job one worker crashes. *left*: "
			    "workers that were there to the end. *lost*: items that had to be done again. ";
static const char about_replacement[] = "*new worker*: from the crash to the first instruction of the worker "
					"that takes the place. *done again*: from there to the end of the "
					"item that was struck, so all that was done before and is lost "
					"included. Medians [intervals]. ";
static const char about_recovery[] =
	"*goes on*: from the crash to the end of the item that it struck, in the hands of a new worker, "
	"median [interval]; measured by an older version, which did not time the two apart. ";
static const char about_replacing[] = "A process is replaced by another one; threads go down with their "
				      "process, and another process begins the "
				      "job anew. A worker that hangs is noticed after 100 to 150 ms";

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
				apart ? "new worker after | done again in" : "goes on after",
				apart ? "---:|" : "");
		begun = true;
		put_row(file, &s->cases[i], apart);
	}
	if (begun)
		fputc('\n', file);
}
