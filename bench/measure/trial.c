#include "bench/measure/trial.h"

#include <stdio.h>
#include <string.h>

#include "bench/base/system.h"
#include "runners/cell/jobs.h"
#include "runners/clock.h"

/* ---- in a cell ---- */

static void fill_board(const struct trial *t)
{
	struct cell_board *b = t->cell->board;
	const struct input *in = t->input;
	cell_set_kernel(t->cell, in->kernel, t->job.plugin, &in->params);
	snprintf(b->runner, sizeof b->runner, "%s", t->job.runner->name);
	b->job = t->job;
	memcpy(b->pus, t->job.pus, t->job.workers * sizeof *b->pus);
	b->counts = t->job.counters;
	if (b->counts)
		memcpy(b->counters, t->job.counters, sizeof b->counters);
	b->huge = t->huge;
	b->expected = in->expected;
}

static bool must_load(const struct trial *t)
{
	return cell_must_load(t->input->kernel, t->job.plugin) || t->job.runner->apart;
}

/* Is what the cell holds worth keeping? */
static bool has_much(const struct trial *t)
{
	return t->stays || t->input->params.ballast >= TRIAL_LARGE_BYTES ||
	       t->input->arena.bytes >= TRIAL_LARGE_BYTES;
}

/* Is a cell open that holds this case's ballast, or its area, already? */
static bool is_reusable(const struct trial *t)
{
	const struct cell_board *b = t->cell->board;
	return t->cell->pid && t->cell->loads == must_load(t) && has_much(t) &&
	       b->params.ballast == t->input->params.ballast && b->huge == t->huge &&
	       ((t->input->params.ballast && !t->stays) || t->held == t->input);
}

static void open_cell(struct trial *t)
{
	bool open = is_reusable(t);
	bool fresh = !open || runner_opens(t->job.runner); /* a pool is, in each sample */
	t->job.warming = !t->stays ? WARM_FOR_MANY : fresh ? WARM_NOW : WARM_ALREADY;
	if (!open) {
		cell_close(t->cell);
		t->cell->loads = must_load(t);
		t->status = cell_open(t->cell, t->why, sizeof t->why);
	}
	fill_board(t);
	if (t->status == STATUS_OK)
		t->status = cell_call(t->cell, CELL_OPEN, t->input->arena.fd, 0, t->why, sizeof t->why);
}

static void probe_in_cell(struct trial *t)
{
	t->status = cell_call(t->cell, CELL_PROBE, -1, 0, t->why, sizeof t->why);
	t->seen = t->cell->board->probed;
}

static void run_in_cell(struct trial *t, uint64_t count)
{
	t->status = cell_call(t->cell, CELL_RUN, -1, count, t->why, sizeof t->why);
	t->totals = t->cell->board->totals;
	memcpy(t->cpus, t->cell->board->cpus, t->job.workers * sizeof *t->cpus);
}

/* ---- in this process: what has its workers on other machines ---- */

static struct jobs make_jobs(const struct trial *t)
{
	struct jobs jobs = {.job = t->job, .expected = t->input->expected};
	jobs.job.params = &t->input->params;
	jobs.job.shared = &t->input->arena;
	return jobs;
}

static void probe_here(struct trial *t)
{
	struct jobs jobs = make_jobs(t);
	t->status = jobs_probe(&jobs, &t->seen, t->why);
	t->job.hold = jobs.job.hold;
}

static void run_here(struct trial *t, uint64_t count)
{
	struct jobs jobs = make_jobs(t);
	t->status = jobs_run(&jobs, count, &t->totals, t->cpus, t->why);
}

/* ---- a sample ---- */

/* Who carries the jobs out. */
struct carrier {
	void (*open)(struct trial *t);
	void (*probe)(struct trial *t);
	void (*run)(struct trial *t, uint64_t count);
};

static void open_nothing(struct trial *t)
{
	(void)t;
}

static const struct carrier cell = {open_cell, probe_in_cell, run_in_cell},
			    here = {open_nothing, probe_here, run_here};

static const struct carrier *carrier_of(const struct trial *t)
{
	return runner_leaves_machine(t->job.runner) ? &here : &cell;
}

static double take_jobs(void *trial, uint64_t count)
{
	struct trial *t = trial;
	carrier_of(t)->run(t, count);
	return t->status == STATUS_OK ? (double)t->totals.wall_ns / (double)NS_PER_S : -1;
}

static void take(struct trial *t)
{
	const struct carrier *by = carrier_of(t);
	by->open(t);
	if (t->status == STATUS_OK && t->probe) {
		by->probe(t);
		t->probed = t->status == STATUS_OK;
	}
	if (t->status != STATUS_OK)
		return;
	double steal = system_steal_ns();
	struct gbench_work work = {t, take_jobs};
	t->result = gbench_sample(t->name, &work, t->iterations, t->min_time_s);
	t->steal_ns = system_steal_ns() - steal;
}

void trial_take(struct trial *t)
{
	t->status = STATUS_OK;
	t->result = (struct gbench_result){0};
	t->probed = false;
	*t->why = '\0';
	take(t);
	t->held = t->status == STATUS_OK && has_much(t) ? t->input : NULL;
	if (t->cell->pid && !t->held)
		cell_close(t->cell);
}
