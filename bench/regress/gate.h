/*
 * Is one build slower than another? Fresh processes of both, interleaved in blocks of random order. In stage
 * 1 all cases are looked at, and those that might be slower are suspects; in stage 2 only these are measured
 * again, in fresh blocks. Where the first blocks of stage 1 are too noisy to find what is to be found, and
 * there is time, it goes on for as many again, and has a second look at them all. A third arm, base once
 * more, goes through the same: where that is found slower than base, nothing that the gate says can be
 * believed.
 *
 * A stage ends early once no block that is yet to come could change what it says of any case: that changes
 * when it is said, and neither what nor how often it is wrong.
 */
#ifndef PVT_GATE_H
#define PVT_GATE_H

#include "bench/regress/arms.h"
#include "bench/regress/compare.h"

#define GATE_SUSPICION 0.05 /* the level of a look of stage 1 */
#define GATE_SUSPECTS 0.1   /* of what is not slower, so much is a suspect at most: there are two looks */
#define GATE_FINDS                                                                               \
	0.01 /* what is slower than the margin by this or more is to be found in 95 of 100 gates \
	      */
enum { GATE_BLOCKS_1 = 10, GATE_BLOCKS_1_MOST = 20, GATE_BLOCKS_2 = 20 };

struct gate_request {
	struct gate_run run; /* its deadline is set from the budget */
	struct compare_options question;
	uint64_t budget_ns;
	bool quiet;
};

/* One comparison of two arms in one stage; `compared` points into the sides. */
struct stage {
	struct sample_set base, other;
	struct compared compared;
};

struct gate_result {
	struct stage head[2], control[2];    /* of stage 1 and 2 */
	struct compared of_head, of_control; /* the verdicts; they point into the stages */
	size_t blocks[2], planned[2];
	size_t live[2];  /* blocks whose arms took turns sample by sample; and in whole processes */
	const char *how; /* of a gate that counts: what, and what it does not see; NULL */
	int code;        /* EXIT_WELL, _FAILED, _UNUSABLE, _INCONCLUSIVE */
	char cause[640]; /* what makes it inconclusive; or "" */
};

/* The level of stage 2 at which, where nothing is slower, any of so many comparisons is a regression with at
 * most `alpha`; what is slower by just the margin is one with this level itself, at most GATE_SUSPICION. */
double gate_level(double alpha, size_t comparisons);

/* "sample by sample, the arms in turn", or "in whole processes, …": how the arms took turns. */
const char *gate_how(const struct gate_result *result);

/* 0 with a result to be freed; or an exit code after a message, EXIT_INTERRUPTED among them. */
int gate_carry_out(struct gate_request *gate, struct gate_result *result);
void gate_result_free(struct gate_result *result);

#endif
