/*
 * What desk and cell say to each other. The desk (pvt) plans, times and reports; a cell (pvt-cell) is the
 * lean process that loads one kernel, launches its workers and stamps what they do. So what is measured is
 * not the desk: a fork copies the cell's few pages, not those of a program with ten libraries.
 *
 * An order is a struct cell_message over a socket pair, with at most one descriptor; so is its
 * answer. All else lies in the board, memory that both have mapped: the desk writes what the order is about
 * before it sends it, the cell writes what came of it before it answers. Pointers in the board mean nothing
 * to the other side.
 *
 *     HELLO     from the cell, unasked, when it is up
 *     DESCRIBE  the kernel's configure(), then what the case comes to: board.described
 *     PREPARE   + the shared area: prepare(), and one job without the runner: board.reference
 *     OPEN      + the shared area: maps it, and the ballast; the next orders are about this
 *     PROBE     jobs outside all timing: verified, and for the workers' memory and counters: board.probed
 *     RUN       `count` jobs: board.totals, board.cpus
 *     SLICES    + memory for a struct slices (slices.h): a job by one worker, slice by slice
 *     ABOUT     what the cell itself occupies: board.about
 *
 * The cell ends when the socket does. A desk and a cell of two builds understand each other when they have
 * the same CELL_PROTOCOL and the same size of the board, which HELLO says.
 */
#ifndef PVT_CELL_PROTOCOL_H
#define PVT_CELL_PROTOCOL_H

#include <limits.h>
#include <stdatomic.h>

#include "runners/runner.h"

/* The program; and the same, linked dynamically, for what loads libraries: plug-ins, OpenMP, an interpreter.
 */
#define CELL_PROGRAM "pvt-cell"
#define CELL_PROGRAM_DYNAMIC "pvt-cell-dynamic"
#define CELL_MAGIC UINT32_C(0x50565443) /* "PVTC" */
enum { CELL_PROTOCOL = 1, CELL_WHY = 512, CELL_UNIT = 128 };

enum cell_order {
	CELL_HELLO,
	CELL_DESCRIBE,
	CELL_PREPARE,
	CELL_OPEN,
	CELL_PROBE,
	CELL_RUN,
	CELL_SLICES,
	CELL_ABOUT,
	CELL_ORDERS
};

struct cell_message {
	uint32_t magic, protocol;
	uint32_t order; /* enum cell_order; an answer has that of its question */
	int32_t status; /* of an answer: STATUS_* or -errno, with board.why */
	uint64_t count; /* of RUN; of HELLO: bytes of the board */
};

/* What a kernel says of a case before any memory is there. */
struct cell_described {
	struct params params; /* configured; without `input` */
	uint64_t items, shared_bytes;
	uint32_t phases;
	double work_per_item;
	char work_unit[CELL_UNIT + 1]; /* "?": a text that no table could hold */
};

struct cell_reference {
	struct params params; /* as prepare() left them */
	uint64_t checksum;    /* of a job without the runner */
	bool verified;        /* the kernel's own verification held for it */
};

struct cell_probed {
	struct memory_use memory;
	int64_t stacks_kib;
	double count[COUNTERS], counted;
};

/* Of the cell itself, once it is open and before it launches anybody. */
struct cell_about {
	struct memory_use memory;
	uint32_t mappings;
	char libraries[1024]; /* file names, separated by spaces */
};

struct cell_board {
	/* The desk writes: which kernel … */
	char kernel[64];
	char plugin[PATH_MAX]; /* "": built in */
	char input[PATH_MAX];  /* "": none */
	struct params params;
	/* … how its jobs are carried out: `job`, but for what it points to, and … */
	char runner[32];
	struct job job;
	int32_t pus[WORKERS_MAX];
	struct counter_event counters[COUNTERS];
	bool counts, huge; /* the pages of params.ballast */
	uint64_t expected; /* the checksum of one job, by one worker */
	uint64_t slices_budget_ns;

	/* The cell writes, as it goes: … */
	_Atomic uint64_t since_ns; /* when the job at hand began: from then on the timeout runs */
	_Atomic int32_t culprit;   /* the thread that a deadly signal struck; 0: none */
	/* … and before it answers. */
	char why[CELL_WHY];
	struct cell_described described;
	struct cell_reference reference;
	struct cell_probed probed;
	struct totals totals;
	int32_t cpus[WORKERS_MAX]; /* where each rank ended */
	struct cell_about about;
};

/* By which pvt-cell knows what it is started as: then follow descriptors of socket, board and records. */
#define CELL_FLAG "--cell"

#endif
