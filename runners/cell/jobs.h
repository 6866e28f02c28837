/*
 * Carrying out a case in this process: the jobs that are looked at, and those that are timed. It is what a
 * cell does for an order, and what the desk does itself for ranks on other machines.
 */
#ifndef PVT_CELL_JOBS_H
#define PVT_CELL_JOBS_H

#include "runners/cell/protocol.h"

struct jobs {
	struct job job;             /* points to all that it needs */
	uint64_t expected;          /* checksum of one job of one worker, or group */
	_Atomic uint64_t *since_ns; /* is set when a job begins; NULL: nobody looks */
	bool alone;                 /* this process has no other children: see orphans_adopt */
};

/*
 * Jobs outside all timing: the first warms up and shows the workers' memory, then counters; the last one is
 * verified. STATUS_*, or a negative errno, with `why` of CELL_WHY bytes.
 */
int jobs_probe(struct jobs *jobs, struct cell_probed *probed, char *why);

/*
 * One session of `count` jobs; of a job that runs plain (runner.h), so many of either kind. `totals` and
 * `cpus` [workers] hold for STATUS_OK. A wrong checksum, a byte past the end of the shared area, a process
 * left behind are told. As jobs_probe.
 */
int jobs_run(struct jobs *jobs, uint64_t count, struct totals *totals, int32_t *cpus, char *why);

/*
 * reference.c: prepares the shared area, and does one job without the runner. STATUS_*, or a negative errno,
 * with `why`. `input` is the path for prepare(); NULL: none.
 */
int reference_make(const struct kernel *kernel, const struct params *params, const char *input,
		   const struct arena *area, void *ballast, _Atomic uint64_t *since_ns,
		   const struct arena *records, struct cell_reference *reference, char *why);

/*
 * recovery.c: one job that crashes, by threads. A crash takes their process along, so they live in a child of
 * this one; when it has died, another one begins the job anew. `culprit`, set in the child, names who was
 * struck. As jobs_run.
 */
int recovery_run(struct jobs *jobs, _Atomic int32_t *culprit, struct totals *totals, int32_t *cpus,
		 char *why);

/* Ballast of the cell, see kernel.h. NULL with `why`: not to be had in these pages. */
void *ballast_map(size_t bytes, bool huge, char *why);

#endif
