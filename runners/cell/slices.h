/*
 * What a kernel's job takes on one CPU, slice by slice: measured under no runner but seq's own
 * way of doing it, one worker alone, so that what is predicted from it has not been run.
 */
#ifndef PVT_CELL_SLICES_H
#define PVT_CELL_SLICES_H

#include "runners/cell/jobs.h"

enum { SLICES_MAX = 256, SLICES_PHASES_MAX = 64, SLICES_REPETITIONS_MIN = 5, SLICES_REPETITIONS_MAX = 31 };

/* In memory that the desk maps too; zeroed. It fills the first three. Times in ns, by repetition. */
struct slices {
	uint32_t phases, slices; /* of each phase */
	int32_t pu;
	uint32_t repetitions;
	int32_t error; /* of the kernel's enter(): -errno */
	bool wrong;    /* the sum of the slices is not the job's checksum */
	double work_ns[SLICES_REPETITIONS_MAX], enter_ns[SLICES_REPETITIONS_MAX],
		between_ns[SLICES_REPETITIONS_MAX];
	double single_ns[SLICES_REPETITIONS_MAX]; /* what a job of one task at a time takes more; 0: not asked
						   */
	double slice_ns[SLICES_REPETITIONS_MAX][SLICES_PHASES_MAX * SLICES_MAX];
};

/* Repeats the job for about `budget_ns`; since_ns is set at each. */
void slices_take(struct slices *slices, const struct jobs *jobs, uint64_t budget_ns);

#endif
