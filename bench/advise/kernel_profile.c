#include "bench/advise/kernel_profile.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/text.h"
#include "bench/measure/inputs.h"
#include "bench/plan/catalog.h"
#include "runners/cell/slices.h"
#include "runners/orphans.h"

void kernel_profile_describe(const struct bench_case *c, double work, const char *work_unit,
			     struct workload *d)
{
	const struct kernel *kernel = c->kernel;
	d->tasks = (double)c->items;
	d->phases = c->phases;
	d->ends_at_barrier = kernel->between;
	d->dealing = kernel->uneven ? DEALING_EACH : DEALING_SHARES;
	d->mapped_bytes = (double)c->shared_bytes;
	d->traffic_bytes = strcmp(work_unit, "B") == 0 ? work : d->mapped_bytes;
}

static void reduce(const struct slices *m, const struct bench_case *c, const struct input *input,
		   struct kernel_profile *p)
{
	double x[SLICES_REPETITIONS_MAX];
	struct workload *d = &p->workload;
	*d = workload_none();
	kernel_profile_describe(c, input->work, input->work_unit, d);
	p->repetitions = m->repetitions;
	for (size_t s = 0; s < (size_t)m->phases * m->slices; s++) {
		for (uint32_t i = 0; i < m->repetitions; i++)
			x[i] = m->slice_ns[i][s];
		p->slice_ns[s] = stat_median(x, m->repetitions);
	}
	memcpy(x, m->between_ns, sizeof x);
	d->between_ns = stat_median(x, m->repetitions);
	memcpy(x, m->enter_ns, sizeof x);
	d->enter_ns = stat_median_interval(x, m->repetitions);
	memcpy(x, m->single_ns, sizeof x);
	d->single_ns = stat_median_interval(x, m->repetitions);
	d->single_ns.value /= d->tasks;
	d->single_ns.low /= d->tasks;
	d->single_ns.high /= d->tasks;
	memcpy(x, m->work_ns, sizeof x);
	d->task_ns = stat_median_interval(x, m->repetitions);
	/* The sum of the slices' medians: whoever interrupts a job meets other slices in each. */
	d->task_ns.value = d->between_ns;
	for (size_t s = 0; s < (size_t)m->phases * m->slices; s++)
		d->task_ns.value += p->slice_ns[s];
	double tasks = d->tasks * d->phases;
	d->task_ns.low = fmin(d->task_ns.low, d->task_ns.value) / tasks;
	d->task_ns.high = fmax(d->task_ns.high, d->task_ns.value) / tasks;
	d->task_ns.value /= tasks;
	d->slice_ns = p->slice_ns;
	d->slices = m->slices;
}

static int tell(const struct slices *m, const struct bench_case *c, int status, const char *why)
{
	char shown[512];
	if (status == -EINTR)
		return EXIT_INTERRUPTED;
	if (status)
		return complain(EXIT_FAILED, "kernel %s: %s", c->kernel->name,
				text_show(why, shown, sizeof shown));
	if (m->error)
		return complain(EXIT_FAILED, "kernel %s: its worker cannot begin: %s", c->kernel->name,
				strerror(-m->error));
	if (m->wrong)
		return complain(EXIT_FAILED, "kernel %s: the sum of its slices is not that of the whole",
				c->kernel->name);
	return 0;
}

/* In a cell, with this input. */
static int take_slices(struct cell *cell, const struct input *input, const struct arena *memory,
		       uint64_t budget_ns, char *why, size_t why_bytes)
{
	struct cell_board *b = cell->board;
	cell_set_kernel(cell, input->kernel, catalog_plugin(input->kernel), &input->params);
	cell->loads = cell_must_load(input->kernel, catalog_plugin(input->kernel));
	b->job.workers = 1;
	b->job.schedule = SCHEDULE_STATIC;
	snprintf(b->runner, sizeof b->runner, "%s", runners[0].name);
	b->pus[0] = -1;
	b->counts = b->huge = false;
	b->expected = input->expected;
	b->slices_budget_ns = budget_ns;
	int status = cell_open(cell, why, why_bytes);
	if (!status)
		status = cell_call(cell, CELL_OPEN, input->arena.fd, 0, why, why_bytes);
	if (!status)
		status = cell_call(cell, CELL_SLICES, memory->fd, 0, why, why_bytes);
	cell_close(cell);
	return status;
}

static int take(struct inputs *inputs, const struct bench_case *c, const struct arena *memory,
		uint64_t budget_ns, struct kernel_profile *profile)
{
	const struct input *input;
	char why[CELL_WHY] = "";
	int status = inputs_get(inputs, c, false, &input, why, sizeof why);
	if (!status && input->status) {
		status = input->status;
		snprintf(why, sizeof why, "%s", input->why);
	}
	if (!status && !input->verified) {
		status = STATUS_WRONG;
		snprintf(why, sizeof why, "the kernel's own verification failed");
	}
	if (!status)
		status = take_slices(inputs->cell, input, memory, budget_ns, why, sizeof why);
	int code = tell(memory->base, c, status, why);
	if (!code)
		reduce(memory->base, c, input, profile);
	return code;
}

static void describe(const struct bench_case *c, const struct machine *machine, struct slices *slices)
{
	struct pu pu;
	placement_plan(machine, PLACE_COMPACT, 1, &pu);
	slices->pu = pu.pu;
	slices->phases = c->phases;
	slices->slices = c->items < PROFILE_SLICES ? (uint32_t)c->items : PROFILE_SLICES;
}

int kernel_profile_measure(const struct bench_case *c, const struct machine *machine, uint64_t timeout_ns,
			   uint64_t budget_ns, struct kernel_profile *profile)
{
	struct arena memory;
	struct cell *cell;
	struct inputs inputs;
	if (c->phases > PROFILE_PHASES)
		return complain(EXIT_UNUSABLE, "kernel %s has %u phases; a profile has room for %d",
				c->kernel->name, c->phases, PROFILE_PHASES);
	if (cell_alloc(&cell))
		return complain(EXIT_UNUSABLE, "no shared memory for a profile");
	if (arena_create(&memory, "pvt-slices", sizeof(struct slices))) {
		cell_free(cell);
		return complain(EXIT_UNUSABLE, "no shared memory for a profile");
	}
	cell->alone = orphans_adopt();
	inputs_init(&inputs, machine, cell, timeout_ns);
	describe(c, machine, memory.base);
	int code = take(&inputs, c, &memory, budget_ns, profile);
	inputs_free(&inputs);
	cell_free(cell);
	arena_destroy(&memory);
	return code;
}
