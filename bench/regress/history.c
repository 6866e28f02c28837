#include "bench/regress/history.h"

#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/machine/env_file.h"
#include "bench/samples/run_id.h"

enum { LEAST_VALUES = 2 * CHANGE_LEAST };
static const uint64_t ns_per_s = 1000000000;

/* ---- the invocations, in order ---- */

/* When the run of this file was started; 0 where no env.json says so. */
static uint64_t started(const char *path)
{
	struct env_file env = env_read_beside(path);
	char *text = env_text(&env, "started");
	struct tm utc = {0};
	const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc) : NULL;
	time_t seconds = end && !*end ? timegm(&utc) : 0;
	free(text);
	env_free(&env);
	return seconds > 0 && seconds < INT64_MAX / (time_t)ns_per_s ? (uint64_t)seconds * ns_per_s : 0;
}

static struct history_run *find(struct history *h, const char *run_id)
{
	for (size_t r = h->runs; r > 0; r--) {
		const char *known = h->run[r - 1].run_id;
		if (known && strcmp(known, run_id) == 0)
			return &h->run[r - 1];
	}
	return NULL;
}

/* A run_id in two files is one run given twice, or two that cannot be told apart. */
static int add_file(struct history *h, const struct sample_set *side, size_t f, char *why, size_t why_bytes)
{
	const struct samples *samples = &side->files[f];
	uint64_t of_file = 0;
	for (size_t i = 0; i < samples->count; i++) {
		const char *id = samples->row[i].run_id;
		if (i && id == samples->row[i - 1].run_id)
			continue;
		const struct history_run *known = find(h, id);
		if (known && known->file != f) {
			snprintf(why, why_bytes,
				 "%s and %s have the run_id '%s' in common; give each run once",
				 side->path[known->file], side->path[f], id);
			return -EEXIST;
		}
		if (known)
			continue;
		uint64_t time_ns = run_id_time(id);
		if (!time_ns && !of_file)
			of_file = started(side->path[f]);
		h->run[h->runs] = (struct history_run){
			.run_id = id, .time_ns = time_ns ? time_ns : of_file, .file = f, .given = h->runs};
		h->timed &= h->run[h->runs++].time_ns != 0;
	}
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct history_run *x = a, *y = b;
	int order = (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
	return order ? order : (x->given > y->given) - (x->given < y->given);
}

static int order_runs(struct history *h, const struct sample_set *side, char *why, size_t why_bytes)
{
	int error = 0;
	h->timed = true;
	for (size_t f = 0; f < side->file_count && !error; f++)
		error = add_file(h, side, f, why, why_bytes);
	for (size_t r = 0; r < side->summary.run_count && !error; r++) {
		struct history_run *run = find(h, side->summary.runs[r]);
		if (run)
			run->column = r;
	}
	if (!error && h->timed)
		qsort(h->run, h->runs, sizeof *h->run, by_time);
	return error;
}

/* ---- the cases ---- */

static int collect(const struct history *h, const struct case_summary *c, struct trend *t)
{
	double *sorted = calloc(h->runs + 1, sizeof *sorted);
	*t = (struct trend){.of = c,
			    .run = calloc(h->runs + 1, sizeof *t->run),
			    .value = calloc(h->runs + 1, sizeof *t->value)};
	bool enough = sorted && t->run && t->value;
	for (size_t r = 0; enough && r < h->runs; r++) {
		double value = c->by_run[h->metric][h->run[r].column];
		if (!isfinite(value))
			continue;
		t->run[t->points] = r;
		sorted[t->points] = t->value[t->points] = value;
		t->points++;
	}
	t->median = enough ? stat_median(sorted, t->points) : (double)NAN;
	free(sorted);
	return enough ? 0 : -ENOMEM;
}

static void trend_free(struct trend *t)
{
	free(t->run);
	free(t->value);
	free(t->change);
}

static int collect_all(struct history *h, const struct sample_set *side)
{
	int error = 0;
	for (size_t i = 0; i < side->summary.count && !error; i++) {
		struct trend *t = &h->trend[h->count];
		error = collect(h, &side->summary.cases[i], t);
		if (error || t->points == 0) {
			trend_free(t);
			continue;
		}
		h->count++;
		h->tested += t->points >= LEAST_VALUES;
	}
	return error;
}

static double size_of(const struct trend *t)
{
	const struct change *c = history_largest(t);
	return c ? change_size(c->before, c->after) : -1;
}

/* The largest change first, else as the summary has them. */
static int by_size(const void *a, const void *b)
{
	const struct trend *x = a, *y = b;
	double of_x = size_of(x), of_y = size_of(y);
	int order = (of_x < of_y) - (of_x > of_y);
	return order ? order : (x->of > y->of) - (x->of < y->of);
}

static int find_changes(struct history *h)
{
	int error = 0;
	h->level = h->alpha / (double)h->tested;
	for (size_t i = 0; i < h->count && !error; i++) {
		struct trend *t = &h->trend[i];
		error = change_find(t->value, t->points, h->level, h->margin, &t->change, &t->changes);
		h->changed += t->changes > 0;
	}
	qsort(h->trend, h->count, sizeof *h->trend, by_size);
	return error;
}

static const struct column *column_named(const char *name)
{
	size_t i = 0;
	while (i + 1 < sample_column_count && strcmp(sample_columns[i].name, name) != 0)
		i++;
	return &sample_columns[i];
}

int history_make(const struct sample_set *side, const char *metric, double alpha, double margin,
		 struct history *h, char *why, size_t why_bytes)
{
	*h = (struct history){.column = column_named(metric), .alpha = alpha, .margin = margin};
	summary_metric_named(metric, &h->metric);
	h->run = calloc(side->summary.run_count + 1, sizeof *h->run);
	h->trend = calloc(side->summary.count + 1, sizeof *h->trend);
	int error = h->run && h->trend ? 0 : -ENOMEM;
	snprintf(why, why_bytes, "out of memory");
	error = error ? error : order_runs(h, side, why, why_bytes);
	error = error ? error : collect_all(h, side);
	if (!error && h->tested == 0) {
		snprintf(why, why_bytes,
			 h->count ? "no case was measured in %d invocations or more: a change takes as many "
				    "to be "
				    "seen; give more runs"
				  : "no case has values of this metric; name another column by --metric",
			 LEAST_VALUES);
		error = -ENODATA;
	}
	return error ? error : find_changes(h);
}

void history_free(struct history *h)
{
	for (size_t i = 0; h->trend && i < h->count; i++)
		trend_free(&h->trend[i]);
	free(h->trend);
	free(h->run);
	*h = (struct history){0};
}

const struct change *history_largest(const struct trend *t)
{
	const struct change *largest = NULL;
	for (size_t i = 0; i < t->changes; i++)
		if (!largest || change_size(t->change[i].before, t->change[i].after) >
					change_size(largest->before, largest->after))
			largest = &t->change[i];
	return largest;
}

const char *history_when(const struct history_run *run, bool day, char *text, size_t bytes)
{
	time_t seconds = (time_t)(run->time_ns / ns_per_s);
	struct tm utc;
	*text = '\0';
	if (run->time_ns)
		strftime(text, bytes, day ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S", gmtime_r(&seconds, &utc));
	return text;
}
