/*
 * What the numbers say, in words made from them by rule. A comparison is called a difference only when its
 * interval excludes 1 and it exceeds one percent; the sentences name figure, interval and how many it rests
 * on.
 */
#ifndef PVT_FINDINGS_H
#define PVT_FINDINGS_H

#include "bench/summary.h"

enum { FINDING_BYTES = 400 };

struct findings {
	uint64_t workers; /* the most that were not oversubscribed */
	/* Titles of the figures, one sentence each. */
	char speedup[FINDING_BYTES], efficiency[FINDING_BYTES], ratio[FINDING_BYTES], creation[FINDING_BYTES],
		spread[FINDING_BYTES];
	/* Further sentences. */
	char contention[FINDING_BYTES], recovery[FINDING_BYTES],
		python[FINDING_BYTES]; /* also figures' titles */
	char whole_job[FINDING_BYTES], pools[FINDING_BYTES], waiting[FINDING_BYTES],
		stealing[2 * FINDING_BYTES];
};

/* `python` names the interpreter that was measured; NULL or "": unknown. */
void findings_make(const struct summary *summary, const char *python, struct findings *findings);

/*
 * The geometric mean over all kernels of a suite of a's time over b's at `workers`, as a median over the
 * invocations that have all kernels. *kernels is how many. n is 0 when there is nothing to compare.
 */
struct estimate findings_across(const struct summary *summary, const char *suite, const char *a,
				const char *b, uint64_t workers, enum metric metric, size_t *kernels);

/* Is it a difference by the rule above? */
bool findings_differ(const struct estimate *ratio);

#endif
