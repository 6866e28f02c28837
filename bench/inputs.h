/*
 * Prepared inputs: a kernel's shared area, filled once and used by all cases of that kernel and size, with
 * the sequential checksum that every sample is compared with. They lie in memory that child processes share.
 */
#ifndef PVT_INPUTS_H
#define PVT_INPUTS_H

#include "bench/isolate.h"
#include "bench/plan.h"
#include "runners/arena.h"

struct input {
	bool shared; /* with child processes */
	const struct kernel *kernel;
	struct params params;
	struct arena arena;
	void *ballast; /* the harness's, for the sequential job alone */
	uint64_t items;
	double work; /* of one job */
	const char *work_unit;
	uint64_t expected; /* the sequential checksum */
	bool verified;     /* the kernel's own verification held for the sequential job */
	uint32_t
		workers; /* which case's first touch placed the pages, on a machine with several NUMA nodes */
	int status;      /* what became of the sequential job: STATUS_* */
	char why[256];   /* in words */
	uint64_t used;   /* when last asked for */
	struct input *next;
};

struct inputs {
	struct input *first;
	struct input
		*mapped; /* the others are parked: what reads all of this process's memory is spared them */
	bool per_placement; /* several NUMA nodes: pages lie where the workers of one case touched them first
			     */
	uint64_t bytes, bytes_max, clock;
	uint64_t timeout_ns; /* of the sequential job, where it is isolated */
	bool alone;          /* as in struct isolation */
	const volatile sig_atomic_t *interrupted;
};

void inputs_init(struct inputs *inputs, const struct machine *machine, uint64_t timeout_ns,
		 const volatile sig_atomic_t *interrupted);

/*
 * The input of a case, prepared now if it is not there yet, in a child process if there is a cell for it. 0
 * (look at its status), or -errno with `why` in words.
 */
int inputs_get(struct inputs *inputs, const struct bench_case *c, void *ballast, struct cell *cell,
	       const struct input **input, char *why, size_t why_bytes);
void inputs_free(struct inputs *inputs);

#endif
