/*
 * The conformance test of all runners: each starts, joins, deals the items right, tells what became of a
 * worker that fails in any way, and leaves neither child nor descriptor behind.
 */
#include "tests/unit/check.h"
#include "tests/unit/descriptors.h"

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
#include "runners/placement.h"
#include "runners/runner.h"
#include "tests/unit/faulty.h"

static const struct kernel *find(const char *name, const char *plugin)
{
	(void)plugin;
	return strcmp(name, "faulty") == 0 ? &kernel_faulty : kernel_find(name);
}

/*
 * ThreadSanitizer cannot see through fork and valgrind 3.19 does not know pidfd_open: under them
 * PVT_THREADS_ONLY is set. ThreadSanitizer does not know pthread_clockjoin_np either, in which a job with a
 * timeout ends: then there is none.
 */
static bool with_processes = true;

static void assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

struct outcome {
	int status;
	struct totals totals;
	char why[256];
};

struct bench {
	struct params params;
	struct arena shared;
	int pus[64];
	struct job job;
};

static void bench_setup(struct bench *b, const char *runner, const struct kernel *kernel, uint64_t size,
			uint32_t workers)
{
	struct machine *machine;
	struct pu plan[64];
	char why[256];
	*b = (struct bench){.params = {.size = size, .workers = workers}};
	assert_int_equal(machine_load(&machine, NULL, why, sizeof why), 0);
	placement_plan(machine, PLACE_COMPACT, workers, plan);
	for (uint32_t i = 0; i < workers; i++)
		b->pus[i] = plan[i].pu;
	if (kernel->configure)
		assert_int_equal(kernel->configure(&b->params), 0);
	assert_int_equal(arena_create(&b->shared, "test", kernel_shared_bytes(kernel, &b->params)), 0);
	if (kernel->prepare)
		assert_int_equal(kernel->prepare(b->shared.base, &b->params), 0);
	b->job = (struct job){.runner = runner_find(runner),
			      .kernel = kernel,
			      .params = &b->params,
			      .shared = &b->shared,
			      .workers = workers,
			      .pus = b->pus,
			      .capacity = machine_pus(machine),
			      .timeout_ns = with_processes ? 20 * NS_PER_S : 0,
			      .hold = -1};
	assert_non_null(b->job.runner);
	machine_free(machine);
}

/* Runs `jobs` jobs; the last outcome. */
static struct outcome bench_run_here(struct bench *b, int jobs, bool probe)
{
	struct outcome o = {0};
	struct session *session;
	o.status = session_open(&session, &b->job, o.why, sizeof o.why);
	if (o.status)
		return o;
	for (int i = 0; i < jobs && o.status == STATUS_OK; i++)
		o.status = session_run(session, probe, o.why, sizeof o.why);
	int closed = session_close(session, &o.totals, o.why, sizeof o.why);
	if (o.status == STATUS_OK)
		o.status = closed;
	return o;
}

