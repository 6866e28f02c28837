#include "bench/report/case_tables.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/python_words.h"
#include "bench/findings/counters_table.h"
#include "bench/render/markdown_text.h"
#include "bench/report/tables.h"
#include "bench/samples/pairing.h"
#include "runners/runner.h"

static void put_estimate(FILE *file, const struct estimate *e)
{
	if (!isfinite(e->value))
		fputs(" – |", file);
	else if (!isfinite(e->low))
		fprintf(file, " %.2f |", e->value);
	else
		fprintf(file, " %.2f [%.2f, %.2f] |", e->value, e->low, e->high);
}

/* The cell that opens a row: kernel, size, workers. */
static void put_case_name(FILE *file, const struct case_summary *c)
{
	char name[PYTHON_NAME_BYTES];
	fputs("| ", file);
	markdown_put_text(file, c->id.kernel);
	fprintf(file, " %" PRIu64, c->id.size);
	if (*c->id.python) {
		fputs(", Python ", file);
		markdown_put_text(file, python_name(c->id.python, NULL, name));
	}
	fprintf(file, "%s | %" PRIu64 " |", c->oversubscribed ? ", more workers than units" : "",
		c->id.workers);
}

static bool is_seq(const struct case_summary *c)
{
	return case_id_is_seq(&c->id);
}

/* Which table shows a case; the suites that say why have curves instead. */
enum table { TABLE_SCALING, TABLE_POOL, TABLE_CONTENTION, TABLE_PYTHON, TABLE_NONE };

static enum table table_of(const struct case_summary *c)
{
	static const struct {
		const char *suite;
		enum table table;
	} tables[] = {{"scaling", TABLE_SCALING},
		      {"waiting", TABLE_SCALING},
		      {"pool", TABLE_POOL},
		      {"contention", TABLE_CONTENTION},
		      {"python", TABLE_PYTHON}};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(c->id.suite, tables[i].suite) == 0)
			return tables[i].table;
	return TABLE_NONE;
}

bool case_tables_is_of_scaling(const struct case_summary *c)
{
	return table_of(c) == TABLE_SCALING;
}

/* One row stands for all runners of a kernel, size and worker count on one host; for more there is another
 * section. */
static bool opens_row(const struct summary *s, size_t index, enum table table)
{
	const struct case_summary *c = &s->cases[index];
	if (table_of(c) != table || c->id.hosts > 1)
		return false;
	for (size_t i = 0; i < index; i++) {
		const struct case_summary *o = &s->cases[i];
		if (!is_seq(o) && table_of(o) == table && o->id.hosts == 1 &&
		    strcmp(o->id.kernel, c->id.kernel) == 0 && o->id.size == c->id.size &&
		    strcmp(o->id.python, c->id.python) == 0 && o->id.workers == c->id.workers)
			return false;
	}
	return !is_seq(c);
}

static bool any_row(const struct summary *s, enum table table)
{
	for (size_t i = 0; i < s->count; i++)
		if (opens_row(s, i, table))
			return true;
	return false;
}

/* What the job takes on one core. */
static void put_job(FILE *file, const struct summary *s, const struct case_summary *c)
{
	char text[32];
	const struct case_summary *seq = summary_find(s, c, "seq", 1);
	bool known = seq && isfinite(seq->wall.value);
	fprintf(file, " %s |", known ? units_show_ns(seq->wall.value, text, sizeof text) : "–");
}

/* Of each runner the work and the whole job, so that what a launch costs cannot be overlooked. */
static void put_scaling_row(FILE *file, const struct summary *s, const struct case_summary *like,
			    const char *const *names)
{
	static const struct estimate none = {.value = NAN};
	put_case_name(file, like);
	put_job(file, s, like);
	for (const char *const *n = names; *n; n++) {
		const struct case_summary *c = summary_find(s, like, *n, like->id.workers);
		put_estimate(file, c ? &c->speedup : &none);
		put_estimate(file, c ? &c->wall_speedup : &none);
	}
	fputc('\n', file);
}

