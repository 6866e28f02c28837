/*
 * What becomes of a worker that fails in any way, of a launch that fails half-way and of a job that is
 * interrupted: it is told, and neither child nor descriptor is left behind.
 */
#include "tests/unit/check.h"
#include "tests/unit/descriptors.h"
#include "tests/unit/job_bench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernels/registry.h"
#include "runners/clock.h"
#include "runners/launcher.h"
#include "tests/unit/faulty.h"

/* Twice in a session: a worker that took a dead one's place is as good as the others. */
static void test_a_process_that_is_to_crash_is_replaced(void **state)
{
	(void)state;
	if (!bench_with_processes)
		skip();
	for (const struct kernel *const *k = kernels_builtin; *k; k++)
		for (const struct runner *r = &runners[1]; (*k)->crash && r->name; r++) {
			struct bench b;
			if (!runner_has_processes(r) || !bench_can_use(r))
				continue;
			bench_setup(&b, r->name, *k, (*k)->sizes[SIZE_MEDIUM], 3);
			b.job.crash = true;
			struct outcome o = bench_run(&b, 2, false);
			uint64_t items = (*k)->items(&b.params);
			const struct crash *c = &o.totals.crash;
			if (o.status != STATUS_OK ||
			    (*k)->verify(b.shared.base, &b.params, o.totals.checksum))
				fail_msg("%s %s: status %d: %s", r->name, (*k)->name, o.status, o.why);
			if (c->survivors != 2 || c->begun <= items || c->begun > 2 * items)
				fail_msg("%s %s: %u survivors, %lu of %lu items begun", r->name, (*k)->name,
					 c->survivors, c->begun, items);
			assert_true(c->struck_ns && c->struck_ns < c->retaken_ns &&
				    c->retaken_ns < c->redone_ns);
			assert_true(runner_steals(r) ||
				    (c->struck_ns < c->reborn_ns && c->reborn_ns < c->retaken_ns));
			arena_destroy(&b.shared);
			assert_no_children();
		}
}

static void kill_worker(struct context *ctx)
{
	(void)ctx;
	kill(getpid(), SIGKILL);
}

static uint64_t always_kill_worker(struct context *ctx, uint64_t begin, uint64_t end)
{
	(void)begin;
	if (ctx->workers > 1)
		kill_worker(ctx);
	return end;
}

static void test_who_crashes_again_and_again_is_told(void **state)
{
	(void)state;
	static const struct kernel dying = {.abi = KERNEL_ABI,
					    .name = "dying",
					    .help = "dies of every item",
					    .item = "item",
					    .uneven = true,
					    .crash = kill_worker,
					    .run = always_kill_worker};
	static const char *const names[] = {"fork", "fork-pool", "fork-steal"};
	if (!bench_with_processes)
		skip();
	for (size_t i = 0; i < 3; i++) {
		struct bench b;
		bench_setup(&b, names[i], &dying, 10, 2);
		b.job.crash = true;
		struct outcome o = bench_run(&b, 1, false);
		assert_int_equal(o.status, STATUS_CRASHED);
		assert_non_null(strstr(o.why, "killed by SIGKILL in run()"));
		assert_no_children();
	}
}

struct expectation {
	enum fault fault;
	int status;
	const char *text;
};

static void check_fault(const char *runner, const struct expectation *e, uint32_t workers)
{
	struct bench b;
	char who[32];
	int descriptors = count_descriptors();
	bench_setup(&b, runner, &kernel_faulty, 100, workers);
	b.params.extent[0] = e->fault;
	b.params.extent[1] = workers - 1;
	b.job.timeout_ns = e->fault == FAULT_HANG ? 300 * NS_PER_MS : b.job.timeout_ns;
	uint64_t start = clock_ns();
	struct outcome o = bench_run(&b, 1, false);
	snprintf(who, sizeof who, "worker %u (pid ", workers - 1);
	if (o.status != e->status || !strstr(o.why, e->text) || !strstr(o.why, who))
		fail_msg("%s, %u workers, fault %d: status %d, message '%s', wanted '%s'", runner, workers,
			 e->fault, o.status, o.why, e->text);
	assert_true(clock_ns() - start < 10 * NS_PER_S); /* bounded, not waiting for the job's own timeout */
	arena_destroy(&b.shared);
	assert_no_children();
	assert_int_equal(count_descriptors(), descriptors);
}

