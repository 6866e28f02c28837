/*
 * How small a task may be. Efficiency is the sequential time of the tasks over workers × wall time. METG(50
 * %), the minimum effective task granularity, is the smallest task from which on it stays at one half or
 * above (Slaughter et al.: Task Bench, SC 2020); a runner pays from where it exceeds 1 / workers: then the
 * job takes less time than one core would. Both are found by interpolation between the sizes that were
 * measured, in the logarithm of the size; beyond them nothing is claimed.
 */
#ifndef PVT_GRAIN_H
#define PVT_GRAIN_H

#include <stdio.h>

#include "bench/render/csv_table.h"
#include "bench/samples/summary.h"

#define GRAIN_TASK "one task per worker and job"
#define GRAIN_STREAM "a stream of tasks, scheduled one at a time"

/* Is a case one of these two kinds? */
bool grain_is_task(const struct case_summary *c);
bool grain_is_stream(const struct case_summary *c);

/* In one invocation; NaN: not measured. Over the sequential span: the harness's own steps are no work. */
double grain_efficiency(const struct summary *summary, const struct case_summary *c, size_t run);

/* A threshold that an efficiency crosses, over the invocations. */
struct crossing {
	double threshold;
	struct estimate
		size; /* ns; at most `least` or more than `most` where it lies beyond what was measured */
	double least, most; /* the sizes measured */
};

struct grain {
	const char *panel; /* GRAIN_TASK or GRAIN_STREAM */
	char series[SERIES_BYTES];
	uint64_t workers;
	struct crossing half, pays; /* METG(50 %), and from where it pays */
};

struct grains {
	struct grain *grain;
	size_t count;
};

/* Of one suite's cases. 0 or -ENOMEM; grains_free is fine in both cases. */
int grains_make(const struct summary *summary, const char *suite, struct grains *grains);
void grains_free(struct grains *grains);

/* "76 µs [70 µs, more than 10 ms]"; returns `text`. */
const char *grain_show(const struct crossing *crossing, char *text, size_t bytes);

/* What the figure `grain` shows, without a full stop; "" if there is nothing. */
void grains_title(const struct grains *grains, char *title, size_t bytes);

/* Rows of curves.csv: the figure `metg`, x the threshold, value the size. */
void grains_put_rows(struct csv_table *table, const struct grains *grains);

/* Of RESULTS.md: a sentence for each runner. */
void grains_put_sentences(FILE *file, const struct grains *grains);

#endif
