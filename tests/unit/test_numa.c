/* NUMA: which node is far, what was found about it, and where memory comes to lie on topologies that nobody
 * here has. */
#include "tests/unit/check.h"

#include <errno.h>
#include <string.h>

#include "bench/findings/numa.h"
#include "bench/samples/pairing.h"
#include "kernels/contention/nodes.h"
#include "kernels/registry.h"
#include "kernels/touch.h"
#include "runners/placement.h"
#include "tests/unit/made.h"

static struct nodes nodes_of(const char *list)
{
	struct nodes nodes;
	assert_int_equal(nodes_read(list, &nodes), 0);
	return nodes;
}

static void test_lists_of_nodes(void **state)
{
	static const char *const broken[] = {
		"", "\n", "x", "-1", "3-1", "0-1024", "0,x", "0 1", "99999999999999999999"};
	struct nodes nodes;
	(void)state;
	assert_int_equal(nodes_of("0\n").count, 1);
	assert_int_equal(nodes_of("0-3\n").count, 4);
	assert_int_equal(nodes_of("0,2-3,3").count, 3);
	assert_int_equal(nodes_of("1023").count, 1);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		assert_int_equal(nodes_read(broken[i], &nodes), -EINVAL);
}

/* Distances as firmware gives them: of two sockets; of two sockets with four nodes each; of a socket with
 * nodes of memory alone. */
static void test_the_farthest_node(void **state)
{
	struct nodes one = nodes_of("0"), two = nodes_of("0-1"), eight = nodes_of("0-7"),
		     gap = nodes_of("0,2,5"), some = nodes_of("0,5");
	(void)state;
	assert_int_equal(nodes_farthest("10\n", &one, &one, 0), -1);
	assert_int_equal(nodes_farthest("10 21\n", &two, &two, 0), 1);
	assert_int_equal(nodes_farthest("21 10\n", &two, &two, 1), 0);
	assert_int_equal(nodes_farthest("10 12 12 12 32 32 32 32\n", &eight, &eight, 0), 4);
	assert_int_equal(nodes_farthest("32 32 32 32 12 12 10 12\n", &eight, &eight, 6), 0);
	assert_int_equal(nodes_farthest("10 17 28\n", &gap, &gap, 0), 5);
	assert_int_equal(nodes_farthest("17 10 14\n", &gap, &gap, 2), 0);
	assert_int_equal(nodes_farthest("10 40 28\n", &gap, &some, 0), 5);  /* the farthest has no memory */
	assert_int_equal(nodes_farthest("10 12\n", &eight, &eight, 0), -1); /* cut */
	assert_int_equal(nodes_farthest("", &two, &two, 0), -1);
}

/* The memory comes to lie where it was bound to, on whatever machine this is; where no node is far, that is
 * said. */
static void test_memory_is_bound_before_it_is_touched(void **state)
{
	const struct kernel *local = kernel_find("node-local"), *remote = kernel_find("node-remote");
	struct params params = {.size = 100}, checked = params;
	struct context ctx = {.params = &params, .workers = 1};
	(void)state;
	int entered = local->enter(&ctx);
	if (entered == -EPERM || entered == -ENOSYS)
		skip(); /* a container may forbid mbind(2) */
	assert_int_equal(entered, 0);
	assert_int_equal(local->verify(NULL, &params, local->run(&ctx, 0, 100)), 0);
	local->leave(&ctx);
	int one = local->configure(&checked);
	assert_true(one == 0 || strstr(checked.why, "one NUMA node"));
	ctx.local = NULL;
	assert_int_equal(remote->enter(&ctx), one ? -ENOENT : 0);
	remote->leave(&ctx);
}

/* Pages that each rank touches first, counted by the node that it is planned on. */
static void check_first_touch(const char *topology, enum policy policy, uint32_t workers, uint32_t nodes)
{
	enum { PAGES = 64 };
	struct machine *machine;
	struct pu plan[64];
	char why[256], area[PAGES * TOUCH_PAGE];
	uint32_t touched[16] = {0};
	assert_int_equal(machine_load(&machine, topology, why, sizeof why), 0);
	assert_int_equal(machine_numa_nodes(machine), nodes);
	placement_plan(machine, policy, workers, plan);
	for (uint32_t rank = 0; rank < workers; rank++) {
		struct context ctx = {.rank = rank, .workers = workers};
		memset(area, 1, sizeof area);
		touch_share(&ctx, area, sizeof area);
		for (size_t page = 0; page < PAGES; page++)
			touched[plan[rank].numa] += area[page * TOUCH_PAGE] == 0;
	}
	for (uint32_t node = 0; node < nodes; node++)
		assert_int_equal(touched[node], PAGES / nodes);
	machine_free(machine);
}

