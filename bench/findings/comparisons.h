/*
 * What processes and threads are held against each other by, a row each: of the figure over one run, and of
 * the page that lays machines side by side.
 */
#ifndef PVT_COMPARISONS_H
#define PVT_COMPARISONS_H

#include "bench/samples/pairing.h"

struct comparison {
	const char *name;
	struct pairing pairing; /* fork and pthread, or their pools. No workers: the most of the suite that
				   are not more than the units */
	reading *shown; /* of each runner; NULL: only the ratio is worth showing, for the times depend on a
			   size */
	bool rate;      /* what is shown is units of work a second, not ns */
};

/* Ends with one without a name. */
extern const struct comparison comparisons[];

/* What the comparison shows of one runner; n is 0 where it was not measured. */
struct estimate comparison_shown(const struct summary *summary, const struct comparison *y,
				 const char *runner);

/* Time of processes over time of threads, paired by invocation; n is 0 where there is none. */
struct estimate comparison_ratio(const struct summary *summary, const struct comparison *y);

#endif
