/*
 * What caller, keeper and workers of a pool share. It lies in one shared mapping, at the same address in all
 * of them, and holds no lock: whoever is killed, at whatever instruction, leaves nothing held.
 *
 * A task's whole life is one 64-bit word in its slot, so there is no moment between "taken from the queue"
 * and "known to be in worker r's hands". A map's chunks are dealt by ranges and stolen from each other; what
 * a dead worker had is found from the chunks' states when all others have left the job.
 *
 * The keeper replaces workers and settles what dead ones held: a process of its own that forks process
 * workers (so that forking is safe, however many threads the caller has), or a thread that keeps threads.
 */
#ifndef PVT_POOL_STATE_H
#define PVT_POOL_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <unistd.h>

#include "runners/pool/heap.h"
#include "runners/pool/pool.h"

enum {
	POOL_WORKERS_MAX = 1024,
	POOL_SLOTS = 16384,
	POOL_QUEUE_CELLS =
		2 * POOL_SLOTS, /* a slot may stand in the queue twice for a moment, when it is retried */
	SLOT_INLINE = 192,      /* input and output of so many bytes need no memory of their own */
	POOL_CASUALTIES = 1024,
	POOL_BITS = 64,
	FEW_CHUNKS = 64,
	POOL_LINGERS = 64, /* pauses of a spin loop */
	POOL_WAKES = 4,    /* how many sleepers one wakes of all that a job needs */
	LINE = 64,
};

#define SPIN_NS (60 * NS_PER_US)
#define NAP_NS                                                                                      \
	(50 * NS_PER_MS) /* no wait is longer: the other side may have died before it could wake us \
			  */

/* ---- workers ---- */

enum life { LIFE_ABSENT, LIFE_STARTING, LIFE_INITIALISING, LIFE_READY, LIFE_ENDED };

/* Items of a job that returned a code. */
struct failures {
	uint64_t count, first; /* first: the least of their indices */
	int code;              /* of that one */
};

/*
 * Lines are kept apart by who writes and who reads them: a short job costs as many transfers as lines change
 * hands. In a job of one chunk per worker these are `open` of the job, from the caller to all, and one
 * `report` from each to the caller; all else stays where it is.
 */
struct pool_worker {
	/* Its chunks of a job: see struct range. Of others only thieves touch it. */
	_Alignas(2 * LINE) _Atomic uint64_t range;
	/* Its own, while all goes well. */
	_Alignas(2 * LINE) _Atomic uint64_t in_job; /* the number of the job it takes part in; 0: none */
	uint64_t joined;                            /* `open` of the last job it took part in */
	_Atomic uint32_t chunk;                     /* the chunk it runs */
	_Atomic uint32_t beats;                     /* tasks and chunks begun: a task that hangs stops them */
	_Atomic uint32_t busy;                      /* with a task or chunk: the time limit is of these */
	/* What it tells the caller: the job's number, and how many of its chunks it has done (job_word). */
	_Alignas(2 * LINE) _Atomic uint64_t report;
	uint64_t failures_job; /* the number of the job that `failures` are of, written before `report` */
	struct failures failures;
	/* How it rests. */
	_Alignas(2 * LINE) _Atomic uint32_t wake; /* futex */
	_Atomic uint32_t spins;                   /* it looks for work by itself */
	_Atomic uint32_t life;
	_Atomic int32_t pid;
	_Atomic int32_t init_code;
};

/* ---- single tasks ---- */

/* The state word: the ticket of its place in the queue (32 bits), worker (24), state (8). */
enum {
	SLOT_FREE,
	SLOT_READY,
	SLOT_RUNNING,
	SLOT_ENDED,     /* by its worker, which wrote outcome[SLOT_BY_WORKER] */
	SLOT_SETTLED,   /* by the keeper, which wrote outcome[SLOT_BY_KEEPER]: never both into one place */
	SLOT_CANCELLED, /* before it began */
};
enum { SLOT_BY_WORKER, SLOT_BY_KEEPER };

struct slot {
	_Alignas(LINE) _Atomic uint64_t word;
	_Atomic uint32_t waiters;
	_Atomic uint32_t attempts;
	struct pool_outcome outcome[2];
	pool_task *task;
	const void *input;
	void *output;
	size_t input_bytes, output_bytes;
	_Atomic uint32_t evicted; /* its caller has given it up: who runs it is killed */
	_Alignas(16) unsigned char space[SLOT_INLINE];
};

struct queue_cell {
	_Atomic uint64_t turn; /* ticket + 1 when it holds that ticket's slot */
	_Atomic uint32_t slot;
};

struct queue {
	_Alignas(LINE) _Atomic uint64_t head;
	_Alignas(LINE) _Atomic uint64_t tail;
	_Alignas(LINE) struct queue_cell cell[POOL_QUEUE_CELLS];
};

/* ---- a map: one job at a time ---- */

