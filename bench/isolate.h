/*
 * A child process for what may crash or hang: code of a plug-in, and threads, which take along whatever
 * process they run in. What it finds out it writes to shared memory.
 */
#ifndef PVT_ISOLATE_H
#define PVT_ISOLATE_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "runners/arena.h"

/* Shared by the parent and one child after the other. */
struct cell {
	_Atomic uint64_t since_ns; /* when the job at hand began: from then on the timeout runs */
	_Atomic int32_t culprit;   /* the thread that a deadly signal struck; 0: none */
	_Atomic int32_t finished;  /* the child came to its end, and did not just exit */
	struct arena records;      /* for job.records: where the workers were */
};

/* Memory that children share, zeroed; NULL: there is none. */
void *isolate_alloc(size_t bytes);
void isolate_free(void *memory, size_t bytes);

/* 0 or -errno. */
int cell_open(struct cell **opened);
void cell_close(struct cell *cell);

/* Carries out body(arg) in a child and waits for its end. The child dies with the parent. */
struct isolation {
	struct cell *cell;
	void (*body)(void *arg);
	void *arg;
	uint64_t timeout_ns; /* of one job; 0: none */
	bool alone;          /* this process has no other children: see orphans_adopt */
	const volatile sig_atomic_t *interrupted;
};

/*
 * STATUS_OK when `body` came to its end; STATUS_CRASHED or STATUS_TIMEOUT with `why` naming the worker, if
 * one is known, and how and where; -EINTR when interrupted; another negative errno, with `why`, when there
 * can be no child. Nobody whom the child started is left, if this process is `alone`.
 */
int isolate(const struct isolation *isolation, char *why, size_t why_bytes);

#endif
