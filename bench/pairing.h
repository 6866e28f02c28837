/*
 * Two runners beside each other: the cases of one that have a counterpart under the other, and by what they
 * differ. Ratios pair what one invocation measured, and over several cases are geometric means.
 */
#ifndef PVT_PAIRING_H
#define PVT_PAIRING_H

#include "bench/readings.h"

struct pairing {
	const char *suite;
	const char *kernels;           /* a pattern of fnmatch(3) with FNM_EXTMATCH; NULL: all */
	const char *a, *b;             /* runners */
	uint64_t workers;              /* 0: any number. seq is always one */
	uint64_t size;                 /* 0: any */
	const char *placement, *pages; /* NULL: any */
	uint64_t ballast;              /* exactly so many bytes; PAIRING_ANY_BALLAST */
	reading *reading;
};

#define PAIRING_ANY_BALLAST UINT64_MAX

/* What a ratio comes to. A difference is one of more than 1 % whose interval, of at least 95 %, excludes 1;
 * equality is an interval within 5 % of 1. */
enum standing { STANDING_MORE, STANDING_LESS, STANDING_SAME, STANDING_UNSURE };

enum standing pairing_standing(const struct estimate *ratio);

/* Are they different by that rule, and by more than 5 %? */
bool pairing_is_marked(const struct estimate *ratio);

/*
 * What a verdict asks: is there a difference that matters, of more than 5 %? More, or less: the interval
 * excludes 1, and the figure is beyond the margin. Alike: the whole interval lies within it.
 */
bool pairing_is_more(const struct estimate *ratio);
bool pairing_is_less(const struct estimate *ratio);
bool pairing_is_alike(const struct estimate *ratio);

/* The ratio is surely below, or above, 1 by no more than 5 % in that direction. */
bool pairing_is_not_more(const struct estimate *ratio);
bool pairing_is_not_less(const struct estimate *ratio);

/* The counterpart under b of one of a's cases; NULL: it is no such case, or has none. */
const struct case_summary *pairing_counterpart(const struct summary *s, const struct pairing *p,
					       const struct case_summary *c);

/* a's reading over b's for one such case; n is 0 when they have no invocation in common. */
struct estimate pairing_of(const struct summary *s, const struct pairing *p, const struct case_summary *c);

/*
 * The geometric mean of a over b over all the cases, as a median over the invocations that have all of them.
 * *cases is how many. n is 0 when there is nothing to compare.
 */
struct estimate pairing_across(const struct summary *s, const struct pairing *p, size_t *cases);

/* These means themselves, into `mean`, which has room for one each invocation; how many. */
size_t pairing_means(const struct summary *s, const struct pairing *p, double *mean, size_t *cases);

/* The first of a runner's cases that fit the pairing but for the runner; NULL: none was measured. */
const struct case_summary *pairing_find(const struct summary *s, const struct pairing *p, const char *runner);

/* The reading of one case, as a median over the invocations; and of one over that of another. */
struct estimate pairing_reading(const struct summary *s, const struct case_summary *c, reading *read);
struct estimate pairing_over(const struct summary *s, const struct case_summary *a,
			     const struct case_summary *b, reading *read);

/* The most workers of a suite's cases that are not oversubscribed; 0: it was not measured. */
uint64_t pairing_most_workers(const struct summary *s, const char *suite);

#endif
