#include "bench/report/tables.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/render/csv_table.h"
#include "bench/samples/pairing.h"

const struct runner_pair runner_pairs[] = {
	{"fork", "pthread"}, {"spawn", "pthread"}, {"fork-pool", "pthread-pool"}, {NULL, NULL}};

static void put_estimate(struct csv_table *table, const struct estimate *e, double divisor)
{
	csv_interval(table, e->value / divisor, e->low / divisor, e->high / divisor);
}

static void put_case(struct csv_table *table, const struct case_summary *c)
{
	csv_text(table, c->id.suite);
	csv_text(table, c->id.kernel);
	csv_count(table, c->id.size);
	csv_text(table, c->id.runner);
	csv_count(table, c->id.workers);
	csv_text(table, c->id.placement);
	csv_text(table, c->id.schedule);
	csv_count(table, c->wall.n);
	csv_count(table, c->samples);
	csv_count(table, c->failed);
	put_estimate(table, &c->wall, 1);
	put_estimate(table, &c->span, 1);
	put_estimate(table, &c->speedup, 1);
	put_estimate(table, &c->speedup, (double)c->id.workers);
	put_estimate(table, &c->wall_speedup, 1);
	const double numbers[] = {
		c->create_ns, c->start_ns,  c->exit_ns,   c->imbalance, c->pss_kib,
		c->spread[0], c->spread[1], c->spread[3], c->spread[4], c->work / c->span.value * 1e9};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		csv_number(table, numbers[i]);
	csv_text(table, c->work_unit);
	put_estimate(table, &c->metric[METRIC_RECOVERY], 1);
	csv_number(table, c->metric[METRIC_SURVIVORS].value);
	csv_number(table, c->metric[METRIC_LOST].value);
	csv_count(table, c->id.hosts);
	csv_number(table, c->metric[METRIC_REDO].value);
	csv_text(table, c->id.python);
	csv_end_row(table);
}

int tables_write_summary(const char *dir, const struct summary *s)
{
	struct csv_table table;
	int error = csv_table_open(
		&table,
		"suite,kernel,size,runner,workers,placement,schedule,runs,samples,failed,wall_ns,wall_low,wall_high,span_ns,span_low,span_high,speedup,speedup_low,speedup_high,efficiency,efficiency_low,efficiency_high,wall_speedup,wall_speedup_low,wall_speedup_high,create_ns,start_ns,exit_ns,imbalance,pss_kib,spread_min,spread_q1,spread_q3,spread_max,rate,unit,recovery_ns,recovery_ns_low,recovery_ns_high,survivors,lost,hosts,redo_ns,python");
	if (error)
		return error;
	for (size_t i = 0; i < s->count; i++)
		put_case(&table, &s->cases[i]);
	return csv_table_write(&table, dir, "summary.csv");
}

/* Times alone: of the rest of what is reduced by invocation no ratio of processes to threads is a finding. */
static const struct {
	const char *name;
	reading *read;
} compared[] = {{"wall", reading_wall}, {"span", reading_span}};
enum { RATIO_READINGS = sizeof compared / sizeof *compared };

/* One comparison with its label; several sizes of a kernel are told apart. */
struct ratio_row {
	const struct case_summary *c;
	const char *pair_processes, *pair_threads;
	const char *metric;
	struct estimate ratio;
};

static bool has_several_sizes(const struct summary *s, const struct case_summary *c)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->cases[i].id.kernel, c->id.kernel) == 0 && s->cases[i].id.size != c->id.size)
			return true;
	return false;
}

static void put_ratio(struct csv_table *table, const struct summary *s, const struct ratio_row *row)
{
	char label[256], size[32] = "", pair[96], of_workers[32];
	const struct case_summary *c = row->c;
	if (has_several_sizes(s, c))
		snprintf(size, sizeof size, " %" PRIu64, c->id.size);
	snprintf(label, sizeof label, "%.128s%s, %s", c->id.kernel, size,
		 units_show_count(c->id.workers, "worker", of_workers, sizeof of_workers));
	snprintf(pair, sizeof pair, "%s/%s", row->pair_processes, row->pair_threads);
	csv_text(table, c->id.suite);
	csv_text(table, c->id.kernel);
	csv_count(table, c->id.size);
	csv_count(table, c->id.workers);
	csv_text(table, pair);
	csv_word(table, row->metric);
	put_estimate(table, &row->ratio, 1);
	csv_count(table, row->ratio.n);
	csv_text(table, label);
	csv_end_row(table);
}

static int by_ratio(const void *a, const void *b)
{
	double x = ((const struct ratio_row *)a)->ratio.value, y = ((const struct ratio_row *)b)->ratio.value;
	return (x < y) - (x > y);
}

static size_t collect_ratios(const struct summary *s, struct ratio_row *rows)
{
	size_t n = 0;
	for (const struct runner_pair *p = runner_pairs; p->processes; p++)
		for (size_t i = 0; i < s->count; i++) {
			const struct case_summary *c = &s->cases[i];
			const struct case_summary *threads = strcmp(c->id.runner, p->processes) == 0
								     ? summary_find(s, c, p->threads,
										    c->id.workers)
								     : NULL;
			for (size_t m = 0; threads && m < RATIO_READINGS; m++) {
				struct estimate ratio = pairing_over(s, c, threads, compared[m].read);
				if (ratio.n)
					rows[n++] = (struct ratio_row){c, p->processes, p->threads,
								       compared[m].name, ratio};
			}
		}
	return n;
}

int tables_write_ratios(const char *dir, const struct summary *s, size_t *rows_written)
{
	struct ratio_row *rows = calloc(s->count * RATIO_READINGS + 1, sizeof *rows);
	struct csv_table table;
	int error = rows ? csv_table_open(&table,
					  "suite,kernel,size,workers,pair,metric,ratio,low,high,runs,label")
			 : -ENOMEM;
	if (error) {
		free(rows);
		return error;
	}
	size_t n = collect_ratios(s, rows);
	qsort(rows, n, sizeof *rows, by_ratio);
	for (size_t i = 0; i < n; i++)
		put_ratio(&table, s, &rows[i]);
	free(rows);
	*rows_written = n;
	return csv_table_write(&table, dir, "ratios.csv");
}

void tables_print(const struct summary *s)
{
	char wall[32];
	printf("%-46s %10s %8s  %s\n", "case", "wall", "±", "speedup");
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		char name[256];
		int n = snprintf(name, sizeof name, "%s/%" PRIu64 "/%s/workers:%" PRIu64, c->id.kernel,
				 c->id.size, c->id.runner, c->id.workers);
		if (c->id.hosts > 1 && n < (int)sizeof name)
			snprintf(name + n, sizeof name - (size_t)n, "/hosts:%" PRIu64, c->id.hosts);
		if (c->samples == 0) {
			printf("%-46s %10s\n", name, c->status);
			continue;
		}
		double half = (c->wall.high - c->wall.low) / 2 / c->wall.value;
		/* µ takes two bytes and one column */
		units_show_ns(c->wall.value, wall, sizeof wall);
		printf("%-46s %*s ", name, strstr(wall, "µ") ? 11 : 10, wall);
		if (isfinite(half))
			printf("%6.1f %%", 100 * half);
		else
			printf("%10s", "–"); /* three bytes, one column */
		if (isfinite(c->speedup.value))
			printf("  %5.2f", c->speedup.value);
		printf("%s\n", c->failed ? "  (failed since)" : "");
	}
}