/* Launched by us, and given its items by us: that any of them fails is seen. */
static bool has_processes_of_its_own(const struct runner *r)
{
	return r->launcher && r->processes && !runner_steals(r);
}

static void test_a_process_that_fails_is_told_and_reaped(void **state)
{
	(void)state;
	if (!bench_with_processes)
		skip();
	static const struct expectation expected[] = {
		{FAULT_SEGV, STATUS_CRASHED, "killed by SIGSEGV in run()"},
		{FAULT_EXIT, STATUS_CRASHED, "exited with 3 in run()"},
		{FAULT_ABORT, STATUS_CRASHED, "killed by SIGABRT in run()"},
		{FAULT_KILL, STATUS_CRASHED, "killed by SIGKILL in run()"},
		{FAULT_RETURN, STATUS_CRASHED, "left in run()"},
		{FAULT_ENTER, STATUS_CRASHED, "failed in enter(): Cannot allocate memory"},
		{FAULT_ENTER_KILL, STATUS_CRASHED, "killed by SIGKILL in enter()"},
		{FAULT_LEAVE, STATUS_CRASHED, "killed by SIGKILL in leave()"},
		{FAULT_HANG, STATUS_TIMEOUT, "still in run() after 0.3 s"},
	};
	for (const struct runner *r = runners; r->name; r++)
		for (size_t f = 0; has_processes_of_its_own(r) && f < sizeof expected / sizeof *expected; f++)
			for (uint32_t workers = 1; workers <= 5; workers += 2)
				check_fault(r->name, &expected[f], workers);
}

/* With one worker, for with more the others may have stolen what the faulty one would fail at. */
static void test_a_process_that_steals_and_fails_is_told(void **state)
{
	(void)state;
	static const struct {
		enum fault fault;
		int status;
		const char *text;
	} expected[] = {
		{FAULT_SEGV, STATUS_CRASHED, "killed by SIGSEGV in run()"},
		{FAULT_KILL, STATUS_CRASHED, "killed by SIGKILL in run()"},
		{FAULT_EXIT, STATUS_CRASHED, "worker 0 (pid "},
		{FAULT_ENTER, STATUS_CRASHED, "failed in enter(): Cannot allocate memory"},
		{FAULT_HANG, STATUS_TIMEOUT, "still in run() after 0.3 s"},
	};
	if (!bench_with_processes)
		skip();
	for (size_t f = 0; f < sizeof expected / sizeof *expected; f++) {
		struct bench b;
		int descriptors = count_descriptors();
		bench_setup(&b, "fork-steal", &kernel_faulty, 100, 1);
		b.params.extent[0] = expected[f].fault;
		b.job.timeout_ns = 300 * NS_PER_MS;
		struct outcome o = bench_run(&b, 1, false);
		if (o.status != expected[f].status || !strstr(o.why, expected[f].text))
			fail_msg("fault %d: status %d, message '%s'", expected[f].fault, o.status, o.why);
		arena_destroy(&b.shared);
		assert_no_children();
		assert_int_equal(count_descriptors(), descriptors);
	}
}

static void test_a_thread_that_cannot_enter_is_told(void **state)
{
	(void)state;
	static const struct expectation e = {FAULT_ENTER, STATUS_CRASHED,
					     "failed in enter(): Cannot allocate memory"};
	for (const struct runner *r = runners; r->name; r++) {
		bool is_thread = r->launcher && !r->processes && !r->launcher->is_caller && !runner_steals(r);
		if (!is_thread ||
		    (r->pool && !bench_with_processes)) /* a pool that fails is joined with a time limit */
			continue;
		check_fault(r->name, &e, 1);
		check_fault(r->name, &e, 4);
	}
	if (bench_can_use(runner_find("openmp")))
		check_fault("openmp", &e, 4);
}

static volatile sig_atomic_t alarmed;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	alarmed = 1;
}

