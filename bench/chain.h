/*
 * A run is a chain of process invocations. Each measures a share of the budget and then executes the
 * program anew: fresh memory layout, fresh placement, a run_id of its own. Only so do intervals say
 * something about the next run, not just about the next minute of this one. All that an invocation knows
 * of those before it, it reads from samples.csv; the little else goes through --continue-run.
 */
#ifndef PVT_CHAIN_H
#define PVT_CHAIN_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/measure.h"

struct chain {
	uint64_t invocation;            /* from 0 */
	uint64_t start_ns, deadline_ns; /* of the whole run */
	uint64_t seed;
	uint64_t seq; /* of the next sample */
	char folder[PATH_MAX];
};

/* Reads what chain_next wrote. 0, or EXIT_UNUSABLE after a message. */
int chain_read(const char *text, struct chain *chain);

/* Executes the program with the arguments that it was given first, to go on. Returns only on failure: -errno.
 */
int chain_next(const struct chain *chain, char *const *argv);

/* The invocation that a run_id names. */
uint64_t chain_invocation_of(const char *run_id);

/* When it began, in ns since 1970 (UTC), as its run_id says; 0 where that is none of ours. */
uint64_t chain_time_of(const char *run_id);

/* What an invocation has measured before it was broken off and resumed: its first rows, in their order. */
struct replay {
	struct samples samples; /* of all invocations; owned */
	size_t next;            /* of its rows */
};

/*
 * Where each case stands after the invocations before this one: iterations, repetitions, failures, and
 * whether it is done: it and all that it is compared with are precise enough. `done` and `progress` have
 * plan->count entries. 0, or EXIT_UNUSABLE after a message; chain_replay_free is fine in both cases.
 */
int chain_catch_up(const struct chain *chain, const struct plan *plan, const struct options *options,
		   struct progress_of_case *progress, bool *done, struct replay *replay);

/*
 * The row of this case, if this invocation has measured it already; NULL if not. When another case has come
 * at this place, `error` is set after a message: the order is not that of this seed.
 */
const struct sample *chain_replay(struct replay *replay, const struct bench_case *c, int *error);
void chain_replay_free(struct replay *replay);

#endif
