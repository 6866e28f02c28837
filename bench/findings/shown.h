/*
 * Of several comparisons of processes with threads: how many show a difference, and how large one would have
 * had to be to be shown in the others. "No difference was shown" without the second is no finding.
 */
#ifndef PVT_SHOWN_H
#define PVT_SHOWN_H

#include <stddef.h>

#include "bench/stats/statistics.h"

struct shown {
	size_t compared, differ;
	size_t open;        /* have too few invocations for an interval */
	double least, most; /* half of the interval's width, over the ratio, where no difference was shown */
	char least_name[64], most_name[64];
};

/* Begins as {0}. `name`: what is compared. */
void shown_add(struct shown *t, const char *name, const struct estimate *ratio);

/* "no difference between threads and processes was shown in 12 channels; smallest detectable difference: ±3 %
 * (semaphore) to ±154 % (unix-stream)"; "" where nothing was compared. */
void shown_tell(const struct shown *t, const char *kinds, char *text, size_t bytes);

#endif
