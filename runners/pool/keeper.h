/* The keeper of a pool's workers, seen from the caller: see keeper.c. */
#ifndef PVT_POOL_KEEPER_H
#define PVT_POOL_KEEPER_H

#include "runners/pool/state.h"

/* Starts it; it starts the workers. 0 or -errno. */
int keeper_start(struct pool *pool);
void keeper_command(struct pool *pool); /* `stop` has changed: look at it */
/* A slot, or the job, was marked as evicted: kills the processes that have it, and starts others. */
void keeper_evict(struct pool *pool);
void keeper_join(struct pool *pool);
/* Has it died without being asked? Then the pool is broken from now on, and all tasks have ended. */
void keeper_check(struct pool *pool);

/* What became of a task whose worker ended so. */
struct pool_outcome keeper_outcome(int wait_status, bool timed_out, uint32_t attempts);

#endif
