/* Placement on machines that nobody here has: synthetic and recorded topologies. */
#include "tests/unit/check.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/affinity.h"
#include "runners/placement.h"

static struct machine *load(const char *description)
{
	struct machine *machine;
	char why[256] = "";
	if (machine_load(&machine, description, why, sizeof why))
		fail_msg("%s: %s", description ? description : "this machine", why);
	return machine;
}

static struct machine *recorded(const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/topologies/%s", TESTS_DIR, name);
	return load(path);
}

/* The PUs in the order of their ranks, as a text: "0 4 2 6". */
static void assert_order(const struct machine *machine, enum policy policy, uint32_t workers,
			 const char *expected)
{
	struct pu plan[64];
	char text[256] = "";
	size_t n = 0;
	placement_plan(machine, policy, workers, plan);
	for (uint32_t i = 0; i < workers; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%d", i ? " " : "", plan[i].pu);
	assert_string_equal(text, expected);
}

/* synthetic PUs are numbered depth first: core c has PUs 2c and 2c+1 */
static void test_smt(void **state)
{
	(void)state;
	struct machine *m = load("pack:1 core:4 pu:2");
	assert_int_equal(machine_pus(m), 8);
	assert_int_equal(machine_cores(m), 4);
	assert_order(m, PLACE_COMPACT, 8, "0 2 4 6 1 3 5 7");
	assert_order(m, PLACE_SCATTER, 8, "0 2 4 6 1 3 5 7");
	assert_order(m, PLACE_SMT, 8, "0 1 2 3 4 5 6 7");
	assert_order(m, PLACE_SINGLE, 3, "0 0 0");
	assert_order(m, PLACE_NONE, 2, "-1 -1");
	machine_free(m);
}

static void test_two_packages(void **state)
{
	(void)state;
	struct machine *m = load("pack:2 core:2 pu:2");
	assert_order(m, PLACE_COMPACT, 8, "0 2 4 6 1 3 5 7");
	assert_order(m, PLACE_SCATTER, 8, "0 4 2 6 1 5 3 7");
	assert_order(m, PLACE_SMT, 8, "0 1 2 3 4 5 6 7");
	machine_free(m);
}

static void test_four_numa_nodes(void **state)
{
	(void)state;
	struct machine *m = load("pack:2 numa:2 core:2 pu:1");
	assert_int_equal(machine_numa_nodes(m), 4);
	assert_order(m, PLACE_COMPACT, 8, "0 1 2 3 4 5 6 7");
	assert_order(m, PLACE_SCATTER, 8, "0 4 2 6 1 5 3 7"); /* packages, then nodes, then cores */
	struct pu plan[4];
	placement_plan(m, PLACE_SCATTER, 4, plan);
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < i; k++)
			assert_int_not_equal(plan[i].numa, plan[k].numa);
	machine_free(m);
}

static void test_more_workers_than_pus_start_again(void **state)
{
	(void)state;
	struct machine *m = load("core:2 pu:1");
	assert_order(m, PLACE_COMPACT, 5, "0 1 0 1 0");
	machine_free(m);
}

/* The recorded machine has PUs 0-7; PU 5 is offline, PU 2 forbidden by a cpuset. */
static void test_offline_and_disallowed(void **state)
{
	(void)state;
	struct machine *m = recorded("offline-and-disallowed.xml");
	assert_int_equal(machine_pus(m), 6);
	assert_order(m, PLACE_COMPACT, 6, "0 3 4 6 1 7");
	machine_free(m);
}

/* 4 fast cores with two PUs each (0-7) and 4 efficient ones with one each (8, 10, 12, 14). */
/* Cores that differ in their top frequency alone are one sweep; dense cores are another. */
static void test_favoured_cores_are_no_kind(void **state)
{
	(void)state;
	struct machine *m = recorded("favoured.xml");
	assert_int_equal(machine_kinds(m), 2);
	assert_int_equal(machine_sweep_pus(m), 8);
	assert_order(m, PLACE_COMPACT, 12, "0 2 4 6 1 3 5 7 8 10 12 14");
	machine_free(m);
}

