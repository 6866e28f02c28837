#include "bench/recovery_table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "bench/markdown.h"
#include "bench/units.h"

#define SUITE "isolation"

static bool has_recovery(const struct case_summary *c)
{
	return strcmp(c->suite, SUITE) == 0 && isfinite(c->metric[METRIC_RECOVERY].value);
}

/* "0.39 ms" or "0.39 [0.38, 0.41] ms": one unit for all three. */
static void show_recovery(const struct estimate *e, char *text, size_t bytes)
{
	if (isfinite(e->low))
		snprintf(text, bytes, "%.3g ms [%.3g, %.3g]", e->value / 1e6, e->low / 1e6, e->high / 1e6);
	else
		snprintf(text, bytes, "%.3g ms", e->value / 1e6);
}

static size_t tell_case(const struct case_summary *c, char *text, size_t bytes)
{
	char time[64];
	show_recovery(&c->metric[METRIC_RECOVERY], time, sizeof time);
	int n = snprintf(text, bytes, "%s keeps %g, loses %.0f of %" PRIu64 " items and goes on after %s",
			 c->runner, c->metric[METRIC_SURVIVORS].value, c->metric[METRIC_LOST].value, c->items,
			 time);
	return n < 0 || (size_t)n >= bytes ? bytes - 1 : (size_t)n;
}

/* The first kind of crash that both runners went through. */
void recovery_tell(const struct summary *s, char *sentence, size_t bytes)
{
	*sentence = '\0';
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *fork = &s->cases[i];
		if (!has_recovery(fork) || strcmp(fork->runner, "fork") != 0)
			continue;
		const struct case_summary *threads = summary_find(s, fork, "pthread", fork->workers);
		if (!threads || !has_recovery(threads))
			continue;
		size_t n = (size_t)snprintf(sentence, bytes, "When one of %" PRIu64 " workers crashes (%s), ",
					    fork->workers, fork->kernel);
		n += tell_case(fork, sentence + n, bytes - n);
		n += (size_t)snprintf(sentence + n, bytes - n, "; ");
		tell_case(threads, sentence + n, bytes - n);
		return;
	}
}

static bool opens_row(const struct summary *s, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (has_recovery(&s->cases[i]) && strcmp(s->cases[i].kernel, s->cases[index].kernel) == 0 &&
		    strcmp(s->cases[i].runner, s->cases[index].runner) == 0 &&
		    s->cases[i].workers == s->cases[index].workers)
			return false;
	return has_recovery(&s->cases[index]);
}

static void put_row(FILE *file, const struct case_summary *c)
{
	char time[64];
	show_recovery(&c->metric[METRIC_RECOVERY], time, sizeof time);
	fputs("| ", file);
	markdown_put_text(file, c->kernel);
	fprintf(file, " | %s | %g of %" PRIu64 " | %.0f of %" PRIu64 " | %s |\n", c->runner,
		c->metric[METRIC_SURVIVORS].value, c->workers, c->metric[METRIC_LOST].value, c->items, time);
}

void recovery_put_section(FILE *file, const struct summary *s)
{
	bool begun = false;
	for (size_t i = 0; i < s->count; i++) {
		if (!opens_row(s, i))
			continue;
		if (!begun)
			fputs("## What a crash costs\n\nHalf-way through a job one worker crashes. *left*: "
			      "workers that were there to the end. *lost*: items that had to be done again. "
			      "*goes "
			      "on*: from the crash to the end of the item that it struck, in the hands of a "
			      "new "
			      "worker, median [interval]. A process is replaced by another one; threads go "
			      "down "
			      "with their process, and another process begins the job anew. A worker that "
			      "hangs "
			      "is noticed after 100 to 150 ms.\n\n"
			      "| crash | runner | left | lost | goes on after |\n|---|---|---:|---:|---:|\n",
			      file);
		begun = true;
		put_row(file, &s->cases[i]);
	}
	if (begun)
		fputc('\n', file);
}
