/*
 * The processor's counters: what is read and how it is scaled, from recorded readings; the whole path from a
 * worker to the totals, with the kernel's own events (page faults), which can be opened where no counter can;
 * and what is said where they are refused.
 */
#include "tests/unit/check.h"
#include "tests/unit/descriptors.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench/machine/counter_support.h"
#include "bench/measure/measure.h"
#include "kernels/registry.h"
#include "runners/clock.h"
#include "runners/placement.h"
#include "runners/runner.h"

enum { PAGES = 500 };
#ifdef __SANITIZE_THREAD__
enum { FAULTS_MAX = 20 * PAGES }; /* it has memory of its own for each page */
#else
enum { FAULTS_MAX = 2 * PAGES };
#endif

/* Each item faults one new page in from user mode, and one in the kernel, which writes into it. */
static uint64_t pages_run(struct context *ctx, uint64_t begin, uint64_t end)
{
	(void)ctx;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	for (uint64_t i = begin; i < end; i++) {
		volatile char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
					-1, 0);
		if (p == MAP_FAILED)
			abort();
		*p = 1;
		/* Not getrandom(): from glibc 2.41 on that one need not enter the kernel. */
		if (syscall(SYS_getrandom, p + page, 1, 0) != 1)
			abort();
		munmap((void *)p, 2 * page);
	}
	return end - begin;
}

static const struct kernel kernel_pages = {
	.abi = KERNEL_ABI,
	.name = "pages",
	.help = "faults pages in",
	.item = "pair of pages",
	.size_unit = "pairs",
	.sizes = {1, 1, 1},
	.run = pages_run,
};

static const struct kernel *find(const char *name, const char *plugin)
{
	(void)plugin;
	return strcmp(name, kernel_pages.name) == 0 ? &kernel_pages : kernel_find(name);
}

