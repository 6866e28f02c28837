/* What a gate finds, and how often it is wrong, on made-up noise with a fixed seed. */
#include "tests/unit/check.h"

#include "bench/base/random.h"
#include "bench/regress/compare_case.h"
#include "bench/regress/detectable.h"
#include "bench/regress/gate.h"
#include "bench/stats/ranks.h"

enum { BLOCKS = 400, CASES = 100, GATES = 300 };

static double normal(uint64_t *state)
{
	double sum = -6; /* of twelve uniform ones: variance 1 */
	for (int i = 0; i < 12; i++)
		sum += (double)(random_next(state) >> 11) * 0x1p-53;
	return sum;
}

static void make_noise(double *d, size_t n, double sigma, uint64_t seed)
{
	for (size_t i = 0; i < n; i++)
		d[i] = sigma * normal(&seed);
}

static double smallest(double sigma, double margin, size_t comparisons)
{
	static double d[BLOCKS];
	struct detectable power = {
		.alpha = 0.01, .margin = margin, .comparisons = comparisons, .second = 1, .seed = 1};
	double slowdown;
	make_noise(d, BLOCKS, sigma, 11);
	assert_int_equal(detectable_slowdown(&power, d, BLOCKS, &slowdown), 0);
	return slowdown;
}

/* 3 % above the margin is found at a noise of 2 %, and it is not claimed for nothing. */
static void test_what_is_found(void **state)
{
	(void)state;
	double found = smallest(0.02, 0.02, CASES);
	assert_true(found > 0.035 && found < 0.05);
	double formula = compare_seen(0.02 / sqrt(GATE_BLOCKS_2), gate_level(0.01, CASES), 0.95, 0.02);
	assert_true(fabs(found - formula) < 0.01);
}

static void test_noise_margins_and_many_cases_hide(void **state)
{
	(void)state;
	assert_true(smallest(0.01, 0.02, CASES) < smallest(0.02, 0.02, CASES));
	assert_true(smallest(0.02, 0, CASES) < smallest(0.02, 0.02, CASES));
	assert_true(smallest(0.02, 0.02, 1) < smallest(0.02, 0.02, CASES));
	assert_true(isnan(smallest(2, 0.02, CASES)));
}

/* Where stage 2 has half the noise it is stage 1 that decides, and not the other way round. */
static void test_stage_2_may_be_sharper(void **state)
{
	(void)state;
	static double d[BLOCKS];
	struct detectable power = {
		.alpha = 0.01, .margin = 0.02, .comparisons = CASES, .second = 0.5, .seed = 1};
	double slowdown;
	make_noise(d, BLOCKS, 0.02, 11);
	assert_int_equal(detectable_slowdown(&power, d, BLOCKS, &slowdown), 0);
	assert_true(slowdown < smallest(0.02, 0.02, CASES) - 0.004);
	assert_true(slowdown > compare_seen(0.01 / sqrt(GATE_BLOCKS_2), gate_level(0.01, CASES), 0.9, 0.02));
}

/* One is the other's inverse. */
static void test_error_to_see(void **state)
{
	(void)state;
	double error = compare_error_to_see(0.03, 0.025, 0.975, 0.02);
	assert_near(compare_seen(error, 0.025, 0.975, 0.02), 0.03, 1e-12);
	assert_near(error, (log(1.03) - log(1.02)) / (1.02 * 2 * 1.959963984540054), 1e-8);
}

static void test_too_few_blocks(void **state)
{
	(void)state;
	double d[GATE_BLOCKS_1 + GATE_BLOCKS_2] = {0}, slowdown;
	struct detectable power = {.alpha = 0.01, .margin = 0.02, .comparisons = 1, .second = 1};
	assert_int_equal(detectable_slowdown(&power, d, 29, &slowdown), 0);
	assert_true(isnan(slowdown));
	assert_int_equal(detectable_slowdown(&power, d, 30, &slowdown), 0);
	assert_near(slowdown, 0.02, 0.002); /* without noise all above the margin is found */
}

static bool is_red(uint64_t *random, double margin)
{
	double first[GATE_BLOCKS_1], second[GATE_BLOCKS_2];
	struct rank_test t;
	for (size_t i = 0; i < GATE_BLOCKS_1; i++)
		first[i] = 0.02 * normal(random);
	for (size_t i = 0; i < GATE_BLOCKS_2; i++)
		second[i] = 0.02 * normal(random);
	assert_int_equal(rank_signed(first, GATE_BLOCKS_1, 0, &t), 0);
	if (t.p > GATE_SUSPICION)
		return false;
	assert_int_equal(rank_signed(second, GATE_BLOCKS_2, log1p(margin), &t), 0);
	return t.p <= gate_level(0.01, CASES);
}

static size_t red_gates(double margin)
{
	uint64_t random = 17;
	size_t red = 0;
	for (int gate = 0; gate < GATES; gate++) {
		bool any = false;
		for (int i = 0; i < CASES; i++)
			any |= is_red(&random, margin);
		red += any;
	}
	return red;
}

/* With the margin none; without, no more than alpha of 0.01 allows (P(more than 9 of 300) is under 0.001). */
static void test_clean_gates(void **state)
{
	(void)state;
	assert_int_equal(red_gates(0.02), 0);
	size_t red = red_gates(0);
	assert_true(red >= 1 && red <= 9);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_found),
		cmocka_unit_test(test_noise_margins_and_many_cases_hide),
		cmocka_unit_test(test_stage_2_may_be_sharper),
		cmocka_unit_test(test_error_to_see),
		cmocka_unit_test(test_too_few_blocks),
		cmocka_unit_test(test_clean_gates),
	};
	return check_main(argc, argv, tests);
}
