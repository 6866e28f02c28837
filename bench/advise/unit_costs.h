/*
 * What a machine charges for the parts of a job, as a run folder has measured it: each unit_cost is a figure
 * over something (workers, bytes, the length of a task), and each of its marks knows which case it is from.
 */
#ifndef PVT_UNIT_COSTS_H
#define PVT_UNIT_COSTS_H

#include <stdbool.h>

#include "bench/samples/summary.h"

enum { UNIT_COST_MARKS = 24, UNIT_COST_SOURCE = 112 };

/* The runners, in the order in which they are advised when all else is equal. */
enum advised {
	ADVISED_SEQ,
	ADVISED_PTHREAD,
	ADVISED_FORK,
	ADVISED_SPAWN,
	ADVISED_PTHREAD_POOL,
	ADVISED_FORK_POOL,
	ADVISED_PTHREAD_STEAL,
	ADVISED_FORK_STEAL,
	ADVISED
};

struct advised_runner {
	const char *name;
	bool processes, pool, steals;
	enum advised once; /* of a pool: who launches as its workers are launched; else itself */
};

extern const struct advised_runner advised_runners[ADVISED];

/* What a task may do that meets others in the kernel or on a cache line. */
enum operation {
	OPERATION_SYSCALL,
	OPERATION_MAP,
	OPERATION_ALLOCATION,
	OPERATION_DESCRIPTOR,
	OPERATION_WRITE,
	OPERATIONS
};

extern const struct operation_name {
	const char *flag;   /* of `pvt advise` */
	const char *kernel; /* of the suite contention that measures it */
	const char *words;  /* why it costs more with others, as a reason */
	bool reaches_all;   /* it interrupts whoever runs in the same memory, in an operation or not */
} operation_names[OPERATIONS];

struct mark {
	double x;
	struct estimate y;
	char source[UNIT_COST_SOURCE]; /* suite/kernel/size/runner/workers:N, and which times of it */
};

struct unit_cost {
	const char *name;                  /* for the user, without a full stop */
	const char *measure;               /* the options of `pvt run` that measure it */
	struct mark mark[UNIT_COST_MARKS]; /* x ascends */
	size_t count;
};

/* Times in ns. "Over workers" and so on is x. */
struct unit_costs {
	struct unit_cost fixed[ADVISED]; /* of a job, besides its span; over workers */
	struct unit_cost later[ADVISED]; /* what fixed grows by, with as many workers as PUs; over the span */
	struct unit_cost handout[ADVISED]; /* of one task, a worker's time; over the task's ns; pools only */
	struct unit_cost parent_create, parent_exit; /* of fork; over bytes of the parent's */
	struct unit_cost map[2], unmap[2];           /* a page that all share: fork, spawn; over workers */
	struct unit_cost operation[OPERATIONS][2];   /* threads, processes; over workers */
	struct unit_cost message;                    /* between processes, through a pipe; over bytes */
	struct unit_cost barrier[2];                 /* a round trip of threads, processes; x is 0 */
	struct unit_cost bandwidth;                  /* ns a byte of all workers together; over workers */
	struct unit_cost python[2]; /* bytecode: a worker's time over that of one alone; threads, processes;
				       over workers */
	struct unit_cost recovery[ADVISED]; /* from a crash to its work being done; x is 0 */
};

/* All names, no marks. */
void unit_costs_init(struct unit_costs *prices);

/* What a summary holds of them; what it lacks has no marks. */
void unit_costs_read(struct unit_costs *prices, const struct summary *summary);

/* Adds a mark in its place; one that is there already, at this x, stays. */
void unit_cost_add(struct unit_cost *price, double x, struct estimate y, const char *source);

/* Beyond the last mark: the same, or on along the line through the last two. Below the first: the same. */
enum beyond { BEYOND_FLAT, BEYOND_LINE };

/* What was used, each mark once. */
enum { UNIT_COSTS_USED_MAX = 96, UNIT_COSTS_BEYOND_MAX = 8 };
struct unit_costs_used {
	const struct unit_cost *unit_cost[UNIT_COSTS_USED_MAX];
	const struct mark *mark[UNIT_COSTS_USED_MAX];
	size_t count;
	/* Those that were asked for beyond the last mark, along the line through the last two, and where. */
	const struct unit_cost *beyond[UNIT_COSTS_BEYOND_MAX];
	double beyond_at[UNIT_COSTS_BEYOND_MAX];
	size_t beyond_count;
};

/* The value at x, linear between marks. There has to be one. `used` may be NULL. */
struct estimate unit_cost_at(const struct unit_cost *price, double x, enum beyond beyond,
			     struct unit_costs_used *used);

#endif
