/*
 * What the numbers say, in words made from them by rule. A comparison is called a difference only when its
 * interval excludes 1 and it exceeds one percent; the sentences name figure, interval and how many it rests
 * on.
 */
#ifndef PVT_FINDINGS_H
#define PVT_FINDINGS_H

#include "bench/findings/launching.h"
#include "bench/samples/summary.h"

enum { FINDING_BYTES = 600 };

struct findings {
	uint64_t workers; /* the most that were not oversubscribed */
	/* Titles of the figures, one sentence each. */
	char speedup[FINDING_BYTES], speedup_title[2 * FINDING_BYTES], ratio[FINDING_BYTES],
		creation[FINDING_BYTES], spread[FINDING_BYTES];
	/* Further sentences. */
	char overview[FINDING_BYTES], contention[FINDING_BYTES], recovery[FINDING_BYTES],
		python[FINDING_BYTES]; /* also figures' titles */
	char whole_job[FINDING_BYTES], pools[FINDING_BYTES], waiting[FINDING_BYTES], numa[FINDING_BYTES],
		stealing[2 * FINDING_BYTES];
	struct launching launching; /* its title is a figure's */
};

/* `python` names the interpreter that was measured; NULL or "": unknown. */
void findings_make(const struct summary *summary, const char *python, struct findings *findings);

#endif