/* In place of the processor's counters: CPU time, faults, and one that no machine has. */
static const struct counter_event software[COUNTERS] = {
	[CYCLES_USER] = {true, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
	[INSTRUCTIONS_USER] = {true, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
	[INSTRUCTIONS_KERNEL] = {true, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
	[CACHE_MISSES_USER] = {true, 0x7fffff00, 0},
	[DTLB_MISSES_USER] = {true, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN},
};

/* What this machine allows; skips the test where it allows nothing, saying what was missing. */
static bool open_software(struct counter_event *events)
{
	struct counters c;
	memcpy(events, software, sizeof software);
	errno = 0;
	counters_open(&c, events, false);
	int error = errno;
	bool user = c.fd[CYCLES_USER] >= 0, kernel = c.fd[INSTRUCTIONS_KERNEL] >= 0;
	counters_close(&c);
	if (!user) {
		print_message("perf_event_open: %s\n", strerror(error));
		skip();
	}
	if (!kernel)
		print_message("in the kernel nothing may be counted: only user mode is tested\n");
	return kernel;
}

static void test_what_never_ran_is_no_number(void **state)
{
	(void)state;
	assert_true(isnan(counters_scale(0, 0, 0)));
	assert_true(isnan(counters_scale(7, 1000, 0)));
	assert_near(counters_scale(0, 1000, 1000), 0, 0);
}

static void test_a_share_is_scaled_to_the_whole(void **state)
{
	(void)state;
	assert_near(counters_scale(123456789, 1000, 1000), 123456789, 0);
	assert_near(counters_scale(1000, 4000000, 1000000), 4000, 0);
	assert_near(counters_scale(3, 3, 2), 4.5, 1e-12);
	assert_near(counters_scale(1000, 1000, 1001), 1000, 0); /* the two times are not read at once */
	/* value × enabled has no room in 64 bits */
	assert_near(counters_scale(1ull << 47, 1ull << 42, 1ull << 41) / 0x1p48, 1, 1e-12);
	assert_near(counters_scale(UINT64_MAX, UINT64_MAX, UINT64_MAX / 2) / 0x1p65, 1, 1e-12);
}

/* A reading of task-clock, page-faults and context-switches, and what of it was lost. */
static void test_a_recorded_reading_is_parsed(void **state)
{
	(void)state;
	static const uint64_t longer[] = {3, 147480, 147480, 147480, 100, 0, 0};
	const uint64_t *recorded = longer;
	size_t bytes = sizeof longer - sizeof *longer;
	struct counter_reading r;
	assert_int_equal(counters_parse(recorded, bytes, 3, &r), 0);
	assert_true(r.enabled == recorded[1] && r.running == recorded[2]);
	assert_true(r.value[0] == recorded[3] && r.value[1] == 100 && r.value[2] == 0);
	assert_int_equal(counters_parse(recorded, 0, 3, &r),
			 -EBADMSG); /* a group in error reads as nothing */
	assert_int_equal(counters_parse(recorded, bytes - 8, 3, &r), -EBADMSG);
	assert_int_equal(counters_parse(recorded, bytes, 2, &r), -EBADMSG);
	assert_int_equal(counters_parse(recorded, bytes - 8, 2, &r), -EBADMSG);
	assert_int_equal(counters_parse(recorded, bytes, COUNTERS + 1, &r), -EBADMSG);
	assert_int_equal(counters_parse(longer, sizeof longer, 3, &r), -EBADMSG);
}

static void count_page_faults(const struct counter_event *events, bool again, bool kernel)
{
	struct counters c;
	double value[COUNTERS], share;
	counters_open(&c, events, again);
	pages_run(NULL, 0, PAGES); /* before the start */
	counters_start(&c);
	uint64_t begin = clock_ns();
	pages_run(NULL, 0, PAGES);
	while (clock_ns() - begin < NS_PER_MS)
		;
	counters_stop(&c);
	pages_run(NULL, 0, PAGES); /* and after the end */
	counters_read(&c, value, &share);
	counters_close(&c);
	assert_true(value[CYCLES_USER] > 0);
	assert_true(value[INSTRUCTIONS_USER] >= PAGES && value[INSTRUCTIONS_USER] < FAULTS_MAX);
	assert_true(value[DTLB_MISSES_USER] >= PAGES && value[DTLB_MISSES_USER] < FAULTS_MAX);
	if (kernel)
		assert_true(value[INSTRUCTIONS_KERNEL] >= PAGES && value[INSTRUCTIONS_KERNEL] < FAULTS_MAX);
	assert_near(share, 1, 0);
	for (size_t i = 0; i < COUNTERS; i++) /* not wanted, or not there: no number, and no 0 */
		if (!events[i].wanted || i == CACHE_MISSES_USER)
			assert_true(isnan(value[i]));
	assert_int_equal(c.leader[DTLB_MISSES_USER], again ? DTLB_MISSES_USER : CYCLES_USER);
}

static void test_page_faults_are_counted_each(void **state)
{
	(void)state;
	struct counter_event events[COUNTERS];
	bool kernel = open_software(events);
	count_page_faults(events, false, kernel);
	count_page_faults(events, true, kernel);
}

static void test_without_descriptors_nothing_is_counted(void **state)
{
	(void)state;
	struct counter_event events[COUNTERS];
	struct counters c;
	struct rlimit before;
	double value[COUNTERS], share;
	open_software(events);
	int descriptors = count_descriptors(), free_fd = dup(0);
	close(free_fd);
	getrlimit(RLIMIT_NOFILE, &before);
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)free_fd + 2, before.rlim_max}); /* two, of four */
	counters_open(&c, events, false);
	counters_read(&c, value, &share);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(count_descriptors(), descriptors); /* none was kept */
	for (size_t i = 0; i < COUNTERS; i++)
		assert_true(isnan(value[i]));
	assert_true(isnan(share));
}

/* Four jobs, two of which are counted: the first one's counts stay. */
static struct totals count_job(const struct runner *runner, uint32_t workers,
			       const struct counter_event *events)
{
	struct params params = {.size = PAGES};
	struct machine *machine;
	struct pu plan[64];
	int pus[64];
	char why[256] = "";
	struct session *session;
	struct totals totals;
	assert_int_equal(machine_load(&machine, NULL, why, sizeof why), 0);
	placement_plan(machine, PLACE_COMPACT, workers, plan);
	for (uint32_t i = 0; i < workers; i++)
		pus[i] = plan[i].pu;
	struct arena none = ARENA_NONE;
	struct job job = {.runner = runner,
			  .kernel = &kernel_pages,
			  .params = &params,
			  .shared = &none,
			  .workers = workers,
			  .pus = pus,
			  .capacity = machine_pus(machine),
			  .counters = events,
			  .hold = -1};
	machine_free(machine);
	int status = session_open(&session, &job, why, sizeof why);
	static const enum probe probes[] = {PROBE_NONE, PROBE_COUNTERS, PROBE_NONE, PROBE_COUNTERS};
	double clock = NAN;
	for (size_t i = 0; i < 4 && !status; i++) {
		status = session_run(session, probes[i], why, sizeof why);
		clock = i < 2 ? session_totals(session)->count[CYCLES_USER] : clock;
	}
	if (status)
		fail_msg("%s, %u workers: status %d: %s", runner->name, workers, status, why);
	assert_int_equal(session_close(session, &totals, why, sizeof why), STATUS_OK);
	if (events && !isnan(clock))
		assert_near(totals.count[CYCLES_USER], clock, 0);
	return totals;
}

