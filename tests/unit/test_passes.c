/* Ratios are formed pass by pass where both cases have passes, and from the invocations' medians where not.
 */
#include "tests/unit/check.h"

#include <string.h>

#include "bench/claims/looks.h"
#include "tests/unit/made.h"

enum { ROWS_MAX = 400, PASSES = 5 };

struct made {
	struct sample row[ROWS_MAX];
	struct samples samples;
};

static void put(struct made *m, size_t run, uint64_t block, uint64_t pass, const char *kernel,
		const char *runner, double ns)
{
	assert_true(m->samples.count < ROWS_MAX);
	struct sample *s = make_sample(&m->row[m->samples.count++], run, "scaling", kernel, 1, runner,
				       strcmp(runner, "seq") == 0 ? 1 : 2);
	s->block = block;
	s->pass = pass;
	s->work = 1;
	s->span_ns = s->wall_ns = ns;
}

static struct summary summarise(struct made *m)
{
	struct summary s;
	m->samples.row = m->row;
	assert_int_equal(summary_make(&m->samples, &s), 0);
	return s;
}

static const struct case_summary *find(const struct summary *s, const char *kernel, const char *runner)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->cases[i].id.kernel, kernel) == 0 && strcmp(s->cases[i].id.runner, runner) == 0)
			return &s->cases[i];
	fail_msg("%s %s was not measured", kernel, runner);
	return NULL;
}

/* What slows the machine down in a pass slows both down; the orders of the rows differ. */
static void put_block(struct made *m, size_t run, uint64_t block, const char *kernel, double fork)
{
	static const double slow[PASSES] = {1, 3, 1.2, 2.1, 1.4}, other[PASSES] = {1, 1.2, 1, 1.1, 0.9};
	for (uint64_t pass = 0; pass < PASSES; pass++) {
		if (pass % 2)
			put(m, run, block, pass, kernel, "fork", 100 * fork * other[pass] * slow[pass]);
		put(m, run, block, pass, kernel, "pthread", 100 * slow[pass]);
		if (!(pass % 2))
			put(m, run, block, pass, kernel, "fork", 100 * fork * other[pass] * slow[pass]);
	}
}

static void test_a_ratio_is_the_median_of_the_passes(void **state)
{
	(void)state;
	struct made m = {0};
	for (size_t run = 0; run < RUNS; run++)
		put_block(&m, run, 7, "sort", 1.1);
	struct summary s = summarise(&m);
	const struct case_summary *fork = find(&s, "sort", "fork"), *thread = find(&s, "sort", "pthread");
	assert_int_equal(fork->pass_count, RUNS * PASSES);
	for (size_t run = 0; run < RUNS; run++) {
		assert_near(pairing_ratio(&s, fork, thread, reading_span, run), 1.1, 1e-12);
		assert_near(reading_span(&s, fork, run) / reading_span(&s, thread, run), 1.1 * 1.26 / 1.4,
			    1e-12); /* the medians are of other passes */
	}
	struct estimate over = pairing_over(&s, fork, thread, reading_wall);
	assert_near(over.value, 1.1, 1e-12);
	assert_int_equal(over.n, RUNS); /* invocations, not passes */
	struct look look = look_at(&s, fork, thread, reading_span, 1);
	assert_near(look.ratio.value, 1.1, 1e-12);
	summary_free(&s);
}

/* Of an even number it lies between the logarithms: a over b and b over a say the same. */
static void test_ratios_turn_over(void **state)
{
	(void)state;
	struct made m = {0};
	put(&m, 0, 1, 0, "sort", "pthread", 100);
	put(&m, 0, 1, 0, "sort", "fork", 100);
	put(&m, 0, 1, 1, "sort", "pthread", 100);
	put(&m, 0, 1, 1, "sort", "fork", 400);
	struct summary s = summarise(&m);
	const struct case_summary *fork = find(&s, "sort", "fork"), *thread = find(&s, "sort", "pthread");
	assert_near(pairing_ratio(&s, fork, thread, reading_span, 0), 2, 1e-12);
	assert_near(pairing_ratio(&s, thread, fork, reading_span, 0), 0.5, 1e-12);
	assert_near(pairing_difference(&s, fork, thread, reading_span, 0), 150, 1e-9);
	summary_free(&s);
}

