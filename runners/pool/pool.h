/*
 * A pool of workers: threads or processes, one interface.
 *
 *	static int square(const void *in, size_t in_bytes, void *out, size_t out_bytes) { … return 0; }
 *
 *	char why[256];
 *	struct pool_options options = {.kind = POOL_PROCESSES, .workers = 4};
 *	struct pool *pool = pool_open(&options, why, sizeof why);
 *	pool_map(pool, square, x, sizeof *x, y, sizeof *y, n, 0, NULL);
 *	pool_free(pool);
 *
 * Tasks are functions of this program. A process worker is a fork made when the pool was opened, and again
 * for each replacement, of the program as it was at pool_open: functions, constants and globals are those of
 * that moment, and what a task writes to them stays in its worker. Only the output comes back, and memory
 * from pool_alloc.
 *
 * Inputs and outputs may lie in any memory of the caller. Process workers get a copy through shared memory,
 * except for buffers from pool_alloc, which are shared and used in place.
 *
 * A task must not call its own pool. A process pool's keeper is a child of the caller, which should wait for
 * its own children by their pids.
 *
 * A pool belongs to the process that opened it. In a forked child, tasks included, calls are refused with
 * -EPERM (NULL and errno, or nothing, where they have no code), and pool_free only frees memory: a child's
 * exit handlers cannot harm the parent's pool.
 *
 * Workers start with the buffered contents of standard output and standard error written; flush other
 * streams before pool_open. Workers are ended by SIGHUP, SIGTERM, SIGQUIT and SIGPIPE, except for those that
 * the program ignored at pool_open, and ignore SIGINT. They and the keeper keep the descriptors that were
 * open at pool_open until the pool ends: the reader of a pipe whose other end was open then sees no end of
 * file before that.
 *
 * A process worker that is killed, by the time limit, an interrupt or pool_terminate, takes along what its
 * task has started, where the system lists it (Linux with CONFIG_PROC_CHILDREN), but not what lost its parent
 * before. What a task leaves running when it ends keeps running.
 *
 * Calls return 0 or -errno; a task's own fate is in struct pool_outcome. Any thread of the caller may call;
 * maps on one pool take turns. Sizes are in bytes, times in nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef PVT_POOL_H
#define PVT_POOL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* POOL_PROCESSES: a worker that crashes costs its task. POOL_THREADS: it takes the program along. */
enum pool_kind { POOL_THREADS, POOL_PROCESSES };

/* Where workers run: anywhere; on neighbouring cores; on cores far apart; on all hyper-threads of a core. */
enum pool_placement { POOL_ANYWHERE, POOL_COMPACT, POOL_SCATTER, POOL_SMT };

/* What becomes of a task whose worker died: it is lost; it is run again; it is lost, and the pool breaks (as
 * it does then when a worker dies in its initialiser). */
enum pool_on_loss { POOL_FAIL, POOL_RETRY, POOL_BREAK };

/* All zero is a good default. */
struct pool_options {
	enum pool_kind kind;
	uint32_t workers;  /* 0: one for each CPU that this process may use; at most 1024 */
	bool caller_works; /* in maps the caller is one of the workers, the fastest way for short ones; a
			      crash in its share is a crash of the caller. Needs 2 workers. */
	enum pool_placement placement;
	int (*init)(void *arg, uint32_t rank);   /* each worker, first: 0, or a code that breaks the pool */
	void (*leave)(void *arg, uint32_t rank); /* each worker, last, unless it is killed; or NULL */
	void *init_arg;                          /* of both */
	uint64_t
		tasks_per_worker; /* after this number of tasks or chunks a new worker takes over; 0: never */
	uint64_t timeout_ns;      /* of a task or chunk once it runs, kept to about an eighth; 0: none. A
				     process is killed; a thread cannot be, its task is given up (see below) */
	enum pool_on_loss on_loss;
	uint32_t retries;      /* POOL_RETRY: how often at most (a map's chunk: 254); 0: 3 */
	uint64_t shared_bytes; /* address space for pool_alloc and copies, of which blocks of over 512 KiB
				  can have all; 0: as much as the machine has memory, but at the most an
				  eighth of RLIMIT_AS */
	const volatile sig_atomic_t
		*interrupted; /* blocking calls end with -EINTR when it is set; or NULL.
	      Within 100 ms a process that runs a task of pool_apply or of a map is killed
	      and replaced, and the pool stays usable. A thread cannot be: a map waits for
	      the items that run (a range's: the chunks; so also for the caller's own), and
	      pool_apply returns at once, its task continuing with copies of its buffers */
};

