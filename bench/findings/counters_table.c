#include "bench/findings/counters_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "bench/render/markdown_text.h"

/* What is shown of a case; each is NaN, and its cell a dash, where something of it was not counted. */
static double instructions_a_cycle(const struct case_summary *c)
{
	return c->count[INSTRUCTIONS_USER] / c->count[CYCLES_USER];
}

static double cache_misses_an_item(const struct case_summary *c)
{
	return c->count[CACHE_MISSES_USER] / (double)c->items;
}

static double tlb_misses_an_item(const struct case_summary *c)
{
	return c->count[DTLB_MISSES_USER] / (double)c->items;
}

static double kernel_share(const struct case_summary *c)
{
	return 100 * c->count[CYCLES_KERNEL] / (c->count[CYCLES_USER] + c->count[CYCLES_KERNEL]);
}

static const struct {
	const char *title;
	double (*value)(const struct case_summary *c);
} columns[] = {
	{"instructions per cycle", instructions_a_cycle},
	{"cache misses per item", cache_misses_an_item},
	{"dTLB misses per item", tlb_misses_an_item},
	{"cycles in the kernel, %", kernel_share},
};

enum { VALUES = sizeof columns / sizeof *columns };

static bool is_counted(const struct case_summary *c)
{
	return c && c->samples && isfinite(c->count[CYCLES_USER]);
}

static void put_cell(FILE *file, const struct case_summary *c, size_t column)
{
	double value = is_counted(c) ? columns[column].value(c) : NAN;
	if (isfinite(value))
		fprintf(file, " %.3g |", value);
	else
		fputs(" – |", file);
}

static void put_head(FILE *file, uint64_t workers)
{
	fprintf(file,
		"## Hardware counters\n\nMedians at %" PRIu64
		" workers, of one untimed job per invocation; all but the last pair in user mode. An item "
		"stands for all of its phases.\n\n| kernel, size |",
		workers);
	for (size_t i = 0; i < VALUES; i++)
		fprintf(file, " %s: pthread | fork |", columns[i].title);
	fputs("\n|---|", file);
	for (size_t i = 0; i < VALUES; i++)
		fputs("---:|---:|", file);
	fputc('\n', file);
}

/* A row opens with the threads' case; where there is none, with the processes'. */
static bool opens_row(const struct summary *s, const struct case_summary *c, uint64_t workers)
{
	bool threads = strcmp(c->id.runner, "pthread") == 0;
	if (c->id.workers != workers || strcmp(c->id.suite, "scaling") != 0)
		return false;
	return threads || (strcmp(c->id.runner, "fork") == 0 && !summary_find(s, c, "pthread", workers));
}

void counts_table_put(FILE *file, const struct summary *s, uint64_t workers)
{
	size_t rows = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		const struct case_summary *threads = summary_find(s, c, "pthread", workers);
		const struct case_summary *processes = summary_find(s, c, "fork", workers);
		if (!opens_row(s, c, workers) || (!is_counted(threads) && !is_counted(processes)))
			continue;
		if (rows++ == 0)
			put_head(file, workers);
		fputs("| ", file);
		markdown_put_text(file, c->id.kernel);
		fprintf(file, " %" PRIu64 " |", c->id.size);
		for (size_t k = 0; k < VALUES; k++) {
			put_cell(file, threads, k);
			put_cell(file, processes, k);
		}
		fputc('\n', file);
	}
	if (rows)
		fputc('\n', file);
}
