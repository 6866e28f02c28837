/* The one worker body: what a thread, a forked and a spawned process all execute. */
#ifndef PVT_WORKER_H
#define PVT_WORKER_H

#include "runners/arena.h"
#include "runners/control.h"

struct worker;

/* What differs where somebody else deals the items and makes workers wait for each other. */
struct ways {
	/* Waits until all workers are here; false: the job was aborted. */
	bool (*meet)(const struct worker *worker);
	/* As deal_items, for items that are dealt. */
	uint64_t (*deal)(const struct worker *worker, struct context *ctx);
};

/* How this worker sees the session. */
struct worker {
	struct control *control;
	const struct kernel *kernel;
	struct arena shared; /* in this process's address space; owned by the launcher */
	uint32_t rank;
	bool own_process;
	bool here;               /* it is the caller itself, and has lived before */
	const struct ways *ways; /* NULL: barrier_wait and deal_items */
};

/*
 * pin → read back → enter → ready → gate → t0 → run → t1 → barrier → leave, again and again in a pool.
 * Returns 0, or -errno after having written it to the worker's record and aborted the job.
 */
int worker_body(const struct worker *worker);

/*
 * Its parts, for workers that somebody else brings to life. worker_begin: up to enter; 0, or -errno after
 * having written it to the worker's record and aborted the job; `ctx` lives until worker_end. worker_job:
 * from t0 to t1, with what the job's probe asks for; a call that callgrind sees (cell/callgrind.h).
 * worker_end: from leave on.
 */
int worker_begin(const struct worker *worker, struct context *ctx);
__attribute__((noinline)) void worker_job(const struct worker *worker, struct context *ctx);
void worker_end(const struct worker *worker, struct context *ctx);

/* Names the calling thread for ps, gdb and perf: "kernel/w1". */
void worker_name(const struct control *control, uint32_t rank);

/* Stops this worker, if it is the one to be held, until a debugger or a signal lets it go on. */
void worker_hold(const struct control *control, uint32_t rank);
/* The same, for worker `number` with process or thread id `pid`, whoever it is. `where`: "", or " on HOST".
 */
void worker_hold_here(uint32_t number, int pid, const char *where);
/* What it says has this in it. */
#define HOLDS " holds: attach with"

/* usage.c: what getrusage(2) or wait4(2) says; what the calling thread has used so far, and since then. */
struct rusage;
struct usage usage_of(const struct rusage *r);
struct usage usage_now(void);
struct usage usage_since(struct usage start);

#endif
