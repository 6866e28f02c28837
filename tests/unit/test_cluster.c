/* The parts of a cluster that need no MPI: lists of hosts, spreading, units on unlike hosts, areas, digests.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runners/digest.h"
#include "runners/mpi/areas.h"
#include "runners/mpi/hosts.h"
#include "runners/runner.h"

/* ---- lists ---- */

static struct host hosts[HOSTS_MAX];

static void test_lists_of_hosts_are_read(void **state)
{
	char why[256] = "";
	uint32_t count = 0;
	(void)state;
	assert_int_equal(hosts_read("a", hosts, &count, why, sizeof why), 0);
	assert_int_equal(count, 1);
	assert_int_equal(hosts[0].slots, 0);
	assert_int_equal(hosts_read("node-1.example.org:8,10.0.0.2,b_c:4096", hosts, &count, why, sizeof why),
			 0);
	assert_int_equal(count, 3);
	assert_string_equal(hosts[0].name, "node-1.example.org");
	assert_int_equal(hosts[0].slots, 8);
	assert_string_equal(hosts[1].name, "10.0.0.2");
	assert_int_equal(hosts[1].slots, 0);
	assert_int_equal(hosts[2].slots, WORKERS_MAX);
}

static void test_what_is_no_list_of_hosts_is_refused(void **state)
{
	static const struct {
		const char *list, *said;
	} bad[] = {{"", "''"},
		   {",a", "''"},
		   {"a,", "''"},
		   {"a,,b", "''"},
		   {"a,b,a:2", "'a:2' is named twice"},
		   {"-a", "'-a' is not"},
		   {"a b", "'a b' is not"},
		   {"a;reboot", "is not"},
		   {"$(x)", "is not"},
		   {"a:", "'a:' does not end"},
		   {"a:0", "does not end"},
		   {"a:4097", "does not end"},
		   {"a:-1", "does not end"},
		   {"a:2x", "does not end"},
		   {"a:99999999999999999999", "does not end"},
		   {"\xc3\xa4", "is not"}};
	char why[256], list[600];
	uint32_t count;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		*why = '\0';
		assert_true(hosts_read(bad[i].list, hosts, &count, why, sizeof why) < 0);
		if (!strstr(why, bad[i].said))
			fail_msg("'%s': '%s' does not say '%s'", bad[i].list, why, bad[i].said);
	}
	memset(list, 'a', sizeof list - 1);
	list[sizeof list - 1] = '\0';
	assert_true(hosts_read(list, hosts, &count, why, sizeof why) < 0);
}

/* ---- spreading ---- */

static void test_workers_are_spread_evenly_and_in_order(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 9; n++)
		for (uint32_t workers = n; workers <= 40; workers++) {
			uint32_t sum = 0, least = UINT32_MAX, most = 0, worker = 0;
			for (uint32_t h = 0; h < n; h++) {
				uint32_t share = hosts_share(workers, n, h);
				sum += share;
				least = share < least ? share : least;
				most = share > most ? share : most;
				for (uint32_t i = 0; i < share; i++, worker++)
					assert_int_equal(hosts_of_worker(worker, workers, n), h);
			}
			assert_int_equal(sum, workers);
			assert_true(least >= 1 && most - least <= 1);
		}
}

/* ---- units on unlike hosts ---- */

