/*
 * A run is a chain of process invocations. Each measures a share of the budget and then executes the
 * program anew: fresh memory layout, fresh placement, a run_id of its own. Only so do intervals say
 * something about the next run, not just about the next minute of this one. All that an invocation knows
 * of those before it, it reads from samples.csv; the little else goes through --continue-run.
 */
#ifndef PVT_INVOCATION_H
#define PVT_INVOCATION_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/measure/measure.h"
#include "bench/samples/summary.h"

struct invocation {
	uint64_t number;                /* from 0 */
	uint64_t start_ns, deadline_ns; /* of the whole run */
	uint64_t seed;
	uint64_t seq;    /* of the next sample */
	uint64_t inputs; /* descriptor of the inputs that are handed over; 0: none */
	char folder[PATH_MAX];
};

/* Reads what invocation_next wrote. 0, or EXIT_UNUSABLE after a message. */
int invocation_read(const char *text, struct invocation *invocation);

/* Executes the program with the arguments that it was given first, to go on. Returns only on failure: -errno.
 */
int invocation_next(const struct invocation *invocation, char *const *argv);

/* The summary's case that this one of the plan is; NULL: it was not measured. */
const struct case_summary *invocation_summary_of(const struct summary *summary, const struct bench_case *c);

/* What an invocation has measured before it was broken off and resumed. */
struct replay {
	struct samples samples; /* of all invocations; owned */
	size_t first;           /* of its rows */
};

/*
 * Where each case stands after the invocations before this one: iterations, repetitions, failures. `before`
 * sums these invocations up, and needs the replay's samples; the caller frees it. `progress` has plan->count
 * entries. 0, or EXIT_UNUSABLE after a message; summary_free and replay_free are fine in both cases.
 */
int invocation_catch_up(const struct invocation *invocation, const struct plan *plan,
			struct progress_of_case *progress, struct summary *before, struct replay *replay);

/* The row of this case in this block and pass, if this invocation has measured it already; NULL if not. */
const struct sample *replay_find(const struct replay *replay, const struct bench_case *c, uint64_t block,
				 uint64_t pass);

/* Has this invocation begun to measure the block? */
bool replay_has_begun(const struct replay *replay, uint64_t block);
void replay_free(struct replay *replay);

#endif
