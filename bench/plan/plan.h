/* From options to cases: which kernel, how large, under which runner, with how many workers, pinned where. */
#ifndef PVT_PLAN_H
#define PVT_PLAN_H

#include "bench/plan/interpreters.h"
#include "bench/plan/options.h"
#include "bench/samples/case_id.h"
#include "kernels/kernel.h"
#include "runners/cell/protocol.h"

struct cell;
struct cluster;

struct bench_case {
	char *name; /* as case_id_name has it: "scaling/matmul/512/fork/workers:2" */
	const char *suite;
	const struct kernel *kernel;
	const struct runner *runner;
	const struct interpreter *python; /* of kernels that need one; NULL */
	struct params params;             /* configured */
	/* What the kernel says of it, asked in a cell: */
	uint64_t items; /* of each phase */
	uint32_t phases;
	size_t shared_bytes;
	double work_per_item;
	char work_unit[CELL_UNIT + 1];
	uint32_t workers, hosts;
	enum policy placement;
	enum schedule schedule;
	uint64_t chunk;
	bool huge;          /* pages of params.ballast */
	double grown;       /* how many times the work of the kernel's medium size it is; 0: not known */
	uint64_t window_ns; /* workers repeat their operations for at least this long; 0: as it comes */
	const char *out_of_reach; /* why it cannot be measured here; NULL: it can */
	enum status fate; /* what becomes of it then: skipped, or its kernel crashed when it was asked */
};

struct plan {
	struct bench_case *cases;
	size_t count;
	struct interpreters pythons; /* found when a kernel first needs one */
	struct cell *cell;           /* that is asked about kernels while the plan is made */
};

struct case_id bench_case_id(const struct bench_case *c);

/*
 * Makes the cases that the options ask for, and reserves ranks on the cluster for them. 0, or EXIT_UNUSABLE
 * after a message that names the flag and the word in it. The caller frees the plan in both cases.
 */
int plan_make(const struct options *options, const struct machine *machine, struct cluster *cluster,
	      struct plan *plan);
void plan_free(struct plan *plan);

#endif