struct pool;

/*
 * Opens a pool and waits until all workers are initialised. NULL when that failed, with `why` in words:
 * the initialiser's code, no memory, no processes left, options that contradict each other.
 */
struct pool *pool_open(const struct pool_options *options, char *why, size_t why_bytes);

/* No new tasks from here on: they get -ESHUTDOWN. Those submitted are finished; a map that runs in another
 * thread is waited for. Twice is once. */
void pool_close(struct pool *pool);
/* As pool_close, and what is not finished is cancelled: running processes are killed, a running thread's task
 * is waited for. */
void pool_terminate(struct pool *pool);
/* Waits until a closed or terminated pool has finished and all workers are gone. -EINVAL on an open pool. */
int pool_join(struct pool *pool);
/* Terminates and joins if need be, and frees all, futures and pool_alloc's memory included. NULL is fine. */
void pool_free(struct pool *pool);

/* "process": a crash stays in its worker; "none": it does not. */
const char *pool_isolation(const struct pool *pool);
/* Why the pool is broken; "" if it is not. A broken pool refuses tasks with -ECANCELED. */
const char *pool_reason(const struct pool *pool);
uint32_t pool_workers(const struct pool *pool);
/* In a task: the rank of its worker, 0 … workers - 1. In the caller: 0. */
uint32_t pool_rank(void);
/* The workers' process ids (threads: thread ids) as of now, in pids[0 … pool_workers - 1]; 0: none at the
 * moment. */
void pool_pids(const struct pool *pool, int *pids);

/* Memory that all workers see at the same address, 64-byte aligned and, when fresh, zero. NULL: none left. */
void *pool_alloc(struct pool *pool, size_t bytes);
void pool_unalloc(struct pool *pool, void *memory);

/* ---- one task ---- */

/* A task: reads input, writes output. 0, or a code of its own. */
typedef int pool_task(const void *input, size_t input_bytes, void *output, size_t output_bytes);

/* Every task ends in exactly one of the states after POOL_PENDING. */
enum pool_state {
	POOL_PENDING,
	POOL_DONE,
	POOL_FAILED,    /* it returned `code` */
	POOL_LOST,      /* its worker died: of `signal`, or with exit code `code` */
	POOL_CANCELLED, /* before it began, or by pool_terminate */
	POOL_TIMED_OUT, /* it ran for longer than timeout_ns. If it runs in a thread it still runs: leave its
			   buffers alone until pool_join has returned */
};

struct pool_outcome {
	enum pool_state state;
	int code;
	int signal;
	uint32_t attempts; /* how often it was begun, as far as is known; 0: never */
};

const char *pool_state_name(enum pool_state state);

struct pool_future;

/* Called once when the task has ended, in a thread of the pool in the caller's process; keep it short.
 */
typedef void pool_callback(void *arg, const struct pool_outcome *outcome);

/*
 * Submits a task and returns at once, or when one of 16384 places is free. The input is free for reuse on
 * return if it was copied (processes, not from pool_alloc), else when the task has ended; the output is
 * written by then. on_done is called for POOL_DONE, on_error for all other ends; both may be NULL. *future,
 * if `future` is not NULL, is the caller's until pool_forget or pool_free.
 */
int pool_submit(struct pool *pool, pool_task *task, const void *input, size_t input_bytes, void *output,
		size_t output_bytes, pool_callback *on_done, pool_callback *on_error, void *arg,
		struct pool_future **future);

/* Waits for at most timeout_ns (UINT64_MAX: for ever). 0 and the outcome; or -ETIMEDOUT, -EINTR: then the
 * task continues, and so does the use of its buffers. */
