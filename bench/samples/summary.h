/*
 * From samples to one line a case. Each process invocation is first reduced to its median; medians and
 * intervals are taken over the invocations, and ratios pair what the same invocation measured.
 */
#ifndef PVT_SUMMARY_H
#define PVT_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/samples/case_id.h"
#include "bench/stats/statistics.h"
#include "runners/counters.h"

/* What is reduced by invocation. */
enum metric {
	METRIC_WALL,
	METRIC_SPAN,
	METRIC_CREATE,
	METRIC_START,
	METRIC_EXIT,
	METRIC_CPU,
	METRIC_PSS,
	METRIC_RSS,
	METRIC_TABLES,
	METRIC_STACKS,
	METRIC_SURVIVORS,
	METRIC_LOST,
	METRIC_RECOVERY,
	METRIC_USER,
	METRIC_SYS,
	METRIC_MINFLT,
	METRIC_MAJFLT,
	METRIC_NVCSW,
	METRIC_NIVCSW,
	METRIC_BARRIER,
	METRIC_BIND,
	METRIC_ENTER,
	METRIC_MEET,
	METRIC_WORK,
	METRIC_LEAVE,
	METRIC_DRAIN,
	METRIC_OPEN,
	METRIC_REDO,
	METRIC_OPERATION,
	METRIC_DISTURBANCES,
	METRIC_P50,
	METRIC_P99,
	METRIC_REQUEST,
	METRIC_GAP,
	METRIC_TRIED,
	METRIC_HUNG,
	METRIC_WAITING,
	METRIC_INSTRUCTIONS,
	METRICS
};

/* One pass of a block that a case was measured in: what shares all three was measured together. */
struct case_pass {
	size_t run; /* of the summary's runs */
	uint64_t block, pass;
};

struct case_summary {
	struct case_id id; /* its texts belong to the samples */
	/* What was measured. */
	size_t samples, failed, noisy; /* rows that are ok; that are not; that are ok but flagged noisy */
	const char *status;            /* of the last row that is not ok, or "ok" */
	bool oversubscribed;
	uint64_t iterations; /* of the last good sample */
	/* [runs + pass_count] median of each invocation, then of each pass; NaN where it has none */
	double *by_run[METRICS];
	struct case_pass *pass; /* by run, block and pass; none in files of before */
	size_t pass_count;
	struct estimate wall, span;      /* the same as … */
	struct estimate metric[METRICS]; /* … the first two */
	struct estimate speedup,
		wall_speedup; /* work per time over the sequential one, paired by invocation */
	/* Medians over all samples. */
	double create_ns, start_ns, exit_ns, imbalance, pss_kib, user_ns, sys_ns, minflt, nvcsw, nivcsw;
	double took_ns;         /* of one sample, all in all but for its input; NaN: in files of before */
	double count[COUNTERS]; /* NaN: not counted */
	double spread[5];       /* minimum, quartiles and maximum of wall over its median */
	double work;            /* of one job */
	uint64_t items, phases; /* the same; phases 0: not known */
	double exchanged;       /* B, of the last good sample; NaN: none, or one host */
	const char *work_unit;
};

struct summary {
	struct case_summary
		*cases; /* in the order of first appearance, sorted by suite, kernel, size, runner, workers */
	size_t count;
	const char **runs; /* run_ids */
	size_t run_count;
	size_t sample_count;
};

/* Is a column of samples.csv one of the metrics, and which? */
bool summary_metric_named(const char *column, enum metric *metric);

/* The column of samples.csv that a metric comes from. */
const char *summary_metric_column(enum metric metric);

/* 0 or -ENOMEM. The samples have to outlive the summary. */
int summary_make(const struct samples *samples, struct summary *summary);
void summary_free(struct summary *summary);

enum { SERIES_BYTES = 128 };

/* The runner, and on how many hosts if on more than one: "mpi, 2 hosts". Cut where it does not fit. */
const char *summary_series(const struct case_summary *c, char text[static SERIES_BYTES]);

/*
 * The case with the same suite, kernel, size, ballast and, unless it is seq, placement and hosts; another
 * runner and workers; NULL if it was not measured.
 */
const struct case_summary *summary_find(const struct summary *summary, const struct case_summary *like,
					const char *runner, uint64_t workers);

#endif
