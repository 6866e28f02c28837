/*
 * The conformance test of all runners: each starts, joins, gets kernels right, stamps what it did, and leaves
 * neither child nor descriptor behind. How it deals is test_runner_schedules', what becomes of a worker that
 * fails test_runner_faults'.
 */
#include "tests/unit/check.h"
#include "tests/unit/descriptors.h"
#include "tests/unit/job_bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "kernels/registry.h"
#include "runners/clock.h"
#include "tests/unit/faulty.h"

/* Few operations: sanitizers make those on 128 MiB slow. */
static uint64_t rate_size(const struct kernel *kernel)
{
	uint64_t small = kernel->sizes[SIZE_SMALL];
	return strcmp(kernel->size_unit, "operations per worker") == 0 && small > 50 ? 50 : small;
}

/* Of all workers; verified against `one`'s, or where there is but one (0: not known yet). What workers meet
 * at in memory is then where the harness has it: verify() notices one on a copy. */
static uint64_t rate_checksum(const char *runner, const struct kernel *kernel, uint32_t workers, uint64_t one)
{
	struct bench b;
	bench_setup(&b, runner, kernel, rate_size(kernel), workers);
	void *ballast = NULL;
	if (kernel->needs & KERNEL_NEEDS_BALLAST) {
		b.params.ballast = b.params.size * 4096;
		ballast = calloc(1, b.params.ballast);
	}
	b.job.ballast = ballast;
	struct outcome o = bench_run(&b, 3, false);
	if (o.status != STATUS_OK)
		fail_msg("%s %s: status %d: %s", runner, kernel->name, o.status, o.why);
	bool verifies = kernel->verify && (one || kernel_copies(kernel, workers) == 1);
	if (verifies && kernel->verify(b.shared.base, &b.params, one ? one : o.totals.checksum) != 0)
		fail_msg("%s %s, %u workers: verification failed", runner, kernel->name, workers);
	arena_destroy(&b.shared);
	free(ballast);
	return o.totals.checksum;
}

/* Without what it needs, such as Python or huge pages, there is nothing to test: said, not passed over in
 * silence. */
static bool can_run(const struct kernel *kernel)
{
	struct params params = {.size = kernel->sizes[SIZE_SMALL]};
	if (!bench_with_processes && strcmp(kernel->name, "stall-clone") == 0) {
		print_message("%s: ThreadSanitizer and valgrind do not follow clone(2) with CLONE_VM\n",
			      kernel->name);
		return false;
	}
	struct arena area;
	int error = kernel->configure ? kernel->configure(&params) : 0;
	if (error == -EOPNOTSUPP) {
		print_message("SKIPPED: %s: %s\n", kernel->name, params.why);
		return false;
	}
	if (!(kernel->needs & KERNEL_NEEDS_INTERPRETER) || error)
		return true;
	assert_int_equal(arena_create(&area, "test", kernel_shared_bytes(kernel, &params)), 0);
	error = kernel->prepare(area.base, &params);
	arena_destroy(&area);
	if (error == -EOPNOTSUPP)
		print_message("SKIPPED: %s: %s\n", kernel->name, params.why);
	return error != -EOPNOTSUPP;
}

static void test_every_kernel_on_every_runner_verifies(void **state)
{
	(void)state;
	static const uint32_t workers[] = {1, 2, 5};
	for (const struct kernel *const *k = kernels_builtin; *k; k++) {
		uint64_t size = (*k)->sizes[SIZE_SMALL] / 8 + 1; /* so much work says nothing more */
		if ((*k)->kind != KERNEL_WORK || !can_run(*k))
			continue;
		uint64_t expected = bench_checksum("seq", *k, size, 1, SCHEDULE_STATIC, 0);
		bool repeats = (*k)->run != kernel_find("spin")->run; /* calibrated anew for each arena */
		for (const struct runner *r = &runners[1]; r->name; r++)
			for (size_t w = 0; w < 3 && bench_can_use(r) && !runner_refuses(r, *k, 1, 1); w++) {
				enum schedule schedule = (*k)->uneven ? SCHEDULE_DYNAMIC : SCHEDULE_STATIC;
				uint64_t sum = bench_checksum(r->name, *k, size, workers[w], schedule, 0);
				if (repeats && sum != expected)
					fail_msg("%s on %s, %u workers: checksum %lx, sequentially %lx",
						 (*k)->name, r->name, workers[w], sum, expected);
			}
	}
}

/*
 * Of a rate each worker, or each group of them, has the checksum of one: nobody's operations are missing, and
 * what the first ones did while they waited for the last does not count.
 */