int pool_wait(struct pool_future *future, uint64_t timeout_ns, struct pool_outcome *outcome);
bool pool_done(struct pool_future *future); /* has it ended, in whatever state? */
/* Cancels what has not begun. 0, or -EBUSY when it runs or has ended. */
int pool_cancel(struct pool_future *future);
/* Gives the future back. If its task still runs, it continues; its output stays in use until it ends. */
void pool_forget(struct pool_future *future);

/* Submits and waits. When it has returned, even with an error, nothing is read from `input` or written to
 * `output` any more (but by a thread that is POOL_TIMED_OUT). */
int pool_apply(struct pool *pool, pool_task *task, const void *input, size_t input_bytes, void *output,
	       size_t output_bytes, struct pool_outcome *outcome);

/* ---- many tasks, known beforehand ---- */

/* What became of a map: the items that are done, and the first that is not (of those that failed or were
 * lost, if others were but cancelled because of them). */
struct pool_map_outcome {
	uint64_t done, not_done;
	uint64_t first; /* index of that item; its outcome: */
	struct pool_outcome outcome;
};

/*
 * output[i] = task(input[i]) for i in 0 … count - 1, in chunks that go to a worker as one (0: chosen to keep
 * them busy). Items that fail do not keep others from being done. If a worker dies, the items of its chunk
 * have its fate. 0 when all are done, -EIO when not, -ESHUTDOWN, -ECANCELED (broken or terminated), -ENOMEM,
 * -EINTR, -EINVAL. `outcome` may be NULL. items * bytes have to fit size_t.
 */
int pool_map(struct pool *pool, pool_task *task, const void *inputs, size_t input_bytes, void *outputs,
	     size_t output_bytes, uint64_t count, uint64_t chunk, struct pool_map_outcome *outcome);

/* One argument of a task of several: an array of `count` values of `bytes` each. */
struct pool_column {
	const void *values;
	size_t bytes;
};
enum { POOL_COLUMNS_MAX = 8 };
typedef int pool_startask(const void *const *arguments, void *output);

/* output[i] = task({column 0 [i], column 1 [i], …}), as Python's starmap. Else as pool_map. */
int pool_starmap(struct pool *pool, pool_startask *task, const struct pool_column *columns, uint32_t n,
		 void *outputs, size_t output_bytes, uint64_t count, uint64_t chunk,
		 struct pool_map_outcome *outcome);

/*
 * task(arg, begin, end) for ranges of at most `chunk` indices that together are 0 … count - 1, each once: a
 * parallel loop, the cheapest way in. `arg` is passed as it is: for process workers, memory from pool_alloc
 * or a constant.
 */
typedef int pool_range_task(void *arg, uint64_t begin, uint64_t end);
int pool_range(struct pool *pool, pool_range_task *task, void *arg, uint64_t count, uint64_t chunk,
	       struct pool_map_outcome *outcome);

/* ---- many tasks, one after the other ---- */

/* Writes the next input: 1; 0 at the end, which there need not be; or a negative error. */
typedef int pool_next(void *arg, void *input);

struct pool_imap;

/*
 * Maps a stream: at most `window` inputs (0: four a worker; at most 8192) are taken ahead of what was read.
 * Ordered results come in the order of inputs, others as they end. NULL and errno on failure.
 */
struct pool_imap *pool_imap(struct pool *pool, pool_task *task, pool_next *next, void *next_arg,
			    size_t input_bytes, size_t output_bytes, uint32_t window, bool ordered);
/*
 * The next result: 1, with its output (if it is done), its index among the inputs and its outcome; 0 at the
 * end; the iterator's own negative error, after the results of all inputs before it; or -ESHUTDOWN,
 * -ECANCELED, -EINTR, -ENOMEM. `index` and `outcome` may be NULL.
 */
int pool_imap_next(struct pool_imap *m, void *output, uint64_t *index, struct pool_outcome *outcome);
/* Ends it: tasks that have not begun are cancelled, others waited for; when interrupted, a process is killed
 * instead. The pool stays usable. */
void pool_imap_close(struct pool_imap *m);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