/* A row a kernel, size and worker count; a column a runner (ends with NULL). */
static void put_speedups(FILE *file, const struct summary *s, enum table table, const char *const *names)
{
	static const struct estimate none = {.value = NAN};
	fputs("| kernel, size | workers |", file);
	for (const char *const *n = names; *n; n++)
		fprintf(file, " %s |", *n);
	fputs("\n|---|---:|", file);
	for (const char *const *n = names; *n; n++)
		fputs("---:|", file);
	fputc('\n', file);
	for (size_t i = 0; i < s->count; i++) {
		if (!opens_row(s, i, table))
			continue;
		put_case_name(file, &s->cases[i]);
		for (const char *const *n = names; *n; n++) {
			const struct case_summary *c = summary_find(s, &s->cases[i], *n,
								    s->cases[i].id.workers);
			put_estimate(file, !c ? &none : table == TABLE_POOL ? &c->wall_speedup : &c->speedup);
		}
		fputc('\n', file);
	}
	fputc('\n', file);
}

static bool has_runner(const struct summary *s, enum table table, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (table_of(&s->cases[i]) == table && strcmp(s->cases[i].id.runner, name) == 0)
			return true;
	return false;
}

/* The names of all runners of these kinds that a table has cases of, and NULL. */
static void name_runners(const struct summary *s, enum table table, bool (*is_one)(const struct runner *),
			 const char *names[static RUNNERS_MOST])
{
	size_t n = 0;
	for (const struct runner *r = runners; r->name && n < RUNNERS_MOST - 1; r++)
		if (is_one(r) && has_runner(s, table, r->name))
			names[n++] = r->name;
	names[n] = NULL;
}

static bool is_launched(const struct runner *r)
{
	return runner_kind(r) == RUNNER_LAUNCHED;
}

static bool is_launched_or_pooled(const struct runner *r)
{
	return is_launched(r) || runner_kind(r) == RUNNER_POOLED;
}

static void put_scaling(FILE *file, const struct summary *s)
{
	const char *names[RUNNERS_MOST];
	name_runners(s, TABLE_SCALING, is_launched_or_pooled, names);
	fputs("## Speedup over one core\n\nOf the work (span) and of the whole job with launch and exit "
	      "(wall): sequential time over the runner's, median [interval]. *job*: time on one "
	      "core. Where it is below one, one core is faster.\n\n| kernel, size | workers | job |",
	      file);
	for (const char *const *n = names; *n; n++)
		fprintf(file, " %s span | wall |", *n);
	fputs("\n|---|---:|---:|", file);
	for (const char *const *n = names; *n; n++)
		fputs("---:|---:|", file);
	fputc('\n', file);
	for (size_t i = 0; i < s->count; i++)
		if (opens_row(s, i, TABLE_SCALING))
			put_scaling_row(file, s, &s->cases[i], names);
	fputc('\n', file);
}

void case_tables_put_pools(FILE *file, const struct summary *s)
{
	if (!any_row(s, TABLE_POOL))
		return;
	static const char *const names[] = {"pthread-pool", "pthread-steal", "fork-pool", "fork-steal", NULL};
	fputs("## Pools: whole jobs over one core\n\nSequential wall time over the runner's, submitting the job "
	      "included, median [interval]. *pool* assigns items by schedule, *steal* is the pool library.\n\n",
	      file);
	put_speedups(file, s, TABLE_POOL, names);
}

void case_tables_put_python(FILE *file, const struct summary *s)
{
	if (!any_row(s, TABLE_PYTHON))
		return;
	const char *names[RUNNERS_MOST];
	name_runners(s, TABLE_PYTHON, is_launched, names);
	fputs("## Python threads and processes\n\nSequential span over the runner's span, median [interval]. "
	      "*python-loop* is bytecode on objects of each worker's own, for which a thread has to hold the GIL "
	      "where there is one; *python-shared* adds to one counter behind one lock; *python-hash* is C code "
	      "that releases the GIL.\n\n",
	      file);
	put_speedups(file, s, TABLE_PYTHON, names);
}

void case_tables_put_contention(FILE *file, const struct summary *s)
{
	if (!any_row(s, TABLE_CONTENTION))
		return;
	static const char *const names[] = {"pthread", "fork", NULL};
	fputs("## Operations under contention\n\nOperations per second of all workers over those of one worker, "
	      "median "
	      "[interval]. Each worker repeats the operation; early finishers continue until all are done.\n\n",
	      file);
	put_speedups(file, s, TABLE_CONTENTION, names);
}

