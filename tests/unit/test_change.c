/*
 * Pettitt's test against values computed by hand and against its definition; then what binary segmentation
 * has to find, what it must not, and its level by simulation.
 */
#include "tests/unit/check.h"

#include <stdlib.h>

#include "bench/base/random.h"
#include "bench/stats/change.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Uniform, 0 … 1. */
static double draw(uint64_t *seed)
{
	return (double)(random_next(seed) >> 11) * 0x1p-53;
}

/* Levels of `steps` values each, with noise of `noise` to both sides. */
static void make(double *x, size_t n, const double *level, size_t step, double noise, uint64_t seed)
{
	for (size_t i = 0; i < n; i++)
		x[i] = level[i / step] * (1 + noise * (2 * draw(&seed) - 1));
}

static void test_by_hand(void **state)
{
	(void)state;
	/* Each of the first t lies below each of the others: U_t = -t (8 - t), the most at 4. */
	static const double rising[] = {1, 2, 3, 4, 5, 6, 7, 8};
	/* The sums of sgn are -5 -5 -5 2 -1 6 2 6: U_3 = -15, U_4 = -13, U_5 = -14; 3 is too near the end. */
	static const double tied[] = {1, 1, 1, 3, 2, 4, 3, 4};
	struct pettitt t = change_pettitt(rising, COUNT(rising));
	assert_near(t.k, 16, 0);
	assert_int_equal(t.at, 4);
	assert_near(t.p, 2 * exp(-6.0 * 256 / 576), 1e-15);
	t = change_pettitt(tied, COUNT(tied));
	assert_near(t.k, 13, 0);
	assert_int_equal(t.at, 4);
	assert_near(t.p, 2 * exp(-6.0 * 169 / 576), 1e-15);
}

/* U_t as it is written. */
static double defined(const double *x, size_t n, size_t t)
{
	double u = 0;
	for (size_t i = 0; i < t; i++)
		for (size_t j = t; j < n; j++)
			u += (x[i] > x[j]) - (x[i] < x[j]);
	return fabs(u);
}

static void test_the_definition(void **state)
{
	(void)state;
	uint64_t seed = 1;
	for (size_t trial = 0; trial < 50; trial++) {
		double x[30], k = 0;
		size_t n = 8 + trial % 23, at = 0;
		for (size_t i = 0; i < n; i++)
			x[i] = floor(draw(&seed) * (trial % 2 ? 1e9 : 5)); /* 5: many ties */
		for (size_t t = CHANGE_LEAST; t + CHANGE_LEAST <= n; t++)
			if (defined(x, n, t) > k) {
				k = defined(x, n, t);
				at = t;
			}
		struct pettitt test = change_pettitt(x, n);
		assert_near(test.k, k, 0);
		assert_int_equal(test.at, at);
	}
}

