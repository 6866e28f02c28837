/* Jobs that are too short to be given to new workers: whole jobs against one core. */
#ifndef PVT_LAUNCHING_H
#define PVT_LAUNCHING_H

#include "bench/samples/summary.h"

enum { LAUNCHING_BYTES = 1200, LAUNCHING_TITLE_BYTES = 160 };

struct launching {
	char title[LAUNCHING_TITLE_BYTES]; /* how many kernels lose */
	char text[LAUNCHING_BYTES];        /* the same, and which */
};

/*
 * The kernels of the suite `scaling` whose job takes longer in `workers` forked processes than on one core,
 * from launch to end, with what the job takes on one core. "" where nothing was measured, or for one worker.
 */
void launching_tell(const struct summary *summary, uint64_t workers, struct launching *launching);

#endif