static void test_every_rate_on_every_runner_that_can(void **state)
{
	(void)state;
	for (const struct kernel *const *k = kernels_builtin; *k; k++) {
		uint32_t group = kernel_group(*k);
		uint64_t one = 0;
		if ((*k)->kind != KERNEL_RATE || !can_run(*k))
			continue;
		for (const struct runner *r = runners; r->name; r++)
			for (uint32_t workers = group; workers <= 2 * group; workers += group) {
				bool seq = r == runners;
				if (runner_leaves_machine(r) || runner_refuses(r, *k, workers, 1) ||
				    (seq && workers > 1) || !bench_can_use(r))
					continue;
				bool repeats = strcmp((*k)->name, "task") != 0; /* see above */
				uint64_t sum = rate_checksum(r->name, *k, workers, repeats ? one : 0);
				one = one ? one : sum;
				if (repeats && sum != one * kernel_copies(*k, workers))
					fail_msg("%s on %s, %u workers: checksum %lx, of one %lx", (*k)->name,
						 r->name, workers, sum, one);
			}
	}
}

/* As many pairs as workers, each with lanes of its own; each pair has the checksum of one. */
static void test_channels_for_as_many_pairs_as_there_are_workers(void **state)
{
	static const char *const names[] = {"latency-futex", "latency-pipe", "bandwidth-ring-futex",
					    "switch-yield",  "latency-tcp",  "bandwidth-vmsplice"};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct kernel *kernel = kernel_find(names[i]);
		uint64_t one = rate_checksum("pthread", kernel, 2, 0);
		assert_true(rate_checksum("pthread", kernel, 32, 0) == 16 * one);
		if (bench_with_processes)
			assert_true(rate_checksum("fork", kernel, 32, 0) == 16 * one);
	}
}

/* More pairs than there are descriptors are no crash: they cannot be asked for. */
static void test_more_channels_than_descriptors_are_skipped(void **state)
{
	struct rlimit before, few;
	struct bench b;
	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){40, before.rlim_max};
	bench_setup(&b, "pthread", kernel_find("latency-pipe"), 64, 32);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	struct outcome o = bench_run_here(&b, 1, false);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	arena_destroy(&b.shared);
	assert_int_equal(o.status, STATUS_SKIPPED);
	assert_non_null(strstr(o.why, "of 32 cannot be opened"));
	assert_non_null(strstr(o.why, "ulimit -n"));
}

/* No launcher's workers have messages; what is expected of those that have is computed without. */
static void test_what_sends_messages_is_refused_and_expected(void **state)
{
	int seen = 0;
	(void)state;
	for (const struct kernel *const *k = kernels_builtin; *k; k++) {
		uint32_t group = kernel_group(*k);
		if (!((*k)->needs & KERNEL_NEEDS_MESSAGES))
			continue;
		seen++;
		for (const struct runner *r = runners; r->name; r++)
			assert_true(!r->launcher || runner_refuses(r, *k, group, 1));
		assert_int_not_equal(rate_checksum(group > 1 ? "pthread" : "seq", *k, group, 0), 0);
	}
	assert_int_equal(seen, 4);
}

/* From being asked for to being reaped: the stamps of one worker lie in their order, with nothing between
 * them and outside but what launching it takes. */
static void test_stamps_add_up_to_a_life(void **state)
{
	(void)state;
	static const char *const names[] = {"pthread", "fork", "spawn", "forkserver"};
	for (size_t i = 0; i < (bench_with_processes ? 4 : 1); i++) {
		struct bench b;
		struct session *session;
		struct totals t;
		char why[256];
		bench_setup(&b, names[i], kernel_find("empty"), 1, 1);
		assert_int_equal(session_open(&session, &b.job, why, sizeof why), 0);
		assert_true(job_runs_plain(&b.job));
		for (int k = 0; k < 3; k++)
			assert_int_equal(session_run_plain(session, why, sizeof why), STATUS_OK);
		assert_int_equal(session_run(session, PROBE_NONE, why, sizeof why), STATUS_OK);
		assert_int_equal(session_close(session, &t, why, sizeof why), STATUS_OK);
		uint64_t life = t.start_ns + t.bind_ns + t.enter_ns + t.meet_ns + t.work_ns + t.leave_ns +
				t.exit_ns;
		assert_int_equal(t.walls, 3);
		assert_int_equal(t.spans, 1);
		assert_int_equal(t.workers_stamped, 3);
		assert_true(t.start_ns && t.leave_ns && t.exit_ns);
		assert_true(life <= t.wall_ns && t.create_ns <= t.wall_ns);
		arena_destroy(&b.shared);
	}
}