static void test_steps(void **state)
{
	(void)state;
	static const double levels[] = {100, 120, 90};
	double x[90];
	struct change *change;
	size_t count;
	make(x, 90, levels, 30, 0.01, 7);
	assert_int_equal(change_find(x, 90, 0.001, 0.02, &change, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(change[0].at, 30);
	assert_int_equal(change[1].at, 60);
	for (size_t i = 0; i < 2; i++) {
		assert_near(change[i].before, levels[i], 1);
		assert_near(change[i].after, levels[i + 1], 1);
		assert_true(change[i].p <= 0.001);
	}
	free(change);
}

/* The test's own place would be too near to the middle. */
static void test_the_place(void **state)
{
	(void)state;
	for (size_t at = 10; at <= 50; at++) {
		double x[60];
		struct change *change;
		size_t count;
		uint64_t seed = at;
		for (size_t i = 0; i < COUNT(x); i++)
			x[i] = (i < at ? 100 : 90) * (1 + 0.02 * (2 * draw(&seed) - 1));
		assert_int_equal(change_find(x, COUNT(x), 0.01, 0.02, &change, &count), 0);
		assert_int_equal(count, 1);
		assert_int_equal(change[0].at, at);
		free(change);
	}
}

/* Significant, but too small to be worth a word; a step beside it stays. */
static void test_the_margin(void **state)
{
	(void)state;
	static const double levels[] = {100, 101, 110};
	double x[60];
	struct change *change;
	size_t count;
	make(x, 60, levels, 20, 0.001, 3);
	assert_int_equal(change_find(x, 60, 0.01, 0, &change, &count), 0);
	assert_int_equal(count, 2);
	free(change);
	assert_int_equal(change_find(x, 60, 0.01, 0.02, &change, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(change[0].at, 40);
	assert_near(change[0].before, 100.5, 0.6);
	free(change);
	assert_near(change_size(1, 2), change_size(2, 1), 1e-15);
	assert_true(isinf(change_size(0, 1)));
	assert_near(change_size(0, 0), 0, 0);
}

static void test_nothing(void **state)
{
	(void)state;
	double x[200] = {0};
	struct change *change;
	size_t count;
	for (size_t n = 0; n < COUNT(x); n += n < 10 ? 1 : 50) {
		assert_int_equal(change_find(x, n, 0.5, 0, &change, &count), 0);
		assert_int_equal(count, 0);
		assert_null(change);
	}
	/* Short series cannot be split, whatever they hold. */
	static const double few[] = {1, 1, 1, 9, 9, 9, 9};
	assert_int_equal(change_find(few, COUNT(few), 0.5, 0, &change, &count), 0);
	assert_int_equal(count, 0);
}

static void test_the_level_holds(void **state)
{
	(void)state;
	uint64_t seed = 42;
	int found = 0;
	for (int trial = 0; trial < 200; trial++) {
		double x[50];
		struct change *change;
		size_t count;
		for (size_t i = 0; i < COUNT(x); i++)
			x[i] = 1 + draw(&seed);
		assert_int_equal(change_find(x, COUNT(x), 0.05, 0, &change, &count), 0);
		found += count > 0;
		free(change);
	}
	if (found > 10)
		fail_msg("%d of 200 series of noise change at 0.05", found);
	if (!found)
		fail_msg("no series of noise changes at 0.05: the test sees nothing");
}

static void test_symmetry_and_scale(void **state)
{
	(void)state;
	static const double levels[] = {10, 11, 14};
	double x[60], back[60], scaled[60];
	struct change *a, *b, *c;
	size_t n, m, o;
	make(x, 60, levels, 20, 0.01, 11);
	for (size_t i = 0; i < 60; i++) {
		back[i] = x[59 - i];
		scaled[i] = 1e6 * x[i];
	}
	assert_near(change_pettitt(x, 60).k, change_pettitt(back, 60).k, 0);
	assert_int_equal(change_find(x, 60, 0.01, 0.02, &a, &n), 0);
	assert_int_equal(change_find(back, 60, 0.01, 0.02, &b, &m), 0);
	assert_int_equal(change_find(scaled, 60, 0.01, 0.02, &c, &o), 0);
	assert_int_equal(n, 2);
	assert_int_equal(m, 2);
	assert_int_equal(o, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(a[i].at, 60 - b[1 - i].at);
		assert_near(a[i].before, b[1 - i].after, 0);
		assert_int_equal(a[i].at, c[i].at);
		assert_near(a[i].p, c[i].p, 0);
		assert_near(1e6 * a[i].after, c[i].after, 1e-6);
	}
	free(a);
	free(b);
	free(c);
}

static void test_values_needed(void **state)
{
	(void)state;
	size_t n = change_values_needed(0.01);
	double x[64];
	for (size_t i = 0; i < COUNT(x); i++)
		x[i] = i >= n / 2;
	assert_in_range(n, 9, 20);
	assert_true(change_pettitt(x, n).p <= 0.01);
	for (size_t i = 0; i < COUNT(x); i++)
		x[i] = i >= (n - 1) / 2;
	assert_true(change_pettitt(x, n - 1).p > 0.01);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),         cmocka_unit_test(test_the_definition),
		cmocka_unit_test(test_steps),           cmocka_unit_test(test_the_place),
		cmocka_unit_test(test_the_margin),      cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_the_level_holds), cmocka_unit_test(test_symmetry_and_scale),
		cmocka_unit_test(test_values_needed),
	};
	return check_main(argc, argv, tests);
}