/* All ranks of a host together have what placement_plan says, one worker after the other. */
static void expect_units(const char *topology, enum policy policy, uint32_t ranks, uint32_t inside, bool fits)
{
	char why[256];
	struct machine *machine;
	struct pu plan[64];
	if (machine_load(&machine, topology, why, sizeof why))
		fail_msg("%s", why);
	placement_plan(machine, policy, ranks * inside, plan);
	for (uint32_t rank = 0; rank < ranks; rank++) {
		int pus[64];
		assert_int_equal(hosts_units(machine, policy, ranks, rank, inside, pus), fits);
		for (uint32_t i = 0; i < inside; i++)
			assert_int_equal(pus[i], plan[rank * inside + i].pu);
	}
	for (uint32_t i = 0; fits && i < ranks * inside; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_int_not_equal(plan[i].pu, plan[k].pu);
	machine_free(machine);
}

/* A cluster of a hybrid host, one with units taken away and two made-up ones: each plans for itself. */
static void test_unlike_hosts_plan_their_own_units(void **state)
{
	static const struct {
		const char *topology;
		uint32_t pus;
	} cluster[] = {{TESTS_DIR "/topologies/hybrid.xml", 12},
		       {TESTS_DIR "/topologies/offline-and-disallowed.xml", 6},
		       {"pack:2 numa:2 core:4 pu:2", 32},
		       {"core:4 pu:1", 4}};
	static const enum policy policies[] = {PLACE_COMPACT, PLACE_SCATTER, PLACE_SMT};
	(void)state;
	for (size_t h = 0; h < sizeof cluster / sizeof *cluster; h++)
		for (size_t p = 0; p < sizeof policies / sizeof *policies; p++)
			for (uint32_t inside = 1; inside <= 4; inside++)
				for (uint32_t ranks = 1; ranks * inside <= 40; ranks++)
					expect_units(cluster[h].topology, policies[p], ranks, inside,
						     ranks * inside <= cluster[h].pus);
}

static void test_hosts_say_what_they_are(void **state)
{
	char why[256], model[96] = "x";
	struct machine *machine;
	(void)state;
	assert_int_equal(machine_load(&machine, "core:4 pu:1", why, sizeof why), 0);
	machine_model(machine, model, sizeof model);
	assert_string_equal(model, "");
	machine_free(machine);
}

/* ---- areas ---- */

static void test_areas_are_kept_and_the_oldest_goes(void **state)
{
	static struct areas areas;
	struct arena arena;
	bool filled;
	(void)state;
	for (uint64_t id = 1; id <= AREAS_KEPT; id++) {
		assert_int_equal(areas_get(&areas, id, 100 + id, &arena, &filled), 0);
		assert_false(filled);
		*(uint64_t *)arena.base = id;
	}
	assert_int_equal(areas_get(&areas, 1, 101, &arena, &filled), 0);
	assert_true(filled);
	assert_int_equal(*(uint64_t *)arena.base, 1);
	assert_int_equal(areas_get(&areas, 1000, 10, &arena, &filled), 0); /* takes the place of 2 */
	assert_false(filled);
	assert_int_equal(areas_get(&areas, 1, 101, &arena, &filled), 0);
	assert_true(filled);
	assert_int_equal(areas_get(&areas, 2, 102, &arena, &filled), 0);
	assert_false(filled);
	assert_int_equal(areas_get(&areas, 2, 200, &arena, &filled), 0); /* another size is another area */
	assert_false(filled);
	assert_int_equal(arena.bytes, 200);
	areas_free(&areas);
}

static void test_large_areas_push_others_out(void **state)
{
	static struct areas areas;
	struct arena arena;
	bool filled;
	(void)state;
	assert_int_equal(areas_get(&areas, 1, 4096, &arena, &filled), 0);
	assert_int_equal(areas_get(&areas, 2, AREAS_BYTES - 4096, &arena, &filled), 0);
	assert_int_equal(areas_get(&areas, 1, 4096, &arena, &filled), 0);
	assert_true(filled);
	assert_int_equal(areas_get(&areas, 3, 4096, &arena, &filled), 0); /* 2 is the oldest, and has to go */
	assert_int_equal(areas_get(&areas, 1, 4096, &arena, &filled), 0);
	assert_true(filled);
	assert_int_equal(areas_get(&areas, 2, 8192, &arena, &filled), 0);
	assert_false(filled);
	areas_free(&areas);
}

static void test_another_process_s_area_is_the_same_memory(void **state)
{
	struct arena own, other;
	(void)state;
	assert_int_equal(arena_create(&own, "test", 5000), 0);
	assert_int_equal(areas_of_process(getpid(), own.fd, &other), 0);
	assert_ptr_not_equal(own.base, other.base);
	((char *)own.base)[4999] = 'x';
	assert_int_equal(((char *)other.base)[4999], 'x');
	arena_destroy(&other);
	arena_destroy(&own);
	assert_true(areas_of_process(getpid(), 1 << 20, &other) < 0);
}

/* ---- digests ---- */

/* From the tables of draft-eastlake-fnv, appendix C. */
static void test_digests_are_fnv_1a(void **state)
{
	char path[] = "/tmp/pvt-digest-XXXXXX";
	uint64_t digest;
	int fd = mkstemp(path);
	(void)state;
	assert_true(digest_bytes("", 0, DIGEST_START) == UINT64_C(0xcbf29ce484222325));
	assert_true(digest_bytes("a", 1, DIGEST_START) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(digest_bytes("foobar", 6, DIGEST_START) == UINT64_C(0x85944171f73967e8));
	assert_true(fd >= 0 && write(fd, "foobar", 6) == 6);
	assert_int_equal(digest_file(path, &digest), 0);
	assert_true(digest == UINT64_C(0x85944171f73967e8));
	close(fd);
	unlink(path);
	assert_true(digest_file(path, &digest) < 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_of_hosts_are_read),
		cmocka_unit_test(test_what_is_no_list_of_hosts_is_refused),
		cmocka_unit_test(test_workers_are_spread_evenly_and_in_order),
		cmocka_unit_test(test_unlike_hosts_plan_their_own_units),
		cmocka_unit_test(test_hosts_say_what_they_are),
		cmocka_unit_test(test_areas_are_kept_and_the_oldest_goes),
		cmocka_unit_test(test_large_areas_push_others_out),
		cmocka_unit_test(test_another_process_s_area_is_the_same_memory),
		cmocka_unit_test(test_digests_are_fnv_1a),
	};
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
