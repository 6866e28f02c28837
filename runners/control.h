/*
 * What the harness and the workers of one session share: the job, the places where they wait, and one
 * record a worker. It lies in an arena of its own, apart from the kernel's area, so that a kernel that
 * writes past its end does not corrupt the record of what happened.
 */
#ifndef PVT_CONTROL_H
#define PVT_CONTROL_H

#include <limits.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernels/kernel.h"
#include "runners/gate.h"
#include "runners/memory.h"
#include "runners/runner.h"

enum { CACHE_LINE = 128 }; /* two lines: adjacent-line prefetchers fetch pairs */

/* Where a worker is, for the message when it dies there. */
enum worker_step { STEP_START, STEP_ENTER, STEP_READY, STEP_RUN, STEP_DONE, STEP_LEAVE };

/* Resources a worker used, from getrusage(RUSAGE_THREAD); times in ns. */
struct usage {
	uint64_t user_ns, sys_ns, minflt, majflt, nvcsw, nivcsw;
};

/* What rank 0 of an MPI job waits for; not for anything while it works itself. */
enum control_wait { WAITS_NOT, WAITS_TO_OPEN, WAITS_TO_START, WAITS_FOR_PHASE, WAITS_FOR_END };

struct worker_record {
	alignas(CACHE_LINE) _Atomic uint32_t step; /* enum worker_step */
	int32_t pu;    /* operating system's index of the PU that it is to be pinned to; -1: none */
	int32_t pid;   /* of a thread: its thread id */
	int32_t cpu;   /* where it was at the end of the job */
	int32_t error; /* -errno of what it could not do, or 0 */
	bool pinned;   /* the binding was read back and is the planned PU alone */
	/* Its life, in order: first instruction; bound to its PU; ready, the kernel's enter() behind it; … */
	uint64_t born_ns, bound_ns, ready_ns;
	uint64_t begin_ns, end_ns;        /* … start and end of work in the last job; … */
	uint64_t busy_ns;                 /* of the last job: end - begin less waiting for others */
	uint64_t left_ns;                 /* … its last instruction */
	uint64_t operations, operated_ns; /* where control.window_ns: of the last job, and in what time */
	uint64_t checksum;                /* of the last job */
	uint64_t job;                     /* where items are stolen: the last job it took part in … */
	uint64_t item;                    /* … and the first of the items that it has or had at hand */
	/* Where a worker is to crash (crash.h). */
	uint32_t lives;         /* how many workers there have been of this rank */
	bool holds;             /* an item: `item` … */
	_Atomic uint64_t since; /* … which it began at this time; 0: none */
	uint64_t begun, kept;   /* items that it began, and the checksum of those done, of this job */
	double count[COUNTERS], counted; /* of the last job, when it was to be counted */
	uint64_t cpu_ns;                 /* CPU time of the last job, where control.keeps_time */
	double told[TOLDS];              /* by the kernel, of the last job; 0: nothing */
	struct memory_use memory;        /* of its process, when the job asked for it */
	struct usage usage;              /* one job's worker: its life; a pool's: all its jobs */
};

struct control {
	/* Written by the harness before the launch. First what no worker looks at but one that loads the
	 * kernel, so that a forked one faults in few pages. */
	char plugin[PATH_MAX]; /* the file that the kernel came from; "": built in */
	char kernel[64];
	struct params params;
	uint64_t items;
	uint32_t phases, workers;
	bool rate;       /* each worker does all items */
	bool keeps_on;   /* who is done goes on, untimed, until all are */
	bool keeps_time; /* of the processor, in each worker */
	/* This job's workers leave when they are done, and fault in what they touch; and they begin when they
	 * are there, unless the kernel's enter() has to be behind all before one may run. */
	bool plain, rushes;
	uint64_t window_ns; /* workers repeat their operations for at least this long; 0: for as long as it
			       takes */
	bool crashes;       /* one worker is to crash in each job (crash.h) */
	void *ballast;      /* where the harness has it */
	enum schedule schedule;
	uint64_t chunk;
	uint64_t barrier_spin_ns, idle_spin_ns;
	pid_t harness, source; /* source: who forks the workers; 0: the harness itself */
	int32_t hold;          /* the rank that stops before the gate, or -1 */
	bool pool;
	enum probe probe; /* what this job is for */
	/* Written by rank 0 when the job asks for the memory, at its end. */
	struct memory_use harness_memory;
	int64_t stacks_kib;
	struct counter_event counter[COUNTERS];
	bool again; /* as for counters_open */
	/* Written by the harness between pool jobs, where it hands out a phase at a time: the pool library's,
	 * and … */
	uint64_t job, offset; /* `offset`: of the items that are handed out */
	uint32_t phase;
	bool part; /* … a part of a job whose other items are done elsewhere: who deals them calls between()
		    */
	enum control_wait
		waits;    /* of a rank 0 that does for other ranks what a harness does: for what, now */
	uint32_t awaited; /* … and of which worker, if it knows; 0: it does not */
	uint64_t span_ns; /* of the last job, where the workers' clocks are not one; 0: it follows from their
			     stamps */

	/* Written by all. */
	alignas(CACHE_LINE) _Atomic uint32_t abort;   /* something failed: everybody leaves */
	alignas(CACHE_LINE) _Atomic uint64_t next;    /* next item to deal (dynamic, guided) */
	alignas(CACHE_LINE) _Atomic uint32_t running; /* where workers keep on: those not done */
	_Atomic uint64_t begun;                       /* where a worker is to crash: items, again included */
	uint64_t crash_at;                            /* the crash comes at this number of them */
	_Atomic uint64_t struck_ns, struck_item, ended_ns, retaken_ns, redone_ns; /* as in struct crash */
	uint32_t struck_rank;
	alignas(CACHE_LINE) _Atomic uint32_t ready;
	struct gate start; /* opens for each job, and for the end of a pool */
	_Atomic uint32_t stop;
	alignas(CACHE_LINE) _Atomic uint32_t done;
	struct gate finish; /* opens when the last worker of a pool has done its job */
	alignas(CACHE_LINE) struct barrier barrier;

	struct worker_record worker[];
};

/* A worker counts on lines of its own: who reads them does so when all are done. */
_Static_assert(sizeof(struct worker_record) % CACHE_LINE == 0 &&
		       offsetof(struct control, worker) % CACHE_LINE == 0,
	       "no two workers write to one cache line");

/* Makes every worker that waits, or will wait, leave. */
void control_abort(struct control *control);

#endif