enum chunk_state { CHUNK_NEW, CHUNK_RUNNING, CHUNK_DONE, CHUNK_GIVEN_UP };

struct pool_job;
/* Does the items and notes which returned a code. CHUNK_DONE, or CHUNK_RUNNING: the job was stopped before
 * the last of them. */
typedef enum chunk_state job_body(const struct pool_job *job, uint64_t begin, uint64_t end,
				  struct failures *failures);

/*
 * What a job is. Read only by who holds one of its chunks: until that chunk is reported as done, the caller
 * leaves it alone. It is written only where it differs from the job before, so that a job which is run again
 * and again costs no transfer of it.
 */
struct job_work {
	job_body *body;
	void *task; /* the user's function, cast back by the body */
	void *arg;
	uint64_t first, count, chunk; /* items: first … first + count - 1, in chunks of so many */
	const uint32_t *list;         /* which chunks this pass is of; NULL: all from 0 */
	_Atomic unsigned char *state; /* of each chunk, if they are many; NULL: `few` has them */
	const unsigned char *inputs;
	unsigned char *outputs;
	size_t input_bytes, output_bytes;
	uint32_t columns;
	struct pool_column column[POOL_COLUMNS_MAX];
};

/* The state of one of few chunks, on a line of its own, and the number of the job that it is of. */
struct few {
	_Alignas(2 * LINE) _Atomic uint64_t word;
};

/*
 * The job that is open, or was last. Nobody is waited for when its chunks are done: a worker that comes late
 * finds by the numbers in the ranges that there is nothing for it, and leaves.
 */
struct pool_job {
	_Alignas(2 * LINE) _Atomic uint64_t open; /* its number and chunks (job_word); 0: none may enter */
	_Atomic uint32_t waits;                   /* the caller sleeps on `ended` */
	_Atomic uint32_t ended;                   /* futex: some worker has run dry */
	_Atomic uint32_t stopping;   /* nobody wants it any more: a chunk ends after the item that runs */
	_Atomic uint32_t any_failed; /* some worker has failures */
	_Atomic uint64_t deaths;     /* workers that died in a job, ever */
	_Atomic uint64_t evicted;    /* the number of a job that its caller has given up */
	_Alignas(2 * LINE) struct job_work work;
	struct few few[FEW_CHUNKS];
};

struct casualty {
	uint64_t job;
	uint32_t chunk;
	bool timed_out;
	int wait_status;
};

/* A job's number above, a count of its chunks below: one word, so that both are of one moment. */
enum { JOB_CHUNK_BITS = 24 };

static inline uint64_t job_word(uint64_t number, uint64_t chunks)
{
	return number << JOB_CHUNK_BITS | chunks;
}

static inline uint64_t job_number(uint64_t word)
{
	return word >> JOB_CHUNK_BITS;
}

static inline uint32_t job_chunks(uint64_t word)
{
	return (uint32_t)(word & ((1u << JOB_CHUNK_BITS) - 1));
}

/* deal.c: the state of a chunk in the job with this number. */
enum chunk_state job_state(const struct pool_job *job, uint64_t number, uint32_t chunk);
void job_set_state(struct pool_job *job, uint64_t number, uint32_t chunk, enum chunk_state state);

/* ---- the whole ---- */

enum stop { STOP_NOT, STOP_DRAIN, STOP_NOW };

struct pool_shared {
	_Atomic uint32_t stop;
	_Atomic uint32_t broken; /* futex */
	_Atomic uint32_t ready;  /* futex: bumped when a worker's life changes */
	_Atomic uint32_t gone;   /* the keeper has ended, all workers are gone */
	_Atomic uint32_t slots_used;
	_Atomic uint32_t evictions; /* bumped when a slot or the job was given up */
	char reason[200];           /* written before `broken` is set */
	struct pool_job job;
	_Alignas(LINE) _Atomic uint64_t sleeping[POOL_WORKERS_MAX / POOL_BITS];
	_Alignas(LINE) _Atomic uint32_t
		finished; /* futex: bumped when a task ends and somebody asked for it */
	_Atomic uint32_t finish_waiters;
	_Atomic uint32_t hung; /* a thread hangs in a job: its chunk will not end */
	_Atomic uint32_t casualties;
	struct casualty casualty[POOL_CASUALTIES];
	struct pool_worker worker[POOL_WORKERS_MAX];
	struct queue queue;
	struct slot slot[POOL_SLOTS];
};