static void expect_refused_here(const char *variable, const char *value)
{
	struct machine *machine;
	char why[300] = "";
	setenv(variable, value, 1);
	assert_int_equal(machine_load(&machine, NULL, why, sizeof why), -EXDEV);
	assert_non_null(strstr(why, variable));
	assert_non_null(strstr(why, "--topology"));
	unsetenv(variable);
}

/* hwloc would believe them. */
static void test_the_environment_describes_no_other_machine(void **state)
{
	(void)state;
	char file[512];
	snprintf(file, sizeof file, "%s/topologies/hybrid.xml", TESTS_DIR);
	expect_refused_here("HWLOC_SYNTHETIC", "pack:2 core:2048 pu:1");
	expect_refused_here("HWLOC_XMLFILE", file);
}

static void test_a_newer_topology_names_its_version(void **state)
{
	(void)state;
	struct machine *machine;
	char path[] = "/tmp/pvt-topology-XXXXXX.xml", why[300] = "";
	int fd = mkstemps(path, 4);
	static const char text[] = "<?xml version=\"1.0\"?>\n<!DOCTYPE topology SYSTEM \"hwloc3.dtd\">\n"
				   "<topology version=\"3.0\">\n</topology>\n";
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	close(fd);
	assert_true(machine_load(&machine, path, why, sizeof why) < 0);
	if (!strstr(why, "is of hwloc 3.0, and this is hwloc 2"))
		fail_msg("%s", why);
	unlink(path);
}

static void test_hybrid_takes_one_kind_first(void **state)
{
	(void)state;
	struct machine *m = recorded("hybrid.xml");
	assert_int_equal(machine_kinds(m), 2);
	assert_int_equal(machine_sweep_pus(m), 8);
	assert_order(m, PLACE_COMPACT, 12, "0 2 4 6 1 3 5 7 8 10 12 14");
	struct pu plan[12];
	placement_plan(m, PLACE_COMPACT, 12, plan);
	assert_int_equal(plan[7].kind, 0);
	assert_int_equal(plan[8].kind, 1);
	machine_free(m);
}

static void assert_each_pu_once(const char *description, uint32_t pus)
{
	struct machine *m = load(description);
	assert_int_equal(machine_pus(m), pus);
	struct pu *plan = calloc(pus, sizeof *plan);
	int *used = calloc(pus, sizeof *used);
	assert_true(plan && used);
	for (enum policy policy = PLACE_COMPACT; policy < PLACE_SINGLE; policy++) {
		memset(used, 0, pus * sizeof *used);
		placement_plan(m, policy, pus, plan);
		for (uint32_t i = 0; i < pus; i++) {
			assert_in_range(plan[i].pu, 0, pus - 1);
			assert_int_equal(used[plan[i].pu]++, 0);
			assert_true(policy == PLACE_SMT || plan[i].thread == (i >= machine_cores(m)));
		}
	}
	free(used);
	free(plan);
	machine_free(m);
}

static void test_192_and_1024_pus(void **state)
{
	(void)state;
	assert_each_pu_once("pack:2 numa:4 core:12 pu:2", 192);
	assert_each_pu_once("pack:4 numa:2 core:64 pu:2", 1024);
}

static void test_a_topology_survives_its_xml(void **state)
{
	(void)state;
	struct machine *m = load("pack:2 core:3 pu:2");
	char *xml = machine_xml(m);
	char path[] = "/tmp/pvt-topology-XXXXXX.xml";
	int fd = mkstemps(path, 4);
	assert_true(xml && fd >= 0);
	FILE *file = fdopen(fd, "w");
	fputs(xml, file);
	fclose(file);
	struct machine *again = load(path);
	assert_int_equal(machine_pus(again), 12);
	assert_order(again, PLACE_SCATTER, 4, "0 6 2 8");
	remove(path);
	free(xml);
	machine_free(again);
	machine_free(m);
}