static bool can_run(const struct runner *r)
{
	return !runner_leaves_machine(r) && !r->missing &&
	       (!getenv("PVT_THREADS_ONLY") || !runner_has_processes(r));
}

/* Whoever does an item, and wherever: the workers' sum is the job's, and nothing but the job's. */
static void test_every_runner_counts_its_workers(void **state)
{
	(void)state;
	struct counter_event events[COUNTERS];
	bool kernel = open_software(events);
	for (const struct runner *r = runners; r->name; r++)
		for (uint32_t workers = 1; workers <= (r == runners ? 1 : 5) && can_run(r); workers += 2) {
			int descriptors = count_descriptors();
			struct totals t = count_job(r, workers, events);
			assert_int_equal(count_descriptors(), descriptors);
			double faults = t.count[INSTRUCTIONS_USER], inside = t.count[INSTRUCTIONS_KERNEL];
			if (!(faults >= PAGES && faults < FAULTS_MAX) ||
			    (kernel && !(inside >= PAGES && inside < FAULTS_MAX)))
				fail_msg("%s, %u workers: %g faults in user mode, %g in the kernel; made: %d",
					 r->name, workers, faults, inside, PAGES);
			assert_true(t.count[CYCLES_USER] > 0 && isnan(t.count[CACHE_MISSES_USER]));
			assert_near(t.counted, 1, 0);
		}
}

static void test_nothing_wanted_is_no_number(void **state)
{
	(void)state;
	for (const struct runner *r = runners; r->name; r++) {
		if (!can_run(r))
			continue;
		struct totals t = count_job(r, r == runners ? 1 : 2, NULL);
		for (size_t i = 0; i < COUNTERS; i++)
			assert_true(isnan(t.count[i]));
		assert_true(isnan(t.counted));
	}
}

/* Threads share this process's descriptors: with too few of them the job runs, uncounted. */
static void test_threads_leave_descriptors_to_others(void **state)
{
	(void)state;
	struct counter_event events[COUNTERS];
	struct rlimit before;
	open_software(events);
	getrlimit(RLIMIT_NOFILE, &before);
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){90, before.rlim_max});
	struct totals few = count_job(runner_find("pthread"), 2, events);
	struct totals many = count_job(runner_find("pthread"), 20, events);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_true(few.count[INSTRUCTIONS_USER] >= PAGES);
	assert_true(isnan(many.count[INSTRUCTIONS_USER]) && isnan(many.counted));
	assert_int_equal(many.jobs, 4);
}

static void measure_cases(struct measure *m, const struct plan *plan)
{
	char why[512] = "";
	assert_int_equal(measure_open(m, 0), 0);
	open_software(m->counters); /* in place of the processor's */
	m->counting = true;
	for (size_t i = 0; i < plan->count; i++) {
		struct progress_of_case progress = {0};
		struct sample row, again;
		assert_int_equal(measure_sample(m, &plan->cases[i], &progress, &row, why, sizeof why), 0);
		if (strcmp(row.status, "ok") != 0)
			fail_msg("%s: %s: %s", plan->cases[i].name, row.status, why);
		if (!(row.cycles_user > 0) || isnan(row.instructions_user) || row.counted != 1)
			fail_msg("%s: not counted", plan->cases[i].name);
		if (strcmp(row.runner, "spawn") == 0)
			assert_true(row.pss_kib > 0); /* of the job before */
		assert_true(isnan(row.cycles_kernel) && isnan(row.cache_misses_user));
		assert_int_equal(measure_sample(m, &plan->cases[i], &progress, &again, why, sizeof why), 0);
		assert_near(again.cycles_user, row.cycles_user, 0); /* counted once an invocation */
	}
	measure_close(m);
}

