#include "bench/report/tables.h"

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/folder.h"
#include "bench/base/units.h"
#include "bench/samples/pairing.h"

const struct runner_pair runner_pairs[] = {
	{"fork", "pthread"}, {"spawn", "pthread"}, {"fork-pool", "pthread-pool"}, {NULL, NULL}};

static void put_text(FILE *file, const char *text)
{
	csv_fwrite(file, text, strlen(text));
}

static void put_number(FILE *file, double value)
{
	if (isfinite(value))
		fprintf(file, ",%.8g", value);
	else
		fputc(',', file);
}

static void put_estimate(FILE *file, const struct estimate *e, double divisor)
{
	put_number(file, e->value / divisor);
	put_number(file, e->low / divisor);
	put_number(file, e->high / divisor);
}

/* A table is made in memory, then written whole. */
struct table {
	FILE *file;
	char *text;
	size_t bytes;
};

static bool open_table(struct table *table)
{
	*table = (struct table){0};
	table->file = open_memstream(&table->text, &table->bytes);
	return table->file;
}

static int close_table(struct table *table, const char *dir, const char *name)
{
	int error = fclose(table->file) == EOF ? -ENOMEM : folder_write(dir, name, table->text, table->bytes);
	free(table->text);
	return error;
}

static void put_case(FILE *file, const struct case_summary *c, size_t runs)
{
	const char *texts[] = {c->id.suite, c->id.kernel};
	for (size_t i = 0; i < 2; i++) {
		put_text(file, texts[i]);
		fputc(',', file);
	}
	fprintf(file, "%" PRIu64 ",", c->id.size);
	put_text(file, c->id.runner);
	fprintf(file, ",%" PRIu64 ",", c->id.workers);
	put_text(file, c->id.placement);
	fputc(',', file);
	put_text(file, c->id.schedule);
	fprintf(file, ",%zu,%zu,%zu", runs, c->samples, c->failed);
	put_estimate(file, &c->wall, 1);
	put_estimate(file, &c->span, 1);
	put_estimate(file, &c->speedup, 1);
	put_estimate(file, &c->speedup, (double)c->id.workers);
	put_estimate(file, &c->wall_speedup, 1);
	const double numbers[] = {
		c->create_ns, c->start_ns,  c->exit_ns,   c->imbalance, c->pss_kib,
		c->spread[0], c->spread[1], c->spread[3], c->spread[4], c->work / c->span.value * 1e9};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		put_number(file, numbers[i]);
	fputc(',', file);
	put_text(file, c->work_unit);
	put_estimate(file, &c->metric[METRIC_RECOVERY], 1);
	put_number(file, c->metric[METRIC_SURVIVORS].value);
	put_number(file, c->metric[METRIC_LOST].value);
	fprintf(file, ",%" PRIu64, c->id.hosts);
	put_number(file, c->metric[METRIC_REDO].value);
	fputs("\r\n", file);
}

int tables_write_summary(const char *dir, const struct summary *s)
{
	struct table table;
	if (!open_table(&table))
		return -ENOMEM;
	fputs("suite,kernel,size,runner,workers,placement,schedule,runs,samples,failed,wall_ns,wall_low,wall_"
	      "high,"
	      "span_ns,span_low,span_high,speedup,speedup_low,speedup_high,efficiency,efficiency_low,"
	      "efficiency_high,wall_speedup,wall_speedup_low,wall_speedup_high,create_ns,start_ns,exit_ns,"
	      "imbalance,pss_kib,spread_min,spread_q1,spread_q3,spread_max,rate,unit,recovery_ns,recovery_ns_"
	      "low,recovery_ns_high,"
	      "survivors,lost,hosts,redo_ns\r\n",
	      table.file);
	for (size_t i = 0; i < s->count; i++)
		put_case(table.file, &s->cases[i], s->cases[i].wall.n);
	return close_table(&table, dir, "summary.csv");
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

static void put_ratio(FILE *file, const struct summary *s, const struct ratio_row *row)
{
	char label[256], size[32] = "", pair[96], of_workers[32];
	const struct case_summary *c = row->c;
	if (has_several_sizes(s, c))
		snprintf(size, sizeof size, " %" PRIu64, c->id.size);
	snprintf(label, sizeof label, "%.128s%s, %s", c->id.kernel, size,
		 units_show_count(c->id.workers, "worker", of_workers, sizeof of_workers));
	snprintf(pair, sizeof pair, "%s/%s", row->pair_processes, row->pair_threads);
	put_text(file, c->id.suite);
	fputc(',', file);
	put_text(file, c->id.kernel);
	fprintf(file, ",%" PRIu64 ",%" PRIu64 ",", c->id.size, c->id.workers);
	put_text(file, pair);
	fprintf(file, ",%s", row->metric);
	put_estimate(file, &row->ratio, 1);
	fprintf(file, ",%zu,", row->ratio.n);
	put_text(file, label);
	fputs("\r\n", file);
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
	struct table table;
	if (!rows || !open_table(&table)) {
		free(rows);
		return -ENOMEM;
	}
	size_t n = collect_ratios(s, rows);
	qsort(rows, n, sizeof *rows, by_ratio);
	fputs("suite,kernel,size,workers,pair,metric,ratio,low,high,runs,label\r\n", table.file);
	for (size_t i = 0; i < n; i++)
		put_ratio(table.file, s, &rows[i]);
	free(rows);
	*rows_written = n;
	return close_table(&table, dir, "ratios.csv");
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
