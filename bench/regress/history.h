/*
 * What a metric was, case by case, over many process invocations (run_id), each reduced to its median; and
 * where its level changed (bench/stats/change.h). The chance of any change being found where no case changes
 * is at most alpha: each case is tested at alpha over the number of cases that can be tested (Bonferroni).
 *
 * Invocations stand in the order of time, which their run_id has, or else env.json next to their file
 * ("started"); where one has neither, all stand in the order in which they were given.
 */
#ifndef PVT_HISTORY_H
#define PVT_HISTORY_H

#include "bench/samples/sample_set.h"
#include "bench/stats/change.h"

struct history_run {
	const char *run_id;
	uint64_t time_ns; /* since 1970, UTC; 0: not known */
	size_t column;    /* of by_run */
	size_t file;      /* of the side */
	size_t given;     /* how many came before */
};

struct trend {
	const struct case_summary *of;
	size_t *run;   /* [points] of history->run, ascending; not all have measured each case */
	double *value; /* [points] in the metric's unit */
	size_t points;
	struct change *change; /* at: of the points */
	size_t changes;
	double median; /* of all points */
};

struct history {
	struct history_run *run;
	size_t runs;
	bool timed;          /* in the order of time */
	struct trend *trend; /* of cases that have the metric; the largest change first */
	size_t count;
	size_t tested, changed; /* cases */
	enum metric metric;
	const struct column *column; /* the same */
	double alpha, level, margin; /* level: alpha / tested */
};

/*
 * Of a metric by its name, one of summary_metric_named. 0 or an error with `why`: -ENOMEM; -EEXIST where two
 * files have a run_id in common; -ENODATA where no case has the metric, or none has values enough to test.
 * The side has to outlive it. history_free is fine afterwards in all cases.
 */
int history_make(const struct sample_set *side, const char *metric, double alpha, double margin,
		 struct history *history, char *why, size_t why_bytes);
void history_free(struct history *history);

/* The largest of its changes; NULL where there is none. */
const struct change *history_largest(const struct trend *trend);

/* "2026-11-25 10:22:33", or with `day` alone; "" where the time is not known. UTC. */
const char *history_when(const struct history_run *run, bool day, char *text, size_t bytes);

#endif