struct pool {
	struct pool_options options; /* completed: no zeros where a default is meant */
	struct pool_shared *shared;
	size_t shared_bytes;
	struct heap heap;
	uint32_t workers, first_worker; /* first_worker: 1 if the caller is worker 0 */
	uint32_t spinners;              /* so many of the lowest ranks may spin */
	bool caller_spins, caller_spins_in_maps;
	int pu[POOL_WORKERS_MAX];
	void *units; /* of affinity_restore: what workers may use; NULL: the same as the caller */
	/* the caller's alone */
	const volatile unsigned char *own_page; /* zero in a forked child; NULL: this kernel cannot */
	pid_t caller, keeper;
	int keeper_fd, command_fd;
	pthread_t keeper_thread;
	bool kept;           /* the keeper was started and has not been joined */
	_Atomic int mourned; /* somebody sees to what a keeper that was killed left */
	_Atomic int closed;
	pthread_mutex_t map_lock, task_lock;
	uint64_t job_number;
	_Atomic unsigned char *chunk_states; /* kept for the next job */
	size_t chunk_states_bytes;
	struct tasks *tasks;
};

/*
 * Is this the process that opened the pool? A forked child has a copy of its books, and shares its workers'
 * memory: whatever it did would be done to the parent. A page that a fork wipes tells it without a system
 * call.
 */
static inline bool pool_is_own(const struct pool *pool)
{
	return pool->own_page ? *pool->own_page != 0 : getpid() == pool->caller;
}

/* Waking takes a system call each. Where all workers are needed and have a unit each, those who are awake
 * wake others. */
static inline bool job_wakes_on(const struct pool *pool, uint64_t job)
{
	return pool->caller_spins_in_maps && job_chunks(job) >= pool->workers;
}

static inline bool pool_is_processes(const struct pool *pool)
{
	return pool->options.kind == POOL_PROCESSES;
}

/* worker.c: a worker's whole life, after it was launched. */
void worker_main(struct pool *pool, uint32_t rank);
/* Wakes sleeping workers: up to n, and how many it were; or one, if none is looking anyway. */
uint32_t workers_wake(struct pool_shared *shared, uint32_t workers, uint32_t n);
void workers_wake_one(const struct pool *pool);
void workers_forget(struct pool_shared *shared, uint32_t rank); /* it neither sleeps nor spins: it is dead */

/* queue.c */
int queue_push(struct queue *queue, struct pool_shared *shared, uint32_t slot);
bool queue_is_empty(struct pool_shared *shared);
/* Takes the next task for `rank`: its slot, or -1. */
int queue_take(struct pool_shared *shared, uint32_t rank);
/* Changes the slot's state, if it is `from`, in the hands of `rank` (SLOT_READY: of UINT32_MAX). */
bool slot_change(struct slot *slot, unsigned from, uint32_t rank, unsigned to);
/* Is its place in the queue behind the head? Only then may it be used for another task. */
bool slot_is_passed(struct pool_shared *shared, const struct slot *slot);
/* Wakes who waits for it, after it has ended. */
void slot_wake(struct pool_shared *shared, struct slot *slot);
static inline unsigned slot_state(uint64_t word)
{
	return (unsigned)(word & 0xff);
}
static inline uint32_t slot_rank(uint64_t word)
{
	return (uint32_t)(word >> 8) & 0xffffff;
}

/*
 * deal.c: who does which chunk of the job whose word is `job`. Own chunks first, then others'; at most `most`
 * of them. How many were done, all of them reported.
 */
uint64_t deal_own(struct pool *pool, uint32_t rank, uint64_t job, uint64_t most);
uint64_t deal_others(struct pool *pool, uint32_t rank, uint64_t job, uint64_t most);
/* Leaves nothing to take in the job with this number. */
void deal_close(struct pool *pool, uint64_t number);
/* Jobs whose numbers are so far apart look alike in a range: before, all ranges have to be closed. */
enum { DEAL_JOBS_MAX = 1 << 16 };

/* tasks.c: the caller's books. */
int tasks_open(struct pool *pool);
void tasks_refuse(struct pool *pool); /* closes the pool to new tasks; none is halfway in afterwards */
void tasks_join(struct pool *pool);   /* all have ended: collects them, and returns after the last callback */
void tasks_close(struct pool *pool);
/* Ends a task that nobody waits for any longer: before it began, by killing the process that runs it, or, a
 * thread, by waiting for it. */
void tasks_end(struct pool_future *future);

/* pool.c: says once why the pool is broken, and wakes all who wait. */
void pool_break(struct pool_shared *shared, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Memory that the pool's workers see. */
void *pool_take(struct pool *pool, size_t bytes);
void pool_give(struct pool *pool, void *memory);
/* Has a process worker to be given a copy of this? */
bool pool_must_copy(const struct pool *pool, const void *memory, size_t bytes);
/* 0, or why there can be no new task: -ESHUTDOWN, -ECANCELED. */
int pool_refuses(struct pool *pool);
bool pool_is_interrupted(const struct pool *pool);

/* units.c: sets pool->units; how many they are. */
uint32_t pool_find_units(struct pool *pool);

/* plan.c: fills pool->pu for the placement that the options ask for. 0, or -errno with `why`. */
int pool_plan(struct pool *pool, char *why, size_t why_bytes);

#endif
