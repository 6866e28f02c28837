#include "bench/findings/contrasts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/render/csv_table.h"
#include "bench/samples/pairing.h"

static void name_kernel(const struct case_summary *c, char *text, size_t bytes)
{
	snprintf(text, bytes, "%.60s", c->id.kernel);
}

/* "pipe, one CPU, 64 B" */
static void name_switch(const struct case_summary *c, char *text, size_t bytes)
{
	char size[32];
	const char *dash = strchr(c->id.kernel, '-');
	snprintf(text, bytes, "%.40s, %s, %s", dash ? dash + 1 : c->id.kernel,
		 strcmp(c->id.placement, "single") == 0 ? "one CPU" : "two CPUs",
		 units_show_size((double)c->id.size, size, sizeof size));
}

static void name_dealt(const struct case_summary *c, char *text, size_t bytes)
{
	snprintf(text, bytes, "%.60s, by schedule", c->id.kernel);
}

static void name_stealing(const struct case_summary *c, char *text, size_t bytes)
{
	snprintf(text, bytes, "%.60s, stealing", c->id.kernel);
}

static const struct contrast {
	const char *figure; /* and suite */
	const char *processes, *threads;
	reading *read;
	void (*name)(const struct case_summary *c, char *text, size_t bytes);
} contrasts[] = {
	{"contention", "fork", "pthread", reading_operation, name_kernel},
	{"switch", "fork", "pthread", reading_hand_over, name_switch},
	{"pool", "fork-pool", "pthread-pool", reading_wall, name_dealt},
	{"pool", "fork-steal", "pthread-steal", reading_wall, name_stealing},
};

struct contrast_row {
	const char *figure;
	char name[96];
	struct estimate ratio;
	bool differs;
};

static size_t collect(const struct summary *s, const struct contrast *k, struct contrast_row *rows)
{
	const struct pairing p = {.suite = k->figure,
				  .a = k->processes,
				  .b = k->threads,
				  .workers = pairing_most_workers(s, k->figure),
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = k->read};
	size_t n = 0;
	for (size_t i = 0; p.workers && i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		struct estimate ratio = pairing_counterpart(s, &p, c) ? pairing_of(s, &p, c)
								      : (struct estimate){.n = 0};
		if (!ratio.n || !(ratio.value > 0))
			continue;
		enum standing standing = pairing_standing(&ratio);
		rows[n] = (struct contrast_row){.figure = k->figure,
						.ratio = ratio,
						.differs = standing == STANDING_MORE ||
							   standing == STANDING_LESS};
		k->name(c, rows[n].name, sizeof rows[n].name);
		n++;
	}
	return n;
}

/* By figure; what differs first; the larger effect first. */
static int by_effect(const void *a, const void *b)
{
	const struct contrast_row *p = a, *q = b;
	int order = strcmp(p->figure, q->figure);
	order = order ? order : q->differs - p->differs;
	double x = fabs(log(p->ratio.value)), y = fabs(log(q->ratio.value));
	return order ? order : (x < y) - (x > y);
}

static size_t collect_all(const struct summary *s, struct contrast_row *rows)
{
	size_t n = 0;
	for (size_t i = 0; i < sizeof contrasts / sizeof *contrasts; i++)
		n += collect(s, &contrasts[i], rows + n);
	qsort(rows, n, sizeof *rows, by_effect);
	return n;
}

size_t contrasts_count(const struct summary *s, const char *figure)
{
	struct contrast_row *rows = calloc(s->count + 1, sizeof *rows);
	size_t n = rows ? collect_all(s, rows) : 0, of_figure = 0;
	for (size_t i = 0; i < n; i++)
		of_figure += strcmp(rows[i].figure, figure) == 0;
	free(rows);
	return of_figure;
}

int contrasts_write(const char *dir, const struct summary *s)
{
	struct contrast_row *rows = calloc(s->count + 1, sizeof *rows);
	struct csv_table table;
	int error = rows ? csv_table_open(&table, "suite,what,machine,ratio,low,high,differs") : -ENOMEM;
	size_t n = error ? 0 : collect_all(s, rows);
	for (size_t i = 0; i < n; i++) {
		csv_text(&table, rows[i].figure);
		csv_text(&table, rows[i].name);
		csv_text(&table, "");
		csv_interval(&table, rows[i].ratio.value, rows[i].ratio.low, rows[i].ratio.high);
		csv_word(&table, rows[i].differs ? "yes" : "no");
		csv_end_row(&table);
	}
	free(rows);
	return error ? error : csv_table_write(&table, dir, "contrasts.csv");
}
