/*
 * The profile of a kernel: what its job takes on one CPU, slice by slice. It is measured under
 * no runner but seq's own way of doing it, one worker alone, so that what is predicted from it has not been
 * run.
 */
#ifndef PVT_KERNEL_PROFILE_H
#define PVT_KERNEL_PROFILE_H

#include "bench/advise/workload.h"
#include "bench/plan/plan.h"
#include "runners/cell/slices.h"

enum { PROFILE_SLICES = SLICES_MAX, PROFILE_PHASES = SLICES_PHASES_MAX };

struct kernel_profile {
	struct workload workload; /* its slice_ns points to the next */
	double slice_ns[PROFILE_PHASES * PROFILE_SLICES];
	uint32_t repetitions;
};

/* What a kernel says of itself: tasks, phases, memory. */
void kernel_profile_describe(const struct bench_case *c, double work, const char *work_unit,
			     struct workload *workload);

/*
 * Measures it in a cell, for about `budget_ns`. 0, or an exit code after a message: what cannot be
 * prepared, gives a wrong result, crashes or hangs has no profile.
 */
int kernel_profile_measure(const struct bench_case *c, const struct machine *machine, uint64_t timeout_ns,
			   uint64_t budget_ns, struct kernel_profile *profile);

#endif
