/*
 * Cases that are compared are measured together: a block is one kernel at one size with so many workers on
 * one placement, under all its runners. Inside a block they take turns, pass by pass, each pass in an order
 * of its own, so that what the machine does meanwhile meets all of them: a randomised complete block design
 * (Fisher, The Design of Experiments, 1935). The sequential baseline is part of the block that is compared
 * with it.
 */
#ifndef PVT_BLOCKS_H
#define PVT_BLOCKS_H

#include "bench/plan/core.h"

struct block {
	const struct core_comparison *core; /* NULL: breadth */
	size_t *member;                     /* indices of plan->cases, in the plan's order */
	size_t count;
};

struct blocks {
	struct block *block;
	size_t count;
};

/* Every case is in one block at least; seq can be in several. 0 or -ENOMEM; blocks_free is fine afterwards in
 * both cases. */
int blocks_make(const struct plan *plan, uint32_t units, struct blocks *blocks);
void blocks_free(struct blocks *blocks);

/* Which member the others are compared with: threads where there are some. An index of member. */
size_t blocks_reference(const struct plan *plan, const struct block *block);

/*
 * What one sample of a case is likely to take, in ns, before any was measured: right to a factor of two or
 * three, which is enough to tell a plan that fits from one that does not.
 */
double blocks_guess_ns(const struct bench_case *c, uint32_t units, double min_time_s);

#endif
