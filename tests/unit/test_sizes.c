/* Sizes that follow the machine, planned for machines that nobody here has: items for each worker, and work
 * for each. */
#include "tests/unit/check.h"

#include <string.h>

#include "bench/plan/options.h"
#include "bench/plan/plan.h"
#include "runners/placement.h"
#include "runners/runner.h"

/* As bench/plan/sizes.c has them: work grows from this many workers on, up to so much, in an area of so many
 * bytes. */
enum { ITEMS_PER_WORKER = 16, OWN_WORKERS = 4, GROWTH_MOST = 64, WORK_OF_ITEMS = 8 };
#define AREA_MOST ((uint64_t)512 << 20)

static uint32_t most_workers(const struct plan *plan)
{
	uint32_t most = 0;
	for (size_t i = 0; i < plan->count; i++)
		most = plan->cases[i].workers > most ? plan->cases[i].workers : most;
	return most;
}

/* Under pthread alone; both are the caller's to free. */
static struct machine *plan_suite(char *suite, const char *topology, struct plan *plan)
{
	char *argv[] = {(char[]){"run"}, suite, (char[]){"--runner=pthread"}, NULL};
	int argc = 3;
	struct options options;
	struct machine *machine;
	char why[256];
	assert_int_equal(options_read(&argc, argv, &options), 0);
	assert_int_equal(machine_load(&machine, topology, why, sizeof why), 0);
	assert_int_equal(plan_make(&options, machine, NULL, plan), 0);
	return machine;
}

/* Of the suite `scaling`; how many kernels it has. */
static size_t check_machine(const char *topology, uint32_t units)
{
	size_t kernels = 0;
	struct plan plan;
	struct machine *machine = plan_suite((char[]){"--suite=scaling"}, topology, &plan);
	assert_int_equal(most_workers(&plan), units);
	double growth = units < OWN_WORKERS                 ? 1
			: units / OWN_WORKERS < GROWTH_MOST ? (double)units / OWN_WORKERS
							    : GROWTH_MOST;
	for (size_t i = 0; i < plan.count; i++) {
		const struct bench_case *c = &plan.cases[i];
		if (c->workers != units)
			continue;
		kernels++;
		/* Its size is an item's grain: grown until there are items enough, a job would take seconds.
		 */
		if (strcmp(c->kernel->name, "spin") == 0) {
			assert_int_equal(c->params.size, c->kernel->sizes[SIZE_MEDIUM]);
			continue;
		}
		/* No kernel stays short of it for want of room: its area would have to double beyond the
		 * limit. */
		bool full = 2 * c->shared_bytes > AREA_MOST;
		/* On the largest machine some have fewer: so many rows of a picture, or one more of a board,
		 * would be beyond eight times the work. */
		bool spent = units > 128 && (c->grown > 0.9 * WORK_OF_ITEMS * growth ||
					     strcmp(c->kernel->name, "nqueens") == 0);
		if (!full && !spent && c->items < (uint64_t)ITEMS_PER_WORKER * units)
			fail_msg("%s of %u units: %llu items", c->name, units, (unsigned long long)c->items);
		if (c->grown > WORK_OF_ITEMS * growth)
			fail_msg("%s of %u units: work grew %.3g times for %.3g", c->name, units, c->grown,
				 growth);
		if (!full && c->grown < growth)
			fail_msg("%s of %u units: work grew %.3g times, not %.3g", c->name, units, c->grown,
				 growth);
		if (c->shared_bytes > AREA_MOST)
			fail_msg("%s of %u units: an area of %zu bytes", c->name, units, c->shared_bytes);
	}
	plan_free(&plan);
	machine_free(machine);
	return kernels;
}

static void test_sizes_follow_the_machine(void **state)
{
	(void)state;
	assert_int_equal(check_machine("core:2 pu:1", 2), 13);
	assert_int_equal(check_machine("core:16 pu:1", 16), 13);
	assert_int_equal(check_machine("pack:2 numa:1 core:32 pu:2", 128), 13);
	assert_int_equal(check_machine("pack:8 numa:1 core:64 pu:2", 1024), 13);
}

/* An interpreter's work grows by its items, but for what all its workers share. */
static void check_python(const char *topology, uint64_t growth)
{
	struct plan plan;
	struct machine *machine = plan_suite((char[]){"--suite=python"}, topology, &plan);
	for (size_t i = 0; i < plan.count; i++) {
		const struct bench_case *c = &plan.cases[i];
		bool shares = strcmp(c->kernel->name, "python-shared") == 0;
		if (!c->out_of_reach) /* there is a Python */
			assert_int_equal(c->params.size,
					 c->kernel->sizes[SIZE_MEDIUM] * (shares ? 1 : growth));
	}
	plan_free(&plan);
	machine_free(machine);
}

static void test_an_interpreters_work_follows_the_machine(void **state)
{
	(void)state;
	check_python("core:2 pu:1", 1);
	check_python("core:16 pu:1", 4);
	check_python("pack:8 numa:1 core:64 pu:2", 16);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_interpreters_work_follows_the_machine),
		cmocka_unit_test(test_sizes_follow_the_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
