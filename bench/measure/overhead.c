#include "bench/measure/overhead.h"

#include <stdio.h>

#include "bench/base/units.h"
#include "bench/measure/gbench.h"
#include "kernels/registry.h"
#include "runners/clock.h"

enum { CLOCK_READINGS = 10000, JOBS = 15 };

static double clock_cost_ns(void)
{
	uint64_t start = clock_ns();
	for (int i = 0; i < CLOCK_READINGS; i++)
		clock_ns();
	return (double)(clock_ns() - start) / CLOCK_READINGS;
}

/* Of a job of one square: nothing but launching, or handing out, and ending. -1: it cannot be measured. */
static double empty_job_ns(struct measure *measure, const struct runner *runner, uint32_t workers)
{
	struct bench_case c = {.name = (char[]){"overhead"},
			       .suite = "overhead",
			       .kernel = kernel_find("square"),
			       .runner = runner,
			       .params = {.size = 1},
			       .items = 1,
			       .phases = 1,
			       .shared_bytes = sizeof(uint64_t),
			       .work_unit = "",
			       .workers = workers,
			       .hosts = 1,
			       .placement = PLACE_COMPACT};
	struct progress_of_case progress = {.iterations = JOBS, .probed = true};
	struct sample row;
	char why[512];
	int error = measure_sample(measure, &c, &progress, &row, why, sizeof why);
	return error || progress.failed ? -1 : row.wall_ns;
}

/* What a cell is before it does anything, and how long it takes to be there. */
static void look_at_cell(struct overhead *o, struct cell *cell)
{
	char why[256];
	uint64_t start = clock_ns();
	int status = cell_open(cell, why, sizeof why);
	o->cell_open_ns = (double)(clock_ns() - start);
	if (!status)
		status = cell_call(cell, CELL_ABOUT, -1, 0, why, sizeof why);
	if (!status)
		o->cell = cell->board->about;
	cell_close(cell);
}

void overhead_measure(struct overhead *o, struct measure *measure)
{
	const struct machine *machine = measure->machine;
	*o = (struct overhead){.clock_ns = clock_cost_ns(), .batch_ns = gbench_batch_ns()};
	o->workers = machine_pus(machine) < 2 ? 1 : 2;
	look_at_cell(o, measure->trial->cell);
	for (const struct runner *r = runners; r->name; r++) {
		if (!r->launcher) /* a whole program or another's library comes up first */
			continue;
		o->empty_job[o->runners].runner = r->name;
		o->empty_job[o->runners].wall_ns = empty_job_ns(measure, r, r == runners ? 1 : o->workers);
		o->runners++;
	}
}

void overhead_print(const struct overhead *o)
{
	char text[32], loop[32];
	fprintf(stderr,
		"overhead: clock %s, timing loop %s per batch of jobs; an empty job on %u workers:\n ",
		units_show_ns(o->clock_ns, text, sizeof text), units_show_ns(o->batch_ns, loop, sizeof loop),
		o->workers);
	for (size_t i = 0; i < o->runners; i++)
		fprintf(stderr, "%s %s %s", i ? "," : "", o->empty_job[i].runner,
			units_show_ns(o->empty_job[i].wall_ns, text, sizeof text));
	fprintf(stderr,
		"\n  a cell, which launches the workers: opened in %s, %lld KiB resident, %u mappings\n",
		units_show_ns(o->cell_open_ns, text, sizeof text), (long long)o->cell.memory.rss_kib,
		o->cell.mappings);
}
