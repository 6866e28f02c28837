/* The page of machines side by side: tables of which each has a column a machine. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/render/markdown_text.h"
#include "bench/report/machines.h"
#include "bench/report/missing.h"

/* ---- cells ---- */

typedef const char *show_number(double value, char *text, size_t bytes);

static const char *show_rate(double value, char *text, size_t bytes)
{
	char number[32];
	snprintf(text, bytes, "%sB/s", units_show_si(value, number, sizeof number));
	return text;
}

static const char *show_ratio(double value, char *text, size_t bytes)
{
	snprintf(text, bytes, "%.2f", value);
	return text;
}

static void put_estimate(FILE *file, const struct estimate *e, show_number *show)
{
	char value[48], low[48], high[48];
	if (!isfinite(e->value))
		fputs(" – |", file);
	else if (!isfinite(e->low))
		fprintf(file, " %s |", show(e->value, value, sizeof value));
	else
		fprintf(file, " %s [%s, %s] |", show(e->value, value, sizeof value),
			show(e->low, low, sizeof low), show(e->high, high, sizeof high));
}

/* ---- the primitives ---- */

static void put_primitive(FILE *file, const struct machines *m, const struct comparison *y,
			  const char *runner)
{
	struct estimate e[MACHINES_MAX];
	size_t measured = 0;
	for (size_t i = 0; i < m->count; i++) {
		e[i] = comparison_shown(&m->run[i].alike, y, runner);
		measured += e[i].n > 0;
	}
	if (!measured)
		return;
	fprintf(file, "| %s, %s |", y->name, runner);
	for (size_t i = 0; i < m->count; i++)
		put_estimate(file, &e[i], y->rate ? show_rate : units_show_ns);
	fputc('\n', file);
}

static const struct grain *find_grain(const struct machine_run *run, const char *panel, const char *runner)
{
	const struct grains *all = &run->curves.grains;
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->grain[i].panel, panel) == 0 && strcmp(all->grain[i].series, runner) == 0)
			return &all->grain[i];
	return NULL;
}

/* How small a task may be for half of the time to be work: what handing it out costs. */
static void put_grains(FILE *file, const struct machines *m, const char *panel, const char *name,
		       const char *runner)
{
	char text[160];
	size_t measured = 0;
	for (size_t i = 0; i < m->count; i++)
		measured += find_grain(&m->run[i], panel, runner) != NULL;
	if (!measured)
		return;
	fprintf(file, "| %s, %s |", name, runner);
	for (size_t i = 0; i < m->count; i++) {
		const struct grain *g = find_grain(&m->run[i], panel, runner);
		fprintf(file, " %s |", g ? grain_show(&g->half, text, sizeof text) : "–");
	}
	fputc('\n', file);
}

static void put_primitives(FILE *file, const struct machines *m)
{
	static const char *const created[] = {"pthread", "fork", "spawn"};
	static const char *const launched[] = {"pthread", "fork", "pthread-pool", "fork-pool"};
	static const char *const pools[] = {"pthread-pool", "fork-pool", "pthread-steal", "fork-steal"};
	fputs("## What the primitives cost\n\nMedian [interval]. METG(50 %): the smallest task for which "
	      "half of the workers' time is work; it depends on how many workers there are.\n\n",
	      file);
	machines_put_head(file, m, "primitive", "---:");
	for (const struct comparison *y = comparisons; y->name; y++)
		for (size_t r = 0; r < sizeof created / sizeof *created && y->shown; r++)
			put_primitive(file, m, y, created[r]);
	for (size_t r = 0; r < sizeof launched / sizeof *launched; r++)
		put_grains(file, m, GRAIN_TASK, "METG(50 %), a task a job", launched[r]);
	for (size_t r = 0; r < sizeof pools / sizeof *pools; r++)
		put_grains(file, m, GRAIN_STREAM, "METG(50 %), tasks scheduled one at a time", pools[r]);
	fputc('\n', file);
}

static void put_ratios(FILE *file, const struct machines *m)
{
	fputs("## Processes over threads\n\nTime of forked processes over time of threads, median "
	      "[interval], paired by invocation: above 1 threads are faster. What all workers do at once, "
	      "and the kernels, are with the most workers of each machine; the kernels are those that every "
	      "machine with the suite `scaling` has.\n\n",
	      file);
	machines_put_head(file, m, "what", "---:");
	for (const struct comparison *y = comparisons; y->name; y++) {
		fprintf(file, "| %s |", y->name);
		for (size_t i = 0; i < m->count; i++) {
			struct estimate e = machines_ratio(&m->run[i], y);
			put_estimate(file, &e, show_ratio);
		}
		fputc('\n', file);
	}
	fputc('\n', file);
}