/* The sequential case lies in more blocks than one: of each, what was measured with it counts. */
static void test_one_case_in_several_blocks(void **state)
{
	(void)state;
	struct made m = {0};
	put(&m, 0, 1, 0, "sort", "seq", 200);
	put(&m, 0, 1, 0, "sort", "pthread", 100);
	put(&m, 0, 2, 0, "sort", "seq", 600);
	put(&m, 0, 2, 0, "sort", "fork", 200);
	struct summary s = summarise(&m);
	const struct case_summary *seq = find(&s, "sort", "seq");
	assert_int_equal(seq->pass_count, 2);
	assert_near(reading_span(&s, seq, 0), 400, 1e-9);
	assert_near(find(&s, "sort", "pthread")->speedup.value, 2, 1e-12);
	assert_near(find(&s, "sort", "fork")->speedup.value, 3, 1e-12);
	summary_free(&s);
}

/* A pass that one of them lost is no pass of both; without any the medians stand. */
static void test_passes_that_are_not_shared(void **state)
{
	(void)state;
	struct made m = {0};
	put(&m, 0, 1, 0, "sort", "pthread", 100);
	put(&m, 0, 1, 1, "sort", "pthread", 100);
	m.row[1].status = "crashed";
	put(&m, 0, 1, 0, "sort", "fork", 130);
	put(&m, 0, 1, 1, "sort", "fork", 500);
	put(&m, 1, 1, 0, "sort", "pthread", 100); /* another invocation: other passes */
	put(&m, 1, 2, 0, "sort", "fork", 140);
	put(&m, 2, 0, 0, "sort", "pthread", 100); /* without blocks */
	put(&m, 2, 0, 0, "sort", "fork", 150);
	put(&m, 2, 0, 0, "sort", "fork", 170);
	struct summary s = summarise(&m);
	const struct case_summary *fork = find(&s, "sort", "fork"), *thread = find(&s, "sort", "pthread");
	assert_near(pairing_ratio(&s, fork, thread, reading_span, 0), 1.3, 1e-12);
	assert_near(pairing_ratio(&s, fork, thread, reading_span, 1), 1.4, 1e-12);
	assert_near(pairing_ratio(&s, fork, thread, reading_span, 2), 1.6, 1e-12);
	assert_near(pairing_difference(&s, fork, thread, reading_span, 2), 60, 1e-9);
	summary_free(&s);
}

/* Over several kernels: the geometric mean of their ratios, in each invocation. */
static void test_means_are_of_the_ratios(void **state)
{
	(void)state;
	struct made m = {0};
	for (size_t run = 0; run < 3; run++) {
		put_block(&m, run, 1, "sort", 1.1);
		put_block(&m, run, 2, "primes", 1.3);
	}
	struct summary s = summarise(&m);
	const struct pairing p = {.suite = "scaling",
				  .a = "fork",
				  .b = "pthread",
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_span};
	size_t cases;
	struct estimate e = pairing_across(&s, &p, &cases);
	assert_int_equal(cases, 2);
	assert_near(e.value, sqrt(1.1 * 1.3), 1e-12);
	summary_free(&s);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_ratio_is_the_median_of_the_passes),
					   cmocka_unit_test(test_ratios_turn_over),
					   cmocka_unit_test(test_one_case_in_several_blocks),
					   cmocka_unit_test(test_passes_that_are_not_shared),
					   cmocka_unit_test(test_means_are_of_the_ratios)};
	return check_main(argc, argv, tests);
}
