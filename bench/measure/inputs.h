/*
 * Prepared inputs: a kernel's shared area, filled once and used by all cases of that kernel and size, with
 * the sequential checksum that every sample is compared with. A cell prepares them; this process holds their
 * descriptors, and maps none.
 */
#ifndef PVT_INPUTS_H
#define PVT_INPUTS_H

#include "bench/plan/plan.h"
#include "runners/cell/cell.h"

struct input {
	const struct kernel *kernel;
	struct params params;
	char python[PATH_MAX]; /* the interpreter that it is for; "" */
	struct arena arena;    /* parked, but for runners that leave this machine */
	uint64_t items;
	double work; /* of one job */
	const char *work_unit;
	uint64_t expected; /* the sequential checksum */
	bool verified;     /* the kernel's own verification held for the sequential job */
	uint32_t
		workers; /* which case's first touch placed the pages, on a machine with several NUMA nodes */
	int status;      /* what became of the sequential job: STATUS_* */
	char why[CELL_WHY]; /* in words */
	uint64_t used;      /* when last asked for */
	struct input *next;
};

struct inputs {
	struct input *first;
	bool per_placement; /* several NUMA nodes: pages lie where the workers of one case touched them first
			     */
	uint64_t bytes, bytes_max, clock;
	struct cell *cell;   /* that prepares them */
	uint64_t timeout_ns; /* of the sequential job */
};

/* `cell` prepares them, and is closed for that; the caller owns it. */
void inputs_init(struct inputs *inputs, const struct machine *machine, struct cell *cell,
		 uint64_t timeout_ns);

/*
 * The input of a case, prepared now if it is not there yet. `mapped`: in this process too. 0 (look at its
 * status), or -errno with `why` in words.
 */
int inputs_get(struct inputs *inputs, const struct bench_case *c, bool mapped, const struct input **input,
	       char *why, size_t why_bytes);
void inputs_free(struct inputs *inputs);

/*
 * For the next invocation, which is this process executing the program anew: a descriptor that stays open
 * then, and with it the inputs' own; -1: nothing is handed over, and the next one prepares them again.
 */
int inputs_hand_over(const struct inputs *inputs);

/*
 * Takes over what inputs_hand_over left in `fd`, which it closes. What does not look like that is nothing: no
 * input, and no error.
 */
void inputs_take_over(struct inputs *inputs, int fd);

#endif
