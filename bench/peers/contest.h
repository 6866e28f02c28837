/* Our pool compared with a peer on the same task: what a pair's detail says, and how both sides are asked. */
#ifndef PVT_PEERS_CONTEST_H
#define PVT_PEERS_CONTEST_H

#include "bench/peers/peers.h"
#include "bench/peers/server.h"
#include "runners/pool/pool.h"

/* What ours does: a loop over indices one at a time; a map of single inputs; one task and its answer. */
enum task { TASK_EMPTY, TASK_SQUARE, TASK_SPIN, TASK_MAP_SQUARE, TASK_MAP_CUBE, TASK_APPLY };

struct contest {
	enum pool_kind kind;
	bool caller_works;
	enum task task;
	uint64_t count, steps;
	/* The peer: a server's question, or our own pool of the other kind, or a loop of calls. */
	const char *server; /* "peer_openmp", "python3", … */
	const char *question;
	uint64_t asked_count; /* slow peers are asked for fewer */
	double (*loop)(void);
};

extern const char PYTHON_PEER[]; /* the script */
struct server *contest_start_server(const char *name);

/* Our side of a task, ns each, on an open pool; `shared` holds counters and results (pool_alloc,
 * CONTEST_SHARED bytes). */
enum { CONTEST_SHARED = 16 << 20 };
/* A pool with so many workers, and `shared` for it. NULL on failure. */
struct pool *contest_open_pool(enum pool_kind kind, uint32_t workers, bool caller_works, void **shared);
double contest_ours(struct pool *pool, void *shared, enum task task, uint64_t count, uint64_t steps);

/* The last of `count` jobs, a short task for each worker, each after the caller has computed for gap_ns. */
double contest_after_gap(struct pool *pool, void *shared, double gap_ns, uint64_t count);
/* The CPU time that the others took in so many gaps and jobs, as a share of the whole time. */
double contest_cpu_of_gaps(struct pool *pool, void *shared, double gap_ns, uint64_t count);

int contest_round(void *state, double *ours_ns, double *peer_ns);
void *contest_open(const struct pair *pair, uint32_t workers);
void contest_close(void *state);

#endif