/* From the options to the row, in this process and in one that each sample has for itself. */
static void test_a_sample_has_its_counts(void **state)
{
	(void)state;
	bool threads_only = getenv("PVT_THREADS_ONLY");
	struct counter_event events[COUNTERS];
	struct machine *machine;
	char why[256];
	open_software(events);
	assert_int_equal(machine_load(&machine, NULL, why, sizeof why), 0);
	for (int isolated = 0; isolated < (threads_only ? 1 : 2); isolated++) {
		char *argv[] = {(char[]){"run"},
				(char[]){"--kernel=cube"},
				(char[]){"--size=1000"},
				(char[]){"--workers=2"},
				(char[]){"--min-time=1ms"},
				isolated ? (char[]){"--isolate"} : (char[]){"--no-isolate"},
				(char[]){"--runner=seq,pthread,pthread-pool,pthread-steal"},
				NULL};
		int argc = threads_only ? 7 : 6;
		struct options options;
		struct plan plan;
		assert_int_equal(options_read(&argc, argv, &options), 0);
		if (threads_only) /* ThreadSanitizer does not know how threads are joined with a time limit */
			options.timeout_ns = 0;
		assert_int_equal(plan_make(&options, machine, NULL, &plan), 0);
		struct measure m = {.options = &options, .machine = machine, .quota = 64, .run_id = "test"};
		measure_cases(&m, &plan);
		plan_free(&plan);
	}
	machine_free(machine);
}

static void expect_words(const int *errors, size_t available, const char *value, const char *mend)
{
	struct counter_support c;
	counter_support_explain(errors, &c);
	assert_int_equal(c.available, available);
	if (!strstr(c.value, value))
		fail_msg("'%s' does not say '%s'", c.value, value);
	assert_int_equal(!c.mend, !mend);
	if (mend && !strstr(c.mend, mend))
		fail_msg("'%s' does not say '%s'", c.mend, mend);
}

static void test_each_refusal_has_its_words(void **state)
{
	(void)state;
	static const struct {
		int error;
		const char *value, *mend;
	} all[] = {
		{ENOENT, "none (ENOENT: the processor's counters cannot be seen", "virtual machine"},
		{EACCES, "none (EACCES: kernel.perf_event_paranoid forbids them)", "CAP_PERFMON"},
		{EPERM, "none (EPERM: a container's seccomp filter", "--cap-add PERFMON"},
		{ENOSYS, "none (ENOSYS: the kernel has no perf events", "CONFIG_PERF_EVENTS"},
		{EMFILE, "none (EMFILE: there is no descriptor left)", "ulimit -n"},
		{EBUSY, "none (EBUSY: the kernel refuses them)", "perf_event_open(2)"},
	};
	int errors[COUNTERS] = {0};
	expect_words(errors, COUNTERS, "cycles, instructions, cache and TLB misses", NULL);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		for (size_t k = 0; k < COUNTERS; k++)
			errors[k] = all[i].error;
		expect_words(errors, 0, all[i].value, all[i].mend);
	}
	for (size_t k = 0; k < COUNTERS; k++)
		errors[k] = k % 2 ? EACCES : 0;
	expect_words(errors, COUNTERS / 2, "in user mode only (EACCES: kernel.perf_event_paranoid",
		     "sysctl kernel.perf_event_paranoid=1");
	memset(errors, 0, sizeof errors);
	errors[DTLB_MISSES_USER] = errors[DTLB_MISSES_KERNEL] = ENOENT;
	expect_words(errors, COUNTERS - 2, "without dtlb_misses_user, dtlb_misses_kernel (ENOENT", "machine");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_never_ran_is_no_number),
		cmocka_unit_test(test_a_share_is_scaled_to_the_whole),
		cmocka_unit_test(test_a_recorded_reading_is_parsed),
		cmocka_unit_test(test_page_faults_are_counted_each),
		cmocka_unit_test(test_without_descriptors_nothing_is_counted),
		cmocka_unit_test(test_every_runner_counts_its_workers),
		cmocka_unit_test(test_nothing_wanted_is_no_number),
		cmocka_unit_test(test_threads_leave_descriptors_to_others),
		cmocka_unit_test(test_a_sample_has_its_counts),
		cmocka_unit_test(test_each_refusal_has_its_words),
	};
	spawn_worker_main(argc, argv, find);
	return check_main(argc, argv, tests);
}
