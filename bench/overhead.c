#include "bench/overhead.h"

#include <stdio.h>

#include "bench/gbench.h"
#include "bench/statistics.h"
#include "bench/units.h"
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

/* The median wall time of a job of one square: nothing but launching, or handing out, and ending. */
static double empty_job_ns(const struct runner *runner, const struct machine *machine, uint32_t workers)
{
	const struct kernel *square = kernel_find("square");
	struct params params = {.size = 1};
	struct arena arena;
	struct session *session;
	struct pu plan[2];
	char why[256];
	double wall[JOBS];
	int n = 0;
	placement_plan(machine, PLACE_COMPACT, workers, plan);
	int pus[2] = {plan[0].pu, plan[workers - 1].pu};
	if (arena_create(&arena, "empty", kernel_shared_bytes(square, &params)) != 0)
		return -1;
	struct job job = {.runner = runner,
			  .kernel = square,
			  .params = &params,
			  .shared = &arena,
			  .workers = workers,
			  .pus = pus,
			  .capacity = machine_pus(machine),
			  .timeout_ns = 10 * NS_PER_S,
			  .hold = -1};
	if (session_open(&session, &job, why, sizeof why) == 0) {
		while (n < JOBS && session_run(session, false, why, sizeof why) == STATUS_OK)
			wall[n++] = (double)session_wall_ns(session);
		session_close(session, NULL, why, sizeof why);
	}
	arena_destroy(&arena);
	return n == JOBS ? stat_median(wall, JOBS) : -1;
}

void overhead_measure(struct overhead *o, const struct machine *machine)
{
	*o = (struct overhead){.clock_ns = clock_cost_ns(), .loop_ns = gbench_loop_ns()};
	o->workers = machine_pus(machine) < 2 ? 1 : 2;
	for (const struct runner *r = runners;
	     r->name && o->runners < sizeof o->empty_job / sizeof *o->empty_job; r++) {
		if (!r->launcher) /* a whole program or another's library comes up first */
			continue;
		o->empty_job[o->runners].runner = r->name;
		o->empty_job[o->runners].wall_ns = empty_job_ns(r, machine, r == runners ? 1 : o->workers);
		o->runners++;
	}
}

void overhead_print(const struct overhead *o)
{
	char text[32], loop[32];
	fprintf(stderr, "overhead: clock %s, timing loop %s a job; an empty job on %u workers:\n ",
		units_show_ns(o->clock_ns, text, sizeof text), units_show_ns(o->loop_ns, loop, sizeof loop),
		o->workers);
	for (size_t i = 0; i < o->runners; i++)
		fprintf(stderr, "%s %s %s", i ? "," : "", o->empty_job[i].runner,
			units_show_ns(o->empty_job[i].wall_ns, text, sizeof text));
	fputc('\n', stderr);
}
