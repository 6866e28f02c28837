/* Taking one sample of one case: open a session, let Google Benchmark time its jobs, see what became of it.
 */
#ifndef PVT_TRIAL_H
#define PVT_TRIAL_H

#include "bench/gbench.h"
#include "bench/inputs.h"
#include "bench/isolate.h"
#include "runners/runner.h"

/* What to do, and what came of it. Lies in memory that a child process shares (isolate_alloc). */
struct trial {
	/* The caller fills. */
	const char *name; /* of the case */
	const struct input *input;
	struct job job;
	struct cell *cell;
	bool isolated; /* in a child process */
	bool alone;    /* this process has no other children: see orphans_adopt */
	bool probe;    /* first a job outside all timing: verified, and for the workers' memory */
	uint64_t iterations;
	double min_time_s;

	/* trial_take fills. */
	int status; /* STATUS_* or a negative errno; the next three hold for STATUS_OK */
	struct gbench_result result;
	struct totals totals;
	double steal_ns; /* what the hypervisor gave to others meanwhile */
	bool probed;
	/* If probed; as in struct totals. */
	struct memory_use memory;
	int64_t stacks_kib;
	double count[COUNTERS], counted;
	int cpus[WORKERS_MAX]; /* where each rank ended */
	char why[512];         /* what failed */

	struct session *session; /* its own */
};

void trial_take(struct trial *trial);

/* Carries out body(trial) in a child. What became of it: the trial's own status and `why`, or the child's. */
int trial_isolate(struct trial *trial, void (*body)(void *trial));

/* One session of one job in this process, untimed: for what becomes of it. */
void trial_live(struct trial *trial);

#endif
