/*
 * Two runners compared: the cases of one that have a counterpart under the other, and by what they
 * differ. Ratios pair what one invocation measured, pass by pass where it has passes, and over several cases
 * are geometric means.
 */
#ifndef PVT_PAIRING_H
#define PVT_PAIRING_H

#include "bench/samples/readings.h"

struct pairing {
	const char *suite;
	const char *kernels;           /* a pattern of fnmatch(3) with FNM_EXTMATCH; NULL: all */
	const char *a, *b;             /* runners */
	uint64_t workers;              /* 0: any number. seq is always one */
	uint64_t size;                 /* 0: any */
	const char *placement, *pages; /* NULL: any */
	const char *python;            /* NULL: any */
	uint64_t ballast;              /* exactly so many bytes; PAIRING_ANY_BALLAST */
	reading *reading;
};

#define PAIRING_ANY_BALLAST UINT64_MAX

/* What does not matter: the margin of verdicts, looks and equality alike. */
#define PAIRING_MARGIN 0.05

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

/*
 * a's reading over b's in one invocation. Of the passes that measured both it is the median of the passes'
 * ratios, by their logarithms; where they share no pass, as in files of before, what the invocation's medians
 * come to. NaN: the invocation lacks one of them. All ratios of two cases are formed here.
 */
double pairing_ratio(const struct summary *s, const struct case_summary *a, const struct case_summary *b,
		     reading *read, size_t run);

/* The same of two readings: `of_a` of a over `of_b` of b. */
double pairing_ratio_of(const struct summary *s, const struct case_summary *a, reading *of_a,
			const struct case_summary *b, reading *of_b, size_t run);

/* a's reading less b's, formed alike. */
double pairing_difference(const struct summary *s, const struct case_summary *a, const struct case_summary *b,
			  reading *read, size_t run);

/* One case in one invocation of one file. */
struct pairing_side {
	const struct summary *s;
	const struct case_summary *c;
	size_t run; /* of the summary's */
};

/*
 * The same case on two sides: the logarithm of head over base, as the median over the passes that both have,
 * or of the invocations' medians where they share none. `from_zero`: a count, of which 0 has no logarithm: 1
 * is added to all. NaN: one of them has no value.
 */
double pairing_shift(const struct pairing_side *base, const struct pairing_side *head, enum metric metric,
		     bool from_zero);

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