static void put_ratios(FILE *file, const struct summary *s)
{
	fputs("## Processes over threads\n\nTime of processes over time of threads, median [interval]: above "
	      "1 threads are faster. *span* is the work itself, *wall* the job with launch and exit.\n\n"
	      "| kernel, size | workers | fork/pthread span | wall | spawn/pthread span | wall | pools span "
	      "| wall |\n"
	      "|---|---:|---:|---:|---:|---:|---:|---:|\n",
	      file);
	for (size_t i = 0; i < s->count; i++) {
		if (!opens_row(s, i, TABLE_SCALING))
			continue;
		put_case_name(file, &s->cases[i]);
		for (const struct runner_pair *p = runner_pairs; p->processes; p++) {
			const struct case_summary *a = summary_find(s, &s->cases[i], p->processes,
								    s->cases[i].id.workers);
			const struct case_summary *b = summary_find(s, &s->cases[i], p->threads,
								    s->cases[i].id.workers);
			struct estimate span = {.value = NAN}, wall = {.value = NAN};
			if (a && b) {
				span = pairing_over(s, a, b, reading_span);
				wall = pairing_over(s, a, b, reading_wall);
			}
			put_estimate(file, &span);
			put_estimate(file, &wall);
		}
		fputc('\n', file);
	}
	fputc('\n', file);
}

static void put_ns(FILE *file, double ns)
{
	char text[32];
	fprintf(file, " %s |", isfinite(ns) ? units_show_ns(ns, text, sizeof text) : "–");
}

/* How fast each kernel is, in the unit of its field: what a reader checks against what he knows. */
static void put_rates(FILE *file, const struct summary *s, uint64_t workers)
{
	char rate[32];
	fprintf(file,
		"## Throughput of the kernels\n\nWork per second of span.\n\n| kernel, size | seq, span | seq "
		"| pthread, %" PRIu64 " workers | fork, %" PRIu64 " workers |\n|---|---:|---:|---:|---:|\n",
		workers, workers);
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *seq = &s->cases[i];
		if (!is_seq(seq) || table_of(seq) != TABLE_SCALING || !seq->samples)
			continue;
		const struct case_summary *columns[] = {seq, summary_find(s, seq, "pthread", workers),
							summary_find(s, seq, "fork", workers)};
		fputs("| ", file);
		markdown_put_text(file, seq->id.kernel);
		fprintf(file, " %" PRIu64 " |", seq->id.size);
		put_ns(file, seq->span.value);
		for (size_t k = 0; k < 3; k++) {
			if (!columns[k] || !columns[k]->samples) {
				fputs(" – |", file);
				continue;
			}
			fprintf(file, " %s",
				units_show_si(columns[k]->work / columns[k]->span.value * 1e9, rate,
					      sizeof rate));
			markdown_put_text(file, columns[k]->work_unit);
			fputs("/s |", file);
		}
		fputc('\n', file);
	}
	fputc('\n', file);
}

/* What a worker's life costs, a line a runner: the medians over its cases with the most workers. */
static void put_lives(FILE *file, const struct summary *s, uint64_t workers)
{
	fprintf(file,
		"## Launch and exit of workers\n\nMedians at %" PRIu64
		" workers: inside the launch call; from there to the worker's first instruction; from its "
		"last instruction until it is reaped; memory that all workers together added (PSS).\n\n"
		"| kernel | runner | create | start | exit | added memory, KiB "
		"|\n|---|---|---:|---:|---:|---:|\n",
		workers);
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		bool shown = strcmp(c->id.kernel, "square") == 0 || strcmp(c->id.kernel, "triad") == 0;
		if (!shown || is_seq(c) || table_of(c) != TABLE_SCALING || c->id.workers != workers ||
		    !c->samples)
			continue;
		fputs("| ", file);
		markdown_put_text(file, c->id.kernel);
		fputs(" | ", file);
		markdown_put_text(file, c->id.runner);
		fputs(" |", file);
		put_ns(file, c->create_ns);
		put_ns(file, c->start_ns);
		put_ns(file, c->exit_ns);
		fprintf(file, " %.0f |\n", c->pss_kib);
	}
	fputs("\n*square* needs next to no memory, *triad* much: a process maps what threads share "
	      "already.\n\n",
	      file);
}

void case_tables_put_scaling(FILE *file, const struct summary *s, uint64_t workers)
{
	if (!any_row(s, TABLE_SCALING))
		return;
	put_scaling(file, s);
	put_ratios(file, s);
	put_lives(file, s, workers);
	put_rates(file, s, workers);
	counts_table_put(file, s, workers);
}
