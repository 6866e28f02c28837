/*
 * What the runners add to creating and joining workers: a job without work in a cell, over a program of its
 * own that does nothing else (plain/crowd.c). Neither side is this process, whose size a fork would copy,
 * and neither binds anybody.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/peers/peers.h"
#include "kernels/registry.h"
#include "runners/affinity.h"
#include "runners/cell/cell.h"
#include "runners/clock.h"
#include "runners/launcher.h"

enum { LAUNCHES = 200, CROWDS = 2 }; /* workers in all, and at least so many jobs */

/* Which runner, what plain/crowd.c calls the same, and how many of them. */
struct launched {
	const char *runner, *kind;
	uint32_t workers;
};

struct launch {
	struct cell *cell;
	const struct launched *of;
	uint64_t jobs;
	char plain[PATH_MAX + 64]; /* the command of the peer */
};

static int our_round(const struct launch *l, double *ns)
{
	char why[CELL_WHY];
	struct params params = {.size = 1};
	struct cell_board *b = l->cell->board;
	cell_set_kernel(l->cell, kernel_find("empty"), NULL, &params);
	snprintf(b->runner, sizeof b->runner, "%s", l->of->runner);
	b->job = (struct job){.workers = l->of->workers,
			      .capacity = affinity_allowed(),
			      .timeout_ns = 10 * NS_PER_S,
			      .hold = -1};
	for (uint32_t i = 0; i < l->of->workers; i++)
		b->pus[i] = -1;
	b->expected = 1; /* of each */
	int status = cell_open(l->cell, why, sizeof why);
	if (!status)
		status = cell_call(l->cell, CELL_OPEN, -1, 0, why, sizeof why);
	if (!status)
		status = cell_call(l->cell, CELL_RUN, -1, l->jobs, why, sizeof why);
	*ns = (double)b->totals.wall_ns / (double)b->totals.walls / l->of->workers;
	cell_close(l->cell);
	if (status)
		complain(0, "%s: %s", l->of->runner, why);
	return status ? -EIO : 0;
}

static int plain_round(const struct launch *l, double *ns)
{
	FILE *program = popen(l->plain, "re");
	int got = program ? fscanf(program, "%lf", ns) : 0;
	return program && pclose(program) == 0 && got == 1 ? 0 : -EIO;
}

static int round_pair(void *state, double *ours_ns, double *peer_ns)
{
	int error = our_round(state, ours_ns);
	return error ? error : plain_round(state, peer_ns);
}

static void close_launch(void *state)
{
	struct launch *l = state;
	cell_free(l->cell);
	free(l);
}

/* The plain programs lie beside this one. */
static void *open_launch(const struct pair *pair, uint32_t workers)
{
	char folder[PATH_MAX];
	(void)workers;
	struct launch *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->of = pair->detail;
	l->jobs = LAUNCHES / l->of->workers > CROWDS ? LAUNCHES / l->of->workers : CROWDS;
	char *slash = realpath(process_program(), folder) ? strrchr(folder, '/') : NULL;
	if (slash)
		*slash = '\0';
	snprintf(l->plain, sizeof l->plain, "'%s/plain/crowd' %s %llu %u", folder, l->of->kind,
		 (unsigned long long)l->jobs, l->of->workers);
	if (cell_alloc(&l->cell)) {
		close_launch(l);
		return NULL;
	}
	return l;
}

#define LAUNCHED(name, runner, kind, workers)                                                             \
	{                                                                                                 \
		"create + join, " name, "a bare program", 1.10, 1, round_pair, open_launch, close_launch, \
			&(const struct launched){runner, kind, workers}, NULL, NULL                       \
	}

const struct pair launch_pairs[] = {
	LAUNCHED("pthread runner", "pthread", "thread", 1),
	LAUNCHED("16 threads", "pthread", "thread", 16),
	LAUNCHED("256 threads", "pthread", "thread", 256),
	LAUNCHED("1000 threads", "pthread", "thread", 1000),
	LAUNCHED("fork runner", "fork", "fork", 1),
	LAUNCHED("16 forked processes", "fork", "fork", 16),
	LAUNCHED("256 forked processes", "fork", "fork", 256),
	LAUNCHED("1000 forked processes", "fork", "fork", 1000),
	{.what = NULL},
};