static void test_an_interrupted_job_leaves_nobody(void **state)
{
	(void)state;
	if (!bench_with_processes)
		skip();
	struct sigaction action = {.sa_handler = on_alarm};
	sigaction(SIGALRM, &action, NULL);
	for (const struct runner *r = runners; r->name; r++) {
		struct bench b;
		if (!r->launcher || !r->processes)
			continue;
		/* where items are stolen, the others could take what rank 0 is to hang at */
		bench_setup(&b, r->name, &kernel_faulty, 10, runner_steals(r) ? 1 : 3);
		b.params.extent[0] = FAULT_HANG;
		b.job.interrupted = &alarmed;
		alarmed = 0;
		ualarm(100000, 0);
		struct outcome o = bench_run(&b, 1, false);
		assert_int_equal(o.status, -EINTR);
		arena_destroy(&b.shared);
		assert_no_children();
	}
}

/* Half-way through the launch there is no descriptor left for the next worker's pidfd. */
static void check_half_way(const struct runner *runner)
{
	struct bench b;
	char wanted[128];
	bench_setup(&b, runner->name, &kernel_faulty, 10, 4);
	int taken[64] = {0}, n = 0;
	struct rlimit before;
	getrlimit(RLIMIT_NOFILE, &before);
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, before.rlim_max});
	while (n < 64 && (taken[n] = dup(0)) >= 0)
		n++;
	for (int i = 0; i < 3 && n > 0; i++)
		close(taken[--n]); /* one for the control arena, two for workers */
	struct outcome o = bench_run(&b, 1, false);
	while (n > 0)
		close(taken[--n]);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(o.status, -EMFILE);
	snprintf(wanted, sizeof wanted, "worker 2 of 4 could not be launched by %s: Too many open files",
		 runner->name);
	assert_string_equal(o.why, wanted);
	arena_destroy(&b.shared);
	assert_no_children();
}

/* Who inherits nothing needs more descriptors than its own. */
static void test_a_launch_that_fails_half_way_leaves_nobody(void **state)
{
	(void)state;
	if (!bench_with_processes)
		skip();
	for (const struct runner *r = runners; r->name; r++)
		if (r->processes && runner_kind(r) == RUNNER_LAUNCHED && r->launcher->inherits)
			check_half_way(r);
}

static pid_t only_child(void)
{
	int child = 0;
	FILE *file = fopen("/proc/thread-self/children", "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &child), 1);
	fclose(file);
	return child;
}

/* A server that has died forks nobody; the job says so, and the next session has a new one. */
static void test_a_server_that_dies_is_told(void **state)
{
	(void)state;
	struct bench b;
	struct session *session;
	char why[256];
	if (!bench_with_processes || access("/proc/thread-self/children", R_OK) != 0)
		skip();
	bench_setup(&b, "forkserver", kernel_find("empty"), 1, 2);
	assert_int_equal(session_open(&session, &b.job, why, sizeof why), 0);
	assert_int_equal(session_run(session, PROBE_NONE, why, sizeof why), STATUS_OK);
	kill(only_child(), SIGKILL);
	assert_int_equal(session_run(session, PROBE_NONE, why, sizeof why), -EOWNERDEAD);
	assert_non_null(strstr(why, "worker 0 of 2 could not be launched by forkserver"));
	assert_non_null(strstr(why, "(the server that forks the workers has ended)"));
	session_close(session, NULL, why, sizeof why);
	assert_no_children();
	assert_int_equal(bench_run(&b, 1, false).status, STATUS_OK);
	arena_destroy(&b.shared);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_process_that_is_to_crash_is_replaced),
		cmocka_unit_test(test_who_crashes_again_and_again_is_told),
		cmocka_unit_test(test_a_process_that_steals_and_fails_is_told),
		cmocka_unit_test(test_a_thread_that_cannot_enter_is_told),
		cmocka_unit_test(test_a_process_that_fails_is_told_and_reaped),
		cmocka_unit_test(test_an_interrupted_job_leaves_nobody),
		cmocka_unit_test(test_a_launch_that_fails_half_way_leaves_nobody),
		cmocka_unit_test(test_a_server_that_dies_is_told),
	};
	bench_begin(argc, argv);
	return check_main(argc, argv, tests);
}
