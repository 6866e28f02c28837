/* How many turns the cases of a gate's block get. */
#include "tests/unit/check.h"

#include <math.h>

#include "bench/regress/turn_plan.h"

#define MS 1e6

static double all_of(const struct turns_of_case *cases, size_t count)
{
	double ns = 0;
	for (size_t i = 0; i < count; i++)
		ns += (double)cases[i].turns * cases[i].turn_ns;
	return ns;
}

/* With time for all: pi / 2 (noise / aim)^2, from TURNS_LEAST to TURNS_MOST. */
static void test_the_aim_decides_where_there_is_time(void **state)
{
	(void)state;
	struct turns_of_case cases[] = {
		{0.01, 3 * MS, 0}, {0.03, 3 * MS, 0}, {0, 3 * MS, 0}, {NAN, 3 * MS, 0}, {1, 3 * MS, 0}};
	const size_t expected[] = {7, 57, TURNS_LEAST, TURNS_LEAST, TURNS_MOST};
	turn_plan(cases, 5, 0.005, 1e15);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(cases[i].turns, expected[i]);
}

/* Ten cases of 57 turns of 3 ms, and two of which one needs 7 and the other 3: the small ones have all that
 * they need, the others equal times, and together they keep within the block. */
static void test_who_needs_little_has_it_and_the_rest_shares(void **state)
{
	(void)state;
	struct turns_of_case cases[12];
	for (size_t i = 0; i < 12; i++)
		cases[i] = (struct turns_of_case){0.03, i % 2 ? 3 * MS : 6 * MS, 0};
	cases[4].noise = 0.01;
	cases[9].noise = 0.001;
	turn_plan(cases, 12, 0.005, 600 * MS);
	assert_int_equal(cases[4].turns, 7);
	assert_int_equal(cases[9].turns, TURNS_LEAST);
	assert_true(all_of(cases, 12) <= 600 * MS);
	assert_true(all_of(cases, 12) > 540 * MS); /* less than a turn of each is left */
	for (size_t i = 0; i < 12; i++)
		if (i != 4 && i != 9)
			assert_int_equal(cases[i].turns, cases[i % 2].turns);
	assert_int_equal(cases[1].turns / 2, cases[0].turns);
}

/* A block takes longer than it may rather than have nothing of a case. */
static void test_the_least_is_never_refused(void **state)
{
	(void)state;
	struct turns_of_case cases[] = {{0.03, 3 * MS, 0}, {0.03, 100 * MS, 0}};
	turn_plan(cases, 2, 0.005, 1);
	assert_int_equal(cases[0].turns, TURNS_LEAST);
	assert_int_equal(cases[1].turns, TURNS_LEAST);
	turn_plan(cases, 2, 0.005, -1e9);
	assert_int_equal(cases[1].turns, TURNS_LEAST);
	turn_plan(cases, 0, 0.005, 0);
}

/* 1.4826 times the median of 3, 1, 0, 1, 97: what is far out counts once. */
static void test_noise_by_the_middle_half(void **state)
{
	(void)state;
	double x[] = {6, 2, 4, 5, 102}, one[] = {0.3};
	assert_near(turn_noise(x, 5), 1.4826, 1e-12);
	assert_near(turn_noise(one, 1), 0, 0);
	assert_true(isnan(turn_noise(x, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_aim_decides_where_there_is_time),
		cmocka_unit_test(test_who_needs_little_has_it_and_the_rest_shares),
		cmocka_unit_test(test_the_least_is_never_refused),
		cmocka_unit_test(test_noise_by_the_middle_half),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
