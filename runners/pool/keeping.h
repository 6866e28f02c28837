/* What the parts of the keeper share: keeper.c is its loop, keeper_launch.c starts workers, keeper_ends.c
 * sees to their ends. */
#ifndef PVT_POOL_KEEPING_H
#define PVT_POOL_KEEPING_H

#include <limits.h>
#include <pthread.h>
#include <signal.h>

#include "runners/pool/keeper.h"

enum { KEEPER_STILLBORN_MAX = 10, KEEPER_BACKOFF_SHIFT_MAX = 10 };

struct kept {
	bool lives, expired;
	bool evicted; /* killed because its caller does not want its work any more: no fault of its own */
	bool killed;  /* with all that it has started */
	pthread_t thread;
	uint64_t due_ns; /* of its replacement; 0: none */
	uint32_t beats;  /* as last seen, and since when */
	uint64_t since_ns;
	uint32_t born_beats;
};

struct keeping {
	struct pool *pool;
	struct kept *kept;
	uint32_t living;
	uint32_t short_lives; /* in a row: workers that ended without beginning a task */
	uint32_t stillborn;   /* in a row: workers that could not start, or died in their initialiser */
	uint32_t evictions;   /* as last seen */
	int caller_fd, signal_fd;
	sigset_t workers_signals;
	bool ignored[NSIG]; /* by the caller */
};

/* Starts the worker; where it cannot, sets when to try again, or breaks the pool. */
void keeper_launch(struct keeping *k, uint32_t rank);

/* Signals that end a process, and that it may have been started to ignore; 0 ends them. */
extern const int keeper_ending_signals[];

/* How long to wait before the next worker, after so many failures in a row. */
uint64_t keeper_backoff_ns(uint32_t failures);

/* Ends the task of a slot that is in this state, and this worker's, with this outcome. */
void keeper_settle(struct pool_shared *shared, struct slot *slot, unsigned from, uint32_t rank,
		   const struct pool_outcome *outcome);

/* Are workers that end not to be replaced? */
bool keeper_is_ending(const struct keeping *k);

/* Reaps workers that have ended, and settles what they held. */
void keeper_reap(struct keeping *k);

/* Kills, or gives up, workers that are at something for longer than the time limit … */
void keeper_watch_time(struct keeping *k);
/* … and those that are at what their caller has given up. */
void keeper_look_at_evictions(struct keeping *k);

#endif