static void test_nonsense_is_refused_by_name(void **state)
{
	(void)state;
	struct machine *m;
	char why[256];
	assert_int_equal(machine_load(&m, "pack:zwei", why, sizeof why), -EINVAL);
	assert_non_null(strstr(why, "'pack:zwei'"));
	assert_int_equal(machine_load(&m, "/nowhere/at-all.xml", why, sizeof why), -EINVAL);
	assert_non_null(strstr(why, "'/nowhere/at-all.xml'"));
	assert_int_equal(machine_load(&m, TESTS_DIR "/fuzz/corpus/topology/unit-twice.xml", why, sizeof why),
			 -EEXIST);
	assert_non_null(strstr(why, "a CPU twice"));
	assert_int_equal(
		machine_load(&m, TESTS_DIR "/fuzz/corpus/topology/first-far-unit.xml", why, sizeof why),
		-ERANGE);
	assert_non_null(strstr(why, "numbered 8192 or higher"));
	assert_int_equal(machine_load(&m, TESTS_DIR "/fuzz/corpus/topology/hwloc-crash.xml", why, sizeof why),
			 -EINVAL);
	assert_non_null(strstr(why, "hwloc-crash.xml' is broken: hwloc crashes on it"));
	static const char *const huge[] = {"core:100000 pu:100000", "64 64 64", "pu:0x10001",
					   "pack:2 [numa(memory=9)] core:4097 pu:1",
					   "pu:2(indexes=4294967295,7)"};
	for (size_t i = 0; i < sizeof huge / sizeof *huge; i++) {
		assert_int_equal(machine_load(&m, huge[i], why, sizeof why), -ERANGE);
		assert_non_null(strstr(why, huge[i]));
	}
}

static void test_binding_is_read_back_and_given_back(void **state)
{
	(void)state;
	struct machine *m = load(NULL);
	struct pu plan[1];
	cpu_set_t before, bound, after;
	placement_plan(m, PLACE_COMPACT, 1, plan);
	sched_getaffinity(0, sizeof before, &before);
	void *saved = affinity_save();
	assert_int_equal(affinity_bind(plan[0].pu), 0);
	sched_getaffinity(0, sizeof bound, &bound);
	assert_int_equal(CPU_COUNT(&bound), 1);
	assert_true(CPU_ISSET((size_t)plan[0].pu, &bound));
	affinity_restore(saved);
	sched_getaffinity(0, sizeof after, &after);
	assert_true(CPU_EQUAL(&before, &after));
	assert_true(affinity_bind(8000) < 0); /* no such PU */
	assert_int_equal(affinity_bind(-1), 1);
	free(saved);
	machine_free(m);
}

static void test_taskset_narrows_the_allowed_set(void **state)
{
	(void)state;
	cpu_set_t before, one;
	sched_getaffinity(0, sizeof before, &before);
	CPU_ZERO(&one);
	size_t last = 0;
	for (size_t i = 0; i < CPU_SETSIZE; i++)
		last = CPU_ISSET(i, &before) ? i : last;
	CPU_SET(last, &one);
	sched_setaffinity(0, sizeof one, &one);
	struct machine *m = load(NULL);
	sched_setaffinity(0, sizeof before, &before);
	struct pu plan[2];
	placement_plan(m, PLACE_COMPACT, 2, plan);
	assert_int_equal(machine_pus(m), 1);
	assert_int_equal(plan[1].pu, (int)last);
	machine_free(m);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smt),
		cmocka_unit_test(test_two_packages),
		cmocka_unit_test(test_four_numa_nodes),
		cmocka_unit_test(test_more_workers_than_pus_start_again),
		cmocka_unit_test(test_offline_and_disallowed),
		cmocka_unit_test(test_hybrid_takes_one_kind_first),
		cmocka_unit_test(test_favoured_cores_are_no_kind),
		cmocka_unit_test(test_the_environment_describes_no_other_machine),
		cmocka_unit_test(test_a_newer_topology_names_its_version),
		cmocka_unit_test(test_192_and_1024_pus),
		cmocka_unit_test(test_a_topology_survives_its_xml),
		cmocka_unit_test(test_nonsense_is_refused_by_name),
		cmocka_unit_test(test_binding_is_read_back_and_given_back),
		cmocka_unit_test(test_taskset_narrows_the_allowed_set),
	};
	return check_main(argc, argv, tests);
}
