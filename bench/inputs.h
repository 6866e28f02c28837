/*
 * Prepared inputs: a kernel's shared area, filled once and used by all cases of that kernel and size, with
 * the sequential checksum that every sample is compared with.
 */
#ifndef PVT_INPUTS_H
#define PVT_INPUTS_H

#include "bench/plan.h"
#include "runners/arena.h"

struct input {
	const struct kernel *kernel;
	struct params params;
	struct arena arena;
	uint64_t items;
	double work; /* of one job */
	const char *work_unit;
	uint64_t expected; /* the sequential checksum */
	bool verified;     /* the kernel's own verification held for the sequential job */
	uint32_t
		workers; /* which case's first touch placed the pages, on a machine with several NUMA nodes */
	uint64_t used;   /* when last asked for */
	struct input *next;
};

struct inputs {
	struct input *first;
	bool per_placement; /* several NUMA nodes: pages lie where the workers of one case touched them first
			     */
	uint64_t bytes, bytes_max, clock;
};

void inputs_init(struct inputs *inputs, const struct machine *machine);

/* The input of a case, prepared now if it is not there yet. 0, or -errno with `why` in words. */
int inputs_get(struct inputs *inputs, const struct bench_case *c, const struct input **input, char *why,
	       size_t why_bytes);
void inputs_free(struct inputs *inputs);

#endif
