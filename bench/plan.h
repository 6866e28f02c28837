/* From options to cases: which kernel, how large, under which runner, with how many workers, pinned where. */
#ifndef PVT_PLAN_H
#define PVT_PLAN_H

#include "bench/options.h"
#include "kernels/kernel.h"

struct cluster;

struct bench_case {
	char *name; /* "scaling/matmul/512/fork/workers:2" */
	const char *suite;
	const struct kernel *kernel;
	const struct runner *runner;
	struct params params; /* configured */
	uint32_t workers, hosts;
	enum policy placement;
	enum schedule schedule;
	uint64_t chunk;
	bool huge;                /* pages of params.ballast */
	const char *out_of_reach; /* why it cannot be measured here; NULL: it can */
};

struct plan {
	struct bench_case *cases;
	size_t count;
};

/*
 * Makes the cases that the options ask for, and reserves ranks on the cluster for them. 0, or EXIT_UNUSABLE
 * after a message that names the flag and the word in it. The caller frees the plan in both cases.
 */
int plan_make(const struct options *options, const struct machine *machine, struct cluster *cluster,
	      struct plan *plan);
void plan_free(struct plan *plan);

#endif
