/*
 * The public face of the runners: carry out a kernel's job in threads or processes and say what it took.
 *
 * A runner is a launcher times a lifetime: workers that live for one job, or a pool of workers that live
 * across jobs. Each worker executes the same body (worker.h) whatever launched it.
 */
#ifndef PVT_RUNNER_H
#define PVT_RUNNER_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/kernel.h"
#include "runners/arena.h"
#include "runners/counters.h"
#include "runners/memory.h"
#include "runners/placement.h"

enum { WORKERS_MAX = 4096, RUNNERS_MOST = 32 };

/* The last one is no choice: it is what runners that steal do. */
enum schedule { SCHEDULE_STATIC, SCHEDULE_DYNAMIC, SCHEDULE_GUIDED, SCHEDULE_STEALING };

struct launcher;
struct engine;
struct cluster;

struct runner {
	const char *name, *help;
	const struct launcher *launcher; /* of one worker; NULL: the engine has its own way */
	const struct engine *engine;
	bool pool;           /* workers live across jobs */
	bool processes;      /* each worker has an address space of its own */
	bool apart;          /* it loads a library, which changes its process for good */
	const char *missing; /* what this pvt was built without, so that it cannot run; NULL */
	const char *inside;  /* where a rank has workers of its own: the runner that they have */
};

/* Ends with a runner without a name. */
extern const struct runner runners[];

/* The runner of that name, or NULL. */
const struct runner *runner_find(const char *name);

/* Launched for each job, or waiting for jobs that are dealt by a schedule; seq, and what another library
 * makes, is none of them. */
enum runner_kind { RUNNER_LAUNCHED, RUNNER_POOLED, RUNNER_STEALS, RUNNER_OTHER };
enum runner_kind runner_kind(const struct runner *runner);

/* Do its workers have address spaces of their own? */
bool runner_has_processes(const struct runner *runner);

/* Can its workers be on several machines? */
bool runner_leaves_machine(const struct runner *runner);

/* Is something opened for all of a session's jobs, which takes time once: a pool, or who forks the workers?
 */
bool runner_opens(const struct runner *runner);

/* Are items dealt by the pool library, and not by a schedule? */
bool runner_steals(const struct runner *runner);

/* Who has been at one item for longer than this, in a job that crashes on purpose, is taken for one that
 * hangs. */
#define CRASH_PATIENCE_NS UINT64_C(100000000)

/* What came of a crash on purpose. */
struct crash {
	uint64_t struck_ns;  /* when it came; 0: not yet */
	uint64_t ended_ns;   /* when a worker that hung was ended; 0: none was */
	uint64_t reborn_ns;  /* the first instruction of the worker that took the place; 0: not yet */
	uint64_t retaken_ns; /* when a worker, that one or another, began the item that it hit anew; 0: not
				yet */
	uint64_t redone_ns;  /* when the item that it hit was done; 0: not yet */
	uint64_t item;       /* that it hit */
	uint64_t begun;      /* items, again included */
	uint32_t survivors;  /* workers that were there from beginning to end */
};

/* When jobs_run has a job before those that count. */
enum warming {
	WARM_FOR_MANY, /* where there are several, so that each is one of many */
	WARM_NOW,      /* in any case: more of the same follow in this process, and … */
	WARM_ALREADY,  /* … find it warm */
};

/* One case, ready to run. The caller owns all that is pointed to and keeps it until session_close. */
struct job {
	const struct runner *runner;
	const struct kernel *kernel;
	const char *plugin; /* the file that the kernel came from, for workers that load it anew; NULL: built
			       in */
	const struct params *params; /* configured */
	const struct arena *shared;  /* prepared by the kernel; ARENA_NONE if it needs none */
	uint32_t workers;            /* 1 .. WORKERS_MAX; seq: 1 */
	uint32_t hosts;          /* that they are spread over, where the runner can leave its machine … */
	struct cluster *cluster; /* … and those hosts; else not looked at */
	enum policy placement;   /* for the hosts that plan their own ranks */
	const int *pus;          /* [workers] rank -> PU to pin to, -1: none */
	uint32_t capacity;       /* PUs that the workers and the harness may use at once */
	void *ballast;           /* private memory that the harness holds, for kernels that use it; NULL */
	enum schedule schedule;
	uint64_t chunk; /* items dealt at once; 0: the schedule's own choice */
	uint64_t
		window_ns; /* workers that repeat an operation do so for at least this long; 0: as it comes */
	uint64_t timeout_ns; /* of one job, launch included; 0: none */
	bool stamped;        /* no plain jobs (job_runs_plain): who asks wants spans alone */
	enum warming warming;
	bool crash;           /* of a kernel with crash(): a worker does, half-way through each job … */
	struct crash crashed; /* … unless one already has, in a process that is no more */
	const struct counter_event *counters; /* [COUNTERS] what PROBE_COUNTERS counts; NULL: nothing */
	int hold; /* this rank stops itself before the start, for a debugger; -1: none */
	const volatile sig_atomic_t *interrupted; /* set by a signal handler; NULL: never */
	const struct arena *records; /* session_record_bytes of memory for the workers' records, for another
					process to read after a crash; NULL: the session has its own */
};

enum status { STATUS_OK, STATUS_WRONG, STATUS_CRASHED, STATUS_TIMEOUT, STATUS_SKIPPED };

/*
 * Sums over the jobs of one session. Times in ns. Where a session has plain jobs (session_run_plain), `walls`
 * are those and `spans` the others; else every job counts as both.
 */