/* In a child process what would change this one for good. */
static struct outcome bench_run(struct bench *b, int jobs, bool probe)
{
	struct outcome *shared, outcome = {.status = STATUS_CRASHED};
	struct arena arena;
	if (!b->job.runner->apart)
		return bench_run_here(b, jobs, probe);
	assert_int_equal(arena_create(&arena, "outcome", sizeof *shared), 0);
	shared = arena.base;
	*shared = outcome;
	pid_t pid = fork();
	if (pid == 0) {
		*shared = bench_run_here(b, jobs, probe);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	outcome = *shared;
	arena_destroy(&arena);
	return outcome;
}

static uint64_t checksum_of(const char *runner, const struct kernel *kernel, uint64_t size, uint32_t workers,
			    enum schedule schedule, uint64_t chunk)
{
	struct bench b;
	bench_setup(&b, runner, kernel, size, workers);
	b.job.schedule = schedule;
	b.job.chunk = chunk;
	struct outcome o = bench_run(&b, 3, false);
	if (o.status != STATUS_OK)
		fail_msg("%s %s: status %d: %s", runner, kernel->name, o.status, o.why);
	if (kernel->verify && kernel->verify(b.shared.base, &b.params, o.totals.checksum) != 0)
		fail_msg("%s on %s, size %lu, %u workers: verification failed", kernel->name, runner, size,
			 workers);
	assert_int_equal(o.totals.jobs, 3);
	arena_destroy(&b.shared);
	return o.totals.checksum;
}

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

static bool can_use(const struct runner *runner)
{
	return !runner_leaves_machine(runner) && (with_processes || !runner_has_processes(runner)) &&
	       !runner->missing;
}

/* Without what it needs, such as Python or huge pages, there is nothing to test: said, not passed over in
 * silence. */
static bool can_run(const struct kernel *kernel)
{
	struct params params = {.size = kernel->sizes[SIZE_SMALL]};
	if (!with_processes && strcmp(kernel->name, "stall-clone") == 0) {
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
		uint64_t expected = checksum_of("seq", *k, size, 1, SCHEDULE_STATIC, 0);
		bool repeats = (*k)->run != kernel_find("spin")->run; /* calibrated anew for each arena */
		for (const struct runner *r = &runners[1]; r->name; r++)
			for (size_t w = 0; w < 3 && can_use(r) && !runner_refuses(r, *k, 1, 1); w++) {
				enum schedule schedule = (*k)->uneven ? SCHEDULE_DYNAMIC : SCHEDULE_STATIC;
				uint64_t sum = checksum_of(r->name, *k, size, workers[w], schedule, 0);
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
				    (seq && workers > 1) || !can_use(r))
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
		if (with_processes)
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

/* Twice in a session: a worker that took a dead one's place is as good as the others. */
static void test_a_process_that_is_to_crash_is_replaced(void **state)
{
	(void)state;
	if (!with_processes)
		skip();
	for (const struct kernel *const *k = kernels_builtin; *k; k++)
		for (const struct runner *r = &runners[1]; (*k)->crash && r->name; r++) {
			struct bench b;
			if (!runner_has_processes(r) || !can_use(r))
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

/* From being asked for to being reaped: the stamps of one worker lie in their order, with nothing between
 * them and outside but what launching it takes. */
static void test_stamps_add_up_to_a_life(void **state)
{
	(void)state;
	static const char *const names[] = {"pthread", "fork", "spawn", "forkserver"};
	for (size_t i = 0; i < (with_processes ? 4 : 1); i++) {
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
		if (runner_has_processes(runner_find(cases[i].runner)) && !with_processes)
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
	if (!with_processes)
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

/* Those that deal by schedules of their own. */
static const char *const dealers[] = {"pthread", "openmp"};

/* Phases start their dealing anew. */
static void test_every_schedule_deals_every_phase(void **state)
{
	(void)state;
	static const enum schedule schedules[] = {SCHEDULE_STATIC, SCHEDULE_DYNAMIC, SCHEDULE_GUIDED};
	for (const struct kernel *const *k = kernels_builtin; *k; k++)
		for (size_t s = 0; (*k)->phases && s < 6; s++)
			if (can_use(runner_find(dealers[s / 3])))
				checksum_of(dealers[s / 3], *k, (*k)->sizes[SIZE_SMALL], 3, schedules[s % 3],
					    0);
}

static void test_every_schedule_deals_each_item_once(void **state)
{
	(void)state;
	static const uint64_t sizes[] = {1, 2, 7, 100, 1001}, chunks[] = {0, 1, 3, 64, 5000};
	static const enum schedule schedules[] = {SCHEDULE_STATIC, SCHEDULE_DYNAMIC, SCHEDULE_GUIDED};
	for (size_t s = 0; s < 5; s++)
		for (size_t c = 0; c < 5; c++)
			for (size_t k = 0; k < 6; k++)
				if (can_use(runner_find(dealers[k / 3])))
					assert_int_equal(checksum_of(dealers[k / 3], &kernel_faulty, sizes[s],
								     5, schedules[k % 3], chunks[c]),
							 sizes[s] * (sizes[s] - 1) / 2);
}

/* Which items came in one call, and to whom. */
struct dealt {
	uint64_t end[32];
	uint32_t rank[32];
};

static size_t dealt_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct dealt);
}

static uint64_t note_items(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct dealt *d = ctx->shared;
	d->end[begin] = end;
	d->rank[begin] = ctx->rank;
	return 0;
}

static struct dealt deal_by_openmp(enum schedule schedule, uint64_t chunk)
{
	static const struct kernel noting = {.abi = KERNEL_ABI,
					     .name = "noting",
					     .help = "notes what it gets",
					     .item = "item",
					     .shared_bytes = dealt_bytes,
					     .run = note_items};
	struct bench b;
	bench_setup(&b, "openmp", &noting, 14, 4);
	b.job.schedule = schedule;
	b.job.chunk = chunk;
	assert_int_equal(bench_run(&b, 1, false).status, STATUS_OK);
	struct dealt dealt = *(struct dealt *)b.shared.base;
	arena_destroy(&b.shared);
	return dealt;
}

/* Static, the first ranks have one more where it does not come out even, and chunks go round; guided, what is
 * left is divided. Each range is one call. */
static void test_openmp_deals_as_openmp_does(void **state)
{
	(void)state;
	if (!can_use(runner_find("openmp")))
		skip();
	struct dealt whole = deal_by_openmp(SCHEDULE_STATIC, 0), chunks = deal_by_openmp(SCHEDULE_STATIC, 3);
	struct dealt dynamic = deal_by_openmp(SCHEDULE_DYNAMIC, 5),
		     guided = deal_by_openmp(SCHEDULE_GUIDED, 2);
	static const uint64_t begins[] = {0, 4, 8, 11, 14};
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(whole.end[begins[i]], begins[i + 1]);
		assert_int_equal(whole.rank[begins[i]], i);
	}
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(chunks.end[(size_t)3 * i], i < 4 ? 3 * i + 3 : 14);
		assert_int_equal(chunks.rank[(size_t)3 * i], i % 4);
	}
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(dynamic.end[(size_t)5 * i], i < 2 ? 5 * i + 5 : 14);
	assert_true(guided.end[0] >= 2 && guided.end[0] < 14);
}

static void test_stamps_are_ordered_and_filled(void **state)
{
	(void)state;
	for (const struct runner *r = runners; r->name; r++) {
		if (!can_use(r))
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
	if (!with_processes)
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
	if (!with_processes)
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
		    (r->pool && !with_processes)) /* a pool that fails is joined with a time limit */
			continue;
		check_fault(r->name, &e, 1);
		check_fault(r->name, &e, 4);
	}
	if (can_use(runner_find("openmp")))
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
	if (!with_processes)
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
	if (!with_processes)
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
	if (!with_processes || access("/proc/thread-self/children", R_OK) != 0)
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

static void test_many_sessions_leak_nothing(void **state)
{
	(void)state;
	int descriptors = count_descriptors();
	for (int i = 0; i < 50; i++)
		for (const struct runner *r = &runners[1]; r->name; r++)
			if (can_use(r))
				checksum_of(r->name, &kernel_faulty, 10, 3, SCHEDULE_DYNAMIC, 0);
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
		cmocka_unit_test(test_a_process_that_is_to_crash_is_replaced),
		cmocka_unit_test(test_stamps_add_up_to_a_life),
		cmocka_unit_test(test_plain_jobs_do_not_wait),
		cmocka_unit_test(test_operations_are_counted_in_a_window),
		cmocka_unit_test(test_who_crashes_again_and_again_is_told),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_every_schedule_deals_every_phase),
		cmocka_unit_test(test_every_schedule_deals_each_item_once),
		cmocka_unit_test(test_openmp_deals_as_openmp_does),
		cmocka_unit_test(test_stamps_are_ordered_and_filled),
		cmocka_unit_test(test_a_process_that_steals_and_fails_is_told),
		cmocka_unit_test(test_a_thread_that_cannot_enter_is_told),
		cmocka_unit_test(test_a_process_that_fails_is_told_and_reaped),
		cmocka_unit_test(test_an_interrupted_job_leaves_nobody),
		cmocka_unit_test(test_a_launch_that_fails_half_way_leaves_nobody),
		cmocka_unit_test(test_a_server_that_dies_is_told),
		cmocka_unit_test(test_many_sessions_leak_nothing),
	};
	spawn_worker_main(argc, argv, find);
	with_processes = !getenv("PVT_THREADS_ONLY");
	return check_main(argc, argv, tests);
}