/* ---- the kernels ---- */

/* The kernel under the runner at this machine's most workers. */
static const struct case_summary *at_most_workers(const struct machine_run *run,
						  const struct case_summary *like, const char *runner)
{
	for (size_t i = 0; i < run->common.count; i++) {
		const struct case_summary *c = &run->common.cases[i];
		if (strcmp(c->id.suite, like->id.suite) == 0 && strcmp(c->id.kernel, like->id.kernel) == 0 &&
		    c->id.size == like->id.size && strcmp(c->id.runner, runner) == 0 &&
		    c->id.workers == run->workers)
			return c;
	}
	return NULL;
}

static void put_speedup(FILE *file, const struct machines *m, const struct case_summary *like,
			const char *runner)
{
	fputs("| ", file);
	markdown_put_text(file, like->id.kernel);
	fprintf(file, " %" PRIu64 ", %s |", like->id.size, runner);
	for (size_t i = 0; i < m->count; i++) {
		const struct case_summary *c = at_most_workers(&m->run[i], like, runner);
		static const struct estimate none = {.value = NAN};
		put_estimate(file, c ? &c->speedup : &none, show_ratio);
	}
	fputc('\n', file);
}

/* Over all kernels of the table. */
static void put_means(FILE *file, const struct machines *m, const char *runner)
{
	fprintf(file, "| *geometric mean*, %s |", runner);
	for (size_t i = 0; i < m->count; i++) {
		const struct pairing p = {.suite = "scaling",
					  .a = runner,
					  .b = "seq",
					  .workers = m->run[i].workers,
					  .reading = reading_span};
		size_t kernels;
		struct estimate e = pairing_across(&m->run[i].common, &p, &kernels);
		struct estimate speedup = {
			.value = 1 / e.value, .low = 1 / e.high, .high = 1 / e.low, .n = e.n};
		put_estimate(file, &speedup, show_ratio);
	}
	fputc('\n', file);
}

/* The cases of a machine that has the suite: those in common are the same for all that have it. */
static const struct summary *first_with(const struct machines *m, const char *suite)
{
	for (size_t i = 0; i < m->count; i++)
		for (size_t k = 0; k < m->run[i].common.count; k++)
			if (strcmp(m->run[i].common.cases[k].id.suite, suite) == 0)
				return &m->run[i].common;
	return NULL;
}

static void put_speedups(FILE *file, const struct machines *m)
{
	const struct summary *first = first_with(m, "scaling");
	if (!first)
		return;
	fputs("## Speedup of the work over one core\n\nOf each machine with its most workers, median "
	      "[interval]; kernels that every machine with the suite `scaling` has, and the geometric mean "
	      "of these.\n\n",
	      file);
	machines_put_head(file, m, "kernel, size", "---:");
	fputs("| workers |", file);
	for (size_t i = 0; i < m->count; i++)
		if (m->run[i].workers)
			fprintf(file, " %" PRIu64 " |", m->run[i].workers);
		else
			fputs(" – |", file);
	fputc('\n', file);
	for (size_t i = 0; i < first->count; i++) {
		const struct case_summary *c = &first->cases[i];
		if (strcmp(c->id.suite, "scaling") != 0 || !case_id_is_seq(&c->id))
			continue;
		put_speedup(file, m, c, "pthread");
		put_speedup(file, m, c, "fork");
	}
	put_means(file, m, "pthread");
	put_means(file, m, "fork");
	fputc('\n', file);
}

void machines_put(FILE *file, const struct machines *m, const char *figure)
{
	fputs("# Machines side by side\n\nNo verdict: machines differ in more than one thing, so a "
	      "difference between two columns has no single cause. Whether a program became slower is for "
	      "`pvt compare` and `pvt gate`, on one machine.\n\n",
	      file);
	if (figure)
		fprintf(file, "![Processes over threads on each machine](<%s>)\n\n", figure);
	machines_put_about(file, m);
	machines_put_claims(file, m);
	put_ratios(file, m);
	put_primitives(file, m);
	put_speedups(file, m);
	missing_put(file, m);
}