struct totals {
	uint64_t jobs, walls, spans;
	uint64_t timed_ns; /* the walls of all jobs, of both kinds */
	uint64_t wall_ns;  /* over walls */
	uint64_t span_ns;  /* over spans */
	uint64_t drain_ns; /* over spans: last end of work to last reaped, over the workers; not of pools */
	uint64_t workers_launched; /* in walls, of a pool at its opening: over which the next one is summed */
	uint64_t create_ns;        /* inside the launch call */
	uint64_t workers_timed;    /* over which the next are summed: by clocks of this machine */
	uint64_t start_ns,
		exit_ns;          /* from the launch call to the first instruction; from the last to reaped */
	uint64_t workers_stamped; /* over which the next are summed: of those that live for one job */
	uint64_t bind_ns, enter_ns, meet_ns, work_ns, leave_ns; /* the stamps between, in their order */
	uint64_t open_ns;                                       /* of a pool: to open and to close it */
	double operation_ns; /* over spans, where there is a window: of an operation, as one worker sees it */
	double barrier_ns;   /* of all workers, by messages; 0: they need none */
	double exchanged;    /* bytes that hosts sent each other in the last job */
	double imbalance;    /* over spans: slowest worker's busy time over the mean */
	uint64_t user_ns, sys_ns, minflt, majflt, nvcsw, nivcsw; /* over walls */
	uint64_t cpu_ns; /* over spans: from start of work to its end; 0: not kept, see job_keeps_time */
	struct memory_use
		memory;     /* added by the workers, from the last job that was probed; the same for … */
	int64_t stacks_kib; /* … the kernel's stacks, of the whole machine */
	double told[TOLDS]; /* over spans, all workers; 0: the kernel tells nothing */
	double count[COUNTERS]; /* of one job, all workers; NaN: not counted */
	double counted;         /* share of the time that they were counted in, the least of all; NaN: none */
	uint64_t checksum;      /* of the last job */
	struct crash crash;     /* of the last job */
	bool unpinned;          /* some worker was not on its planned PU alone */
};

/* Are processor times kept? Only where a job has many operations: reading the clock is a system call. */
bool job_keeps_time(const struct job *job);

/*
 * Has this job plain passes besides those in which its workers begin together? Only workers that are launched
 * for each job can do without meeting, and not those that repeat an operation together or in a window.
 */
bool job_runs_plain(const struct job *job);

/* NULL, or why this runner cannot carry out this kernel with so many workers. Static storage. */
const char *runner_refuses(const struct runner *runner, const struct kernel *kernel, uint32_t workers,
			   uint32_t hosts);

struct session;

/* Opens a session; a pool starts its workers here. 0, or a negative errno with `why` filled. */
int session_open(struct session **session, const struct job *job, char *why, size_t why_bytes);

/* What a job is run for besides its result. All but the first disturb its times. */
enum probe {
	PROBE_NONE,
	PROBE_MEMORY,  /* the memory of the workers */
	PROBE_COUNTERS /* job.counters, from each worker's start of work to its end; run again, those that
			  have had no room on the processor */
};

/*
 * Runs the job once. Returns STATUS_OK, STATUS_CRASHED or STATUS_TIMEOUT with `why` saying which worker, pid,
 * cpu, how and where; -EINTR when interrupted; another negative errno when a worker could not be launched
 * (`why` says which). After anything but STATUS_OK only session_close may follow.
 */
int session_run(struct session *session, enum probe probe, char *why, size_t why_bytes);

/*
 * The same, as a plain program does it: a worker begins when it is there (when all are, where the kernel has
 * an enter(), whose contract says so) and leaves when it is done, and pages of the shared area fault in when
 * they are touched. Its jobs count for wall time and for the stamps of workers' lives, the others for span.
 * Of a job with job_runs_plain.
 */
int session_run_plain(struct session *session, char *why, size_t why_bytes);

/* Forgets what has been added up: the jobs so far were to warm up. */
void session_forget(struct session *session);

/* What `job.records` has room for at the least. */
size_t session_record_bytes(uint32_t workers);

/*
 * From the records of a session whose whole process `pid` ended: which worker took it along (the one with
 * thread id `culprit`, 0: not known), how and where. And: which worker has still not ended after timeout_ns.
 */
void session_tell_end(const struct arena *records, int pid, int culprit, int wait_status, char *why,
		      size_t why_bytes);
void session_tell_late(const struct arena *records, uint64_t timeout_ns, char *why, size_t why_bytes);

/* From the records of a job whose worker crashed, be its process still there or not. */
void session_crash(const struct arena *records, struct crash *crash);

/* The job's wall time in ns, of the last session_run. */
uint64_t session_wall_ns(const struct session *session);

/* The checksum of the last session_run. */
uint64_t session_checksum(const struct session *session);

/* What has been added up so far. */
const struct totals *session_totals(const struct session *session);

/* PU on which each rank ended the last job: [workers]. */
void session_cpus(const struct session *session, int *cpus);

/*
 * Ends and reaps all workers, adds up `totals` (may be NULL), frees the session. STATUS_OK, or what became of
 * a pool's worker on its way out, with `why`: then no result of the session counts.
 */
int session_close(struct session *session, struct totals *totals, char *why, size_t why_bytes);

/*
 * A spawned worker is the program that launches it, started again: call this first in main(). If the
 * arguments are a worker's it never returns. `find` gives the kernel by name and plug-in ("": built in), or
 * NULL.
 */
void spawn_worker_main(int argc, char **argv,
		       const struct kernel *(*find)(const char *name, const char *plugin));

const char *schedule_name(enum schedule schedule);
const char *status_name(enum status status);

#endif
