/* Taking one sample of one case: a cell carries its jobs out, Google Benchmark times them. */
#ifndef PVT_TRIAL_H
#define PVT_TRIAL_H

#include "bench/measure/gbench.h"
#include "bench/measure/inputs.h"
#include "runners/cell/cell.h"

/* From so many bytes on, touching a ballast or mapping a shared area takes about as long as the samples: then
 * the next sample with the same one is taken in the same cell. */
#define TRIAL_LARGE_BYTES (UINT64_C(32) << 20)

/* What to do, and what came of it. */
struct trial {
	/* The caller fills. */
	const char *name; /* of the case */
	const struct input *input;
	struct job job;
	bool huge; /* the pages of the ballast */
	struct cell *cell;
	bool probe; /* first some jobs outside all timing: verified, and for the workers' memory */
	uint64_t iterations;
	double min_time_s;
	bool stays;    /* the cell stays open: the next sample of the same case is taken in it */
	int continued; /* signals_continued, when it began */

	/* trial_take fills. */
	int status; /* STATUS_* or a negative errno; the next three hold for STATUS_OK */
	struct gbench_result result;
	struct totals totals;
	double steal_ns; /* what the hypervisor gave to others meanwhile */
	bool probed;     /* if so: */
	struct cell_probed seen;
	int32_t cpus[WORKERS_MAX]; /* where each rank ended */
	char why[CELL_WHY];        /* what failed */

	const struct input *held; /* its own: whose area or ballast the open cell holds; NULL: none does */
};

/*
 * Opens a cell for it, and closes it again; one that holds a large ballast stays open, and the next trial
 * with the same ballast continues in it; so does the next of the same case where the cell `stays`. What runs
 * on other machines is carried out in this process.
 */
void trial_take(struct trial *trial);

#endif
