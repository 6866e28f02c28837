/*
 * The desk's side of cells (protocol.h): starts pvt-cell, gives it orders, and finds out what became of it.
 * One `struct cell` serves one process after the other.
 */
#ifndef PVT_CELL_H
#define PVT_CELL_H

#include <signal.h>
#include <sys/types.h>

#include "runners/cell/protocol.h"

struct cell {
	struct cell_board *board;
	struct arena board_arena,
		records;   /* records: where the workers are, to be read when they are no more */
	pid_t pid;         /* 0: no process is open */
	pid_t last;        /* the one that was started last; 0: none was */
	int socket, ended; /* ended: readable when the process is gone; -1: not known so */
	bool loads;  /* the next process has to load libraries: the caller says so, see cell_must_load */
	bool failed; /* it is to be killed, not asked to leave */
	bool alone;  /* this process has no other children, see orphans_adopt: who is left behind is ended */
	const volatile sig_atomic_t *interrupted; /* NULL: never */
};

/* The memory of a cell; no process yet. 0 or -errno. cell_free is fine on NULL, and closes. */
int cell_alloc(struct cell **made);
void cell_free(struct cell *cell);

/*
 * Starts the process, and waits until it is up. STATUS_OK; -ENOENT when there is no pvt-cell, -EPROTO when
 * it is another one, another negative errno: no process to be had, STATUS_CRASHED or STATUS_TIMEOUT when it
 * died or was silent; all with `why`. It ends with the desk, also when that is killed.
 */
int cell_open(struct cell *cell, char *why, size_t why_bytes);

/* Ends the process, if one is open, and whoever it left behind. */
void cell_close(struct cell *cell);

/*
 * Gives an order, with the descriptor `fd` (-1: none), and waits for the answer: its status. STATUS_CRASHED
 * or STATUS_TIMEOUT with `why`, which names the worker if one is known, when the process ended or a job took
 * longer than board->job.timeout_ns (0: no limit); -EINTR when interrupted; -EPROTO for an answer that makes
 * no sense. After anything but STATUS_OK only cell_close may follow.
 */
int cell_call(struct cell *cell, enum cell_order order, int fd, uint64_t count, char *why, size_t why_bytes);

/* Opens a cell for one order about board->kernel, and closes it. As cell_open and cell_call. */
int cell_ask(struct cell *cell, enum cell_order order, int fd, char *why, size_t why_bytes);

/* Does this kernel need a cell that can load libraries? `plugin`: NULL, or the file that it comes from. */
bool cell_must_load(const struct kernel *kernel, const char *plugin);

/* Writes kernel, plug-in (NULL: built in) and what is asked of it to the board, as DESCRIBE wants them. */
void cell_set_kernel(struct cell *cell, const struct kernel *kernel, const char *plugin,
		     const struct params *params);

#endif
