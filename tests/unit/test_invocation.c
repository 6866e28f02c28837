/* What an invocation learns from the samples of those before it: which blocks are done. */
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/measure/agenda.h"
#include "bench/measure/invocation.h"
#include "runners/runner.h"

enum { CASES = 4, RUNS = 6 };

static const struct kernel square = {.name = "square"}, cube = {.name = "cube"};

static struct bench_case make_case(const struct kernel *kernel, const char *runner)
{
	return (struct bench_case){.suite = "pool", /* no verdict is on a mean over its kernels */
				   .kernel = kernel,
				   .runner = runner_find(runner),
				   .params = {.size = 10},
				   .workers = 1,
				   .hosts = 1};
}

/* Six invocations, one sample a case in each; a wide case takes twice as long in every other one. */
static void write_samples(const struct invocation *invocation, const struct bench_case *cases,
			  const bool *wide, const char *const *status)
{
	char path[PATH_MAX + 32];
	snprintf(path, sizeof path, "%s/samples.csv", invocation->folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	samples_write_header(file);
	for (int run = 0; run < RUNS; run++)
		for (size_t i = 0; i < CASES; i++) {
			struct sample s;
			char id[16];
			sample_clear(&s);
			snprintf(id, sizeof id, "run-%d", run);
			s.run_id = id;
			s.suite = cases[i].suite;
			s.kernel = cases[i].kernel->name;
			s.size = cases[i].params.size;
			s.runner = cases[i].runner->name;
			s.workers = cases[i].workers;
			s.hosts = cases[i].hosts;
			s.placement = "compact";
			s.schedule = "static";
			s.status = status[i];
			s.iterations = 7;
			s.wall_ns = s.span_ns = wide[i] && run % 2 ? 200 : 100;
			samples_write(file, &s);
		}
	fclose(file);
}

/* Is every block that the case is in done? */
static bool is_done(const struct agenda *agenda, size_t index)
{
	bool done = true;
	for (size_t b = 0; b < agenda->blocks->count; b++)
		for (size_t k = 0; k < agenda->blocks->block[b].count; k++)
			done &= agenda->blocks->block[b].member[k] != index || agenda->state[b].done;
	return done;
}

static void expect_done(const bool *wide, const char *const *status, const bool *expected)
{
	struct bench_case cases[CASES] = {make_case(&square, "seq"), make_case(&square, "fork"),
					  make_case(&cube, "seq"), make_case(&cube, "fork")};
	struct plan plan = {.cases = cases, .count = CASES};
	struct progress_of_case progress[CASES] = {0};
	struct invocation invocation = {
		.folder = "/tmp/pvt-invocation-XXXXXX", .number = RUNS, .seq = (uint64_t)RUNS * CASES};
	struct replay replay = {0};
	struct summary before;
	struct blocks blocks;
	struct agenda agenda;
	char path[PATH_MAX + 32];
	assert_non_null(mkdtemp(invocation.folder));
	write_samples(&invocation, cases, wide, status);
	assert_int_equal(invocation_catch_up(&invocation, &plan, progress, &before, &replay), 0);
	assert_int_equal(blocks_make(&plan, 1, &blocks), 0);
	assert_int_equal(agenda_make(&agenda, &plan, &blocks, 1, 0.005), 0);
	agenda_learn(&agenda, &before, 0.02);
	for (size_t i = 0; i < CASES; i++) {
		assert_int_equal(progress[i].failed || is_done(&agenda, i), expected[i]);
		assert_int_equal(progress[i].repetition, RUNS);
		assert_int_equal(progress[i].failed, strcmp(status[i], "ok") != 0);
	}
	snprintf(path, sizeof path, "%s/samples.csv", invocation.folder);
	unlink(path);
	rmdir(invocation.folder);
	agenda_free(&agenda);
	blocks_free(&blocks);
	summary_free(&before);
	replay_free(&replay);
}

static const char *const all_ok[CASES] = {"ok", "ok", "ok", "ok"};

/* square/fork is wide: square/seq goes on with it, for their ratio is paired by invocation. cube is done. */
static void test_cases_that_are_compared_end_together(void **state)
{
	(void)state;
	expect_done((bool[CASES]){false, true, false, false}, all_ok,
		    (bool[CASES]){false, false, true, true});
	expect_done((bool[CASES]){false}, all_ok, (bool[CASES]){true, true, true, true});
}

static void test_a_failed_case_neither_goes_on_nor_holds_others(void **state)
{
	(void)state;
	const char *const status[CASES] = {"ok", "crashed", "ok", "crashed"};
	expect_done((bool[CASES]){true, false, false, false}, status, (bool[CASES]){false, true, true, true});
}

/* Nothing but what pvt writes there itself: no signs, spaces, or numbers that do not fit. */
static void test_only_what_pvt_writes_is_read(void **state)
{
	static const char *const other[] = {"",
					    "1:2:3:4:5:6",
					    "-1:2:3:4:5:6:x",
					    "+1:2:3:4:5:6:x",
					    "1: 2:3:4:5:6:x",
					    "01:2:3:4:5:6:x",
					    "18446744073709551616:2:3:4:5:6:x",
					    "1:2:3:4:5:2147483648:x"};
	struct invocation invocation;
	(void)state;
	assert_int_equal(invocation_read("1:2:3:4:18446744073709551615:0:a:b c", &invocation), 0);
	assert_string_equal(invocation.folder, "a:b c");
	assert_true(invocation.seq == UINT64_MAX);
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		assert_int_equal(invocation_read(other[i], &invocation), 2);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_pvt_writes_is_read),
		cmocka_unit_test(test_cases_that_are_compared_end_together),
		cmocka_unit_test(test_a_failed_case_neither_goes_on_nor_holds_others),
	};
	return check_main(argc, argv, tests);
}
