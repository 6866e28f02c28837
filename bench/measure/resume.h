/*
 * pvt run --resume RUNDIR: a run that was broken off is begun again as it was: its command, its folder to
 * work in and its seed are read from env.json, and what it has measured from samples.csv.
 */
#ifndef PVT_RESUME_H
#define PVT_RESUME_H

#include <limits.h>
#include <stdbool.h>

#include "bench/measure/invocation.h"
#include "runners/placement.h"

struct resume {
	char folder[PATH_MAX]; /* the run folder, absolute; "": nothing is to be resumed */
	int argc;
	char **argv; /* the program and the command as it was given then; owned */
	uint64_t seed;
	bool ended; /* the run came to its end: there is nothing to go on with */
};

/* Is it the command `run --resume …`? */
bool resume_is_asked_for(int argc, char *const *argv);

/*
 * Reads argv (run --resume RUNDIR, and nothing else) and RUNDIR's env.json, and goes to the folder that the
 * run was started in. 0, or EXIT_UNUSABLE after a message. resume_free is fine in both cases.
 */
int resume_read(int argc, char *const *argv, struct resume *resume);
void resume_free(struct resume *resume);

/*
 * Refuses a machine or a program that is not the one of the run; cuts off a last row that was not finished;
 * and sets `invocation` to the invocation that was broken off, with what its rows have left of the budget. 0,
 * or EXIT_UNUSABLE after a message.
 */
int resume_invocation(const struct resume *resume, const struct machine *machine, uint64_t budget_ns,
		      struct invocation *invocation);

#endif
