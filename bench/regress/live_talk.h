/*
 * What is known of arms that take turns, and what is said to them: the gate's side of bench/base/turns.h.
 */
#ifndef PVT_LIVE_TALK_H
#define PVT_LIVE_TALK_H

#include "bench/regress/arm_process.h"

enum { LIVE_REMEMBERED = 256 };

/* A case of one arm or more. */
struct live_case {
	char *name;
	uint64_t iterations; /* of a sample; 0: not yet known. Of all arms the same */
	bool in[ARMS];       /* the block's arms that have it, and with which it has not failed */
	uint64_t taken;      /* turns in this block */
	size_t turns;        /* as many as it is to have */
	/* Learnt in all blocks: noise from base and its control alone, cost from all arms. */
	double log_ratio[LIVE_REMEMBERED];
	uint64_t known; /* turns of both; the last LIVE_REMEMBERED of them are kept */
	uint64_t all_turns, all_ns;
};

struct live {
	struct live_case *known;
	size_t count;
	struct arm_process process[ARMS];
};

/*
 * Lets this arm take a turn with the case: a sample of c->iterations jobs, whose span is the answer; without
 * a number of jobs it finds one, which is the answer. *number: at least 1; 0 where the case has failed, and
 * this arm has it no more. 0, or an exit code after a message.
 */
int live_ask(const struct gate_run *run, struct live *live, struct live_case *c, enum arm arm,
	     uint64_t *number);

enum greeting { GREETED, MEASURED, GREETING_FAILED };

/* Its first word, within `ns`, and its cases. MEASURED: it has ended without one, as a program that takes no
 * turns; GREETING_FAILED: *code says how, after a message; else that is 0. */
enum greeting live_hear_greeting(const struct gate_run *run, struct live *live, struct arm_process *process,
				 uint64_t ns, int *code);

/* Lets it end. 0, or an exit code after a message. */
int live_dismiss(const struct gate_run *run, struct arm_process *process);

#endif
