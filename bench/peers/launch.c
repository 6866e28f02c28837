/*
 * What the runners add to creating and joining a worker: a job without work in a cell, over a program of its
 * own that does nothing else (plain/life.c). Neither side is this process, whose size a fork would copy,
 * and neither binds anybody.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/peers/peers.h"
#include "kernels/registry.h"
#include "runners/cell/cell.h"
#include "runners/clock.h"
#include "runners/launcher.h"

enum { LAUNCHES = 200 };

struct launch {
	struct cell *cell;
	const char *runner;
	char plain[PATH_MAX + 64]; /* the command of the peer */
};

static int our_round(const struct launch *l, double *ns)
{
	char why[CELL_WHY];
	struct params params = {.size = 1};
	struct cell_board *b = l->cell->board;
	cell_set_kernel(l->cell, kernel_find("empty"), NULL, &params);
	snprintf(b->runner, sizeof b->runner, "%s", l->runner);
	b->job = (struct job){.workers = 1, .capacity = 1, .timeout_ns = 10 * NS_PER_S, .hold = -1};
	b->pus[0] = -1;
	b->expected = 1;
	int status = cell_open(l->cell, why, sizeof why);
	if (!status)
		status = cell_call(l->cell, CELL_OPEN, -1, 0, why, sizeof why);
	if (!status)
		status = cell_call(l->cell, CELL_RUN, -1, LAUNCHES, why, sizeof why);
	*ns = (double)b->totals.wall_ns / (double)b->totals.walls;
	cell_close(l->cell);
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
static void *open_launch(const char *runner, const char *kind)
{
	char folder[PATH_MAX];
	struct launch *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->runner = runner;
	char *slash = realpath(process_program(), folder) ? strrchr(folder, '/') : NULL;
	if (slash)
		*slash = '\0';
	snprintf(l->plain, sizeof l->plain, "'%s/plain/life' %s %d", folder, kind, LAUNCHES);
	if (cell_alloc(&l->cell)) {
		close_launch(l);
		return NULL;
	}
	return l;
}

static void *open_pthread(const struct pair *pair, uint32_t workers)
{
	(void)pair;
	(void)workers;
	return open_launch("pthread", "thread");
}

static void *open_fork(const struct pair *pair, uint32_t workers)
{
	(void)pair;
	(void)workers;
	return open_launch("fork", "fork");
}

const struct pair launch_pairs[] = {
	{"create + join, pthread runner", "a bare program", 1.10, 1, round_pair, open_pthread, close_launch,
	 NULL, NULL, NULL},
	{"create + join, fork runner", "a bare program", 1.10, 1, round_pair, open_fork, close_launch, NULL,
	 NULL, NULL},
	{.what = NULL},
};