/* Each job has a session of its own kind of pass: nobody waits in plain jobs, and all do in the others. */
static void test_plain_jobs_do_not_wait(void **state)
{
	(void)state;
	static const struct {
		const char *runner, *kernel;
		uint32_t workers;
		bool plain;
	} cases[] = {{"pthread", "cube", 2, true},       {"fork", "cube", 2, true},
		     {"spawn", "empty", 3, true},        {"seq", "cube", 1, false},
		     {"pthread-pool", "cube", 2, false}, {"fork", "mutex", 2, false},
		     {"fork", "mutex", 1, true},         {"pthread", "latency-pipe", 2, false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bench b;
		if (runner_has_processes(runner_find(cases[i].runner)) && !bench_with_processes)
			continue;
		bench_setup(&b, cases[i].runner, kernel_find(cases[i].kernel), 100, cases[i].workers);
		assert_int_equal(job_runs_plain(&b.job), cases[i].plain);
		arena_destroy(&b.shared);
	}
}

/* All workers' operations count, for at least as long as the window. */
static void test_operations_are_counted_in_a_window(void **state)
{
	(void)state;
	for (uint32_t workers = 1; workers <= 2; workers++) {
		struct bench b;
		bench_setup(&b, "pthread", kernel_find("getppid"), 10, workers);
		b.job.window_ns = 5 * NS_PER_MS;
		struct outcome o = bench_run(&b, 2, false);
		assert_int_equal(o.status, STATUS_OK);
		assert_true(o.totals.operation_ns > 0);
		/* More than the ten that a job asks for: as many as fit into the window. */
		assert_true(o.totals.operation_ns / 2 < 5e6 / 10 * workers);
		assert_true(o.totals.wall_ns >= 10 * NS_PER_MS);
		b.job.window_ns = 0;
		o = bench_run(&b, 2, false);
		assert_true(o.totals.operation_ns == 0 || workers > 1);
		arena_destroy(&b.shared);
	}
}

static void test_refusals(void **state)
{
	(void)state;
	const struct kernel *copy = kernel_find("copy");
	const struct kernel threads = {.needs = KERNEL_NEEDS_ONE_PROCESS},
			    pairs = {.kind = KERNEL_RATE, .group = 2};
	assert_non_null(runner_refuses(runner_find("spawn"), copy, 1, 1));
	assert_non_null(runner_refuses(runner_find("forkserver"), copy, 1, 1));
	assert_null(runner_refuses(runner_find("fork"), copy, 1, 1));
	assert_non_null(runner_refuses(runner_find("fork"), &threads, 1, 1));
	assert_null(runner_refuses(runner_find("pthread-pool"), &threads, 1, 1));
	assert_non_null(runner_refuses(runner_find("pthread-steal"), copy, 1, 1));
	assert_non_null(runner_refuses(runner_find("pthread"), &pairs, 3, 1));
	assert_non_null(runner_refuses(runner_find("openmp"), kernel_find("crash-kill"), 2, 1));
	assert_non_null(runner_refuses(runner_find("openmp"), kernel_find("python-loop"), 2, 1));
	assert_null(runner_refuses(runner_find("pthread"), &pairs, 4, 1));
}

static void test_stamps_are_ordered_and_filled(void **state)
{
	(void)state;
	for (const struct runner *r = runners; r->name; r++) {
		if (!bench_can_use(r))
			continue;
		struct bench b;
		uint32_t workers = r == runners ? 1 : 2;
		bench_setup(&b, r->name, kernel_find("matmul"), 200, workers);
		struct outcome o = bench_run(&b, 2, true);
		assert_int_equal(o.status, STATUS_OK);
		assert_true(o.totals.span_ns > 0 && o.totals.span_ns <= o.totals.wall_ns);
		assert_int_equal(o.totals.workers_launched, r->pool ? workers : 2 * workers);
		assert_true(o.totals.start_ns < NS_PER_S && o.totals.exit_ns < 10 * NS_PER_S);
		assert_true(o.totals.imbalance >= 2 * 0.999 && o.totals.imbalance <= 2.0 * workers);
		if (runner_has_processes(r))
			assert_true(o.totals.memory.pss_kib > 0);
		assert_false(o.totals.unpinned);
		arena_destroy(&b.shared);
	}
}

static void test_many_sessions_leak_nothing(void **state)
{
	(void)state;
	int descriptors = count_descriptors();
	for (int i = 0; i < 50; i++)
		for (const struct runner *r = &runners[1]; r->name; r++)
			if (bench_can_use(r))
				bench_checksum(r->name, &kernel_faulty, 10, 3, SCHEDULE_DYNAMIC, 0);
	assert_int_equal(count_descriptors(), descriptors);
	assert_no_children();
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kernel_on_every_runner_verifies),
		cmocka_unit_test(test_every_rate_on_every_runner_that_can),
		cmocka_unit_test(test_channels_for_as_many_pairs_as_there_are_workers),
		cmocka_unit_test(test_more_channels_than_descriptors_are_skipped),
		cmocka_unit_test(test_what_sends_messages_is_refused_and_expected),
		cmocka_unit_test(test_stamps_add_up_to_a_life),
		cmocka_unit_test(test_plain_jobs_do_not_wait),
		cmocka_unit_test(test_operations_are_counted_in_a_window),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_stamps_are_ordered_and_filled),
		cmocka_unit_test(test_many_sessions_leak_nothing),
	};
	bench_begin(argc, argv);
	return check_main(argc, argv, tests);
}