/* With a worker per unit, each node gets the share of its units, whoever comes first; scattered, with fewer,
 * too. */
static void test_first_touch_spreads_pages_over_the_nodes(void **state)
{
	(void)state;
	check_first_touch("pack:2 numa:2 core:4 pu:1", PLACE_COMPACT, 16, 4);
	check_first_touch("pack:2 numa:2 core:4 pu:1", PLACE_SCATTER, 4, 4);
	check_first_touch("pack:2 numa:1 core:8 pu:2", PLACE_COMPACT, 32, 2);
	check_first_touch("pack:2 numa:1 core:8 pu:2", PLACE_SCATTER, 2, 2);
	check_first_touch("pack:1 numa:1 core:4 pu:1", PLACE_COMPACT, 4, 1);
}

static struct estimate known(double value, double half)
{
	double x[] = {value - half, value, value + half, value - half, value + half, value, value};
	return stat_interval(x, sizeof x / sizeof *x);
}

static void test_every_outcome(void **state)
{
	static const struct {
		double threads, processes, half;
		enum numa_outcome outcome;
	} made[] = {
		{1.00, 1.00, 0.01, NUMA_ALIKE},     {1.60, 1.61, 0.01, NUMA_SLOWER},
		{1.60, 1.20, 0.01, NUMA_THREADS},   {1.00, 0.80, 0.01, NUMA_THREADS},
		{1.20, 1.60, 0.01, NUMA_PROCESSES}, {1.60, 1.60, 0.80, NUMA_UNSURE},
		{1.04, 1.06, 0.03, NUMA_UNSURE},
	};
	const struct estimate none = {.n = 0}, few = {.value = 1.5, .low = 1.5, .high = 1.5, .n = 1};
	(void)state;
	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		struct estimate threads = known(made[i].threads, made[i].half),
				processes = known(made[i].processes, made[i].half),
				both = known(made[i].processes / made[i].threads, made[i].half);
		if (numa_judge(&threads, &processes, &both) != made[i].outcome)
			fail_msg("%.2f and %.2f: %d, not %d", made[i].threads, made[i].processes,
				 (int)numa_judge(&threads, &processes, &both), (int)made[i].outcome);
	}
	assert_int_equal(numa_judge(&none, &none, &none), NUMA_UNMEASURED);
	assert_int_equal(numa_judge(&few, &few, &few), NUMA_UNSURE);
}

/* Local memory takes 1 µs a page; six invocations, which wobble alike. */
static enum numa_outcome tell(double threads, double processes, uint64_t workers, char *text, size_t bytes)
{
	static struct sample row[4 * RUNS];
	static const char *const kernels[] = {"node-local", "node-remote"}, *const runners[] = {"pthread",
												"fork"};
	size_t n = 0;
	for (size_t k = 0; k < 2; k++)
		for (size_t r = 0; r < 2; r++)
			for (size_t run = 0; run < RUNS; run++) {
				struct sample *s = make_sample(&row[n++], run, "numa", kernels[k], 1,
							       runners[r], workers);
				double ratio = k == 0 ? 1 : r == 0 ? threads : processes;
				s->operation_ns = 1000 * ratio * (1 + 0.001 * (double)run);
				s->span_ns = s->wall_ns = 1e6;
			}
	struct samples samples = {.row = row, .count = n};
	struct summary summary;
	assert_int_equal(summary_make(&samples, &summary), 0);
	enum numa_outcome outcome = numa_tell(&summary, text, bytes);
	summary_free(&summary);
	return outcome;
}

static void test_the_sentence(void **state)
{
	const struct summary nothing = {0};
	char text[400];
	(void)state;
	assert_int_equal(tell(1.6, 1.6, 8, text, sizeof text), NUMA_SLOWER);
	assert_string_equal(
		text, "Memory of the farthest NUMA node takes 1.60 [1.60, 1.60] times as long to read as "
		      "local memory in threads, and 1.60 [1.60, 1.60] times in forked processes (8 "
		      "workers): which is no more for the one than for the other");
	assert_int_equal(tell(1.6, 1.2, 8, text, sizeof text), NUMA_THREADS);
	assert_non_null(strstr(text, ": threads lose more by it"));
	assert_int_equal(tell(1, 1, 1, text, sizeof text), NUMA_ALIKE);
	assert_int_equal(numa_tell(&nothing, text, sizeof text), NUMA_UNMEASURED);
	assert_string_equal(text, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_of_nodes),
		cmocka_unit_test(test_the_farthest_node),
		cmocka_unit_test(test_memory_is_bound_before_it_is_touched),
		cmocka_unit_test(test_first_touch_spreads_pages_over_the_nodes),
		cmocka_unit_test(test_every_outcome),
		cmocka_unit_test(test_the_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
