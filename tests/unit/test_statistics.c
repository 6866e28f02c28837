/* Statistics against golden values from scipy 1.10.1 and from tables, and against their own properties. */
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "bench/base/random.h"
#include "bench/stats/statistics.h"

static void test_quantiles(void **state)
{
	(void)state;
	double x[] = {7, 1, 3, 5};
	assert_near(stat_median(x, 4), 4, 0);
	assert_near(stat_quantile(x, 4, 0.25), 2.5, 1e-12); /* numpy.quantile([1, 3, 5, 7], .25) */
	assert_near(stat_quantile(x, 4, 0), 1, 0);
	assert_near(stat_quantile(x, 4, 1), 7, 0);
	assert_true(isnan(stat_median(x, 0)));
}

/* Orders and coverages: scipy.stats.binom, as in David & Nagaraja 2003, section 7.1. */
static void test_orders_of_the_median_interval(void **state)
{
	(void)state;
	static const struct {
		size_t n, k;
		double coverage;
	} golden[] = {{2, 1, 0.5},       {5, 1, 0.9375},       {6, 1, 0.96875},
		      {8, 1, 0.9921875}, {10, 2, 0.978515625}, {20, 6, 0.95861053}};
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		double coverage;
		assert_int_equal(stat_median_order(golden[i].n, &coverage), golden[i].k);
		assert_near(coverage, golden[i].coverage, 5e-9);
	}
	double coverage;
	stat_median_order(1, &coverage);
	assert_near(coverage, 0, 0);
}

static void test_median_interval(void **state)
{
	(void)state;
	double x[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
	struct estimate e = stat_median_interval(x, 10);
	assert_near(e.value, 5.5, 0);
	assert_near(e.low, 2, 0);
	assert_near(e.high, 9, 0);
	assert_int_equal(e.n, 10);
}

/* Golden values: Python, with quantiles by bisection and ranks by listing (tests/cli/recompute/intervals.py).
 */
static void test_intervals_of_few(void **state)
{
	(void)state;
	static const struct {
		size_t n;
		enum interval_method method;
		double x[9], value, low, high, coverage;
	} golden[] = {
		{3,
		 INTERVAL_STUDENT_LOGS,
		 {1.1, 0.98, 1.03},
		 1.03,
		 0.896691257628643,
		 1.1958068992916295,
		 0.95},
		{5,
		 INTERVAL_STUDENT_LOGS,
		 {2.5, 1, 0.9, 1.3, 1.1},
		 1.1,
		 0.7642076046842294,
		 2.0883152847065536,
		 0.95},
		{7,
		 INTERVAL_WALSH,
		 {1.5, 1, 0.9, 1.3, 1.1, 0.95, 1.2},
		 1.1,
		 0.9486832980505138,
		 1.3416407864998738,
		 0.953125},
		{8, INTERVAL_WALSH, {1.5, 1, 0.9, 1.3, 1.1, 0.95, 1.2, 1.05}, 1.075, 0.95, 1.3, 0.9609375},
		{9, INTERVAL_ORDER, {9, 8, 7, 6, 5, 4, 3, 2, 1}, 5, 2, 8, 0.9609375},
		{4, INTERVAL_STUDENT, {9, -2, 4, 1}, 2.5, -4.463498152547285, 10.463498152547285, 0.95},
		{3, INTERVAL_STUDENT_LOGS, {7, 7, 7}, 7, 7, 7, 0.95}};
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		double x[9];
		memcpy(x, golden[i].x, sizeof x);
		struct estimate e = stat_interval(x, golden[i].n);
		assert_int_equal(e.method, golden[i].method);
		assert_near(e.value, golden[i].value, 1e-12);
		assert_near(e.low, golden[i].low, 1e-10);
		assert_near(e.high, golden[i].high, 1e-10);
		assert_near(e.coverage, golden[i].coverage, 1e-12);
	}
	struct estimate two = stat_interval((double[]){3, 5}, 2);
	assert_true(isnan(two.low) && isnan(two.high) && !stat_is_sure(&two) && two.method == INTERVAL_NONE);
	struct estimate e = stat_difference_interval((double[]){3, 9, 5}, 3);
	assert_int_equal(e.method, INTERVAL_STUDENT);
	assert_near(e.low, -1.9224994005268412, 1e-10);
}

/* What lies beyond the measured is known by its order alone. */
static void test_intervals_of_crossings(void **state)
{
	(void)state;
	struct estimate all = stat_crossing_interval((double[]){3, 9, 5}, 3);
	assert_int_equal(all.method, INTERVAL_STUDENT_LOGS);
	struct estimate beyond = stat_crossing_interval((double[]){3, STAT_BEYOND, 5}, 3);
	assert_true(!stat_is_sure(&beyond) && beyond.low == 3 && beyond.high == STAT_BEYOND);
	struct estimate before = stat_crossing_interval((double[]){3, 4, 5, 0, 6, 7}, 6);
	assert_true(stat_is_sure(&before) && before.low == 0 && before.high == 7);
}

/* A single value says nothing of how far another would lie: no interval, rather than one of no width. */
static void test_one_value_has_no_interval(void **state)
{
	(void)state;
	double x[] = {3};
	struct estimate e = stat_median_interval(x, 1);
	assert_near(e.value, 3, 0);
	assert_true(isnan(e.low) && isnan(e.high));
	assert_near(e.coverage, 0, 0);
}

static void test_scaling_scales_the_interval(void **state)
{
	(void)state;
	double x[15], y[15];
	uint64_t seed = 7;
	for (size_t i = 0; i < 15; i++) {
		x[i] = (double)(random_next(&seed) >> 40);
		y[i] = 8 * x[i];
	}
	struct estimate a = stat_median_interval(x, 15), b = stat_median_interval(y, 15);
	assert_near(b.value, 8 * a.value, 0);
	assert_near(b.low, 8 * a.low, 0);
	assert_near(b.high, 8 * a.high, 0);
}

/* Of 4000 intervals from n = 10 values, the true median lies in 97.85 %: within 4 standard errors. */
static void test_the_interval_covers_what_it_says(void **state)
{
	(void)state;
	uint64_t seed = 42;
	int inside = 0;
	for (int trial = 0; trial < 4000; trial++) {
		double x[10];
		for (size_t i = 0; i < 10; i++)
			x[i] = (double)(random_next(&seed) >> 11) * 0x1p-53;
		struct estimate e = stat_median_interval(x, 10);
		inside += e.low <= 0.5 && 0.5 <= e.high;
	}
	assert_near(inside / 4000.0, 0.978515625, 4 * sqrt(0.9785 * 0.0215 / 4000));
}

static void test_geometric_mean(void **state)
{
	(void)state;
	double x[] = {1, 2, 4};
	assert_near(stat_geomean(x, 3), 2, 1e-12);
	assert_true(isnan(stat_geomean(x, 0)));
}

static void test_a_shuffle_is_fair_and_repeats(void **state)
{
	(void)state;
	int first[4] = {0};
	for (uint64_t trial = 0; trial < 8000; trial++) {
		size_t a[4] = {0, 1, 2, 3}, b[4] = {0, 1, 2, 3};
		uint64_t s = trial, t = trial;
		random_shuffle(a, 4, &s);
		random_shuffle(b, 4, &t);
		assert_memory_equal(a, b, sizeof a);
		assert_int_equal(a[0] + a[1] + a[2] + a[3], 6);
		first[a[0]]++;
	}
	for (int i = 0; i < 4; i++)
		assert_in_range(first[i], 2000 - 4 * 39, 2000 + 4 * 39); /* binomial, 4 sigma */
}

/* Clopper and Pearson; 0 of 20 is 1 - 0.025^(1/20), 10 of 10 the mirror of 0 of 10. */
static void test_proportions(void **state)
{
	(void)state;
	double low, high;
	stat_proportion_interval(0, 20, &low, &high);
	assert_near(low, 0, 0);
	assert_near(high, 1 - pow(0.025, 1 / 20.0), 1e-12);
	stat_proportion_interval(10, 10, &low, &high);
	assert_near(low, pow(0.025, 1 / 10.0), 1e-12);
	assert_near(high, 1, 0);
	stat_proportion_interval(5, 10, &low,
				 &high); /* from sums of the binomial terms, in another language */
	assert_near(low, 0.18708602844739988, 1e-9);
	assert_near(high, 0.8129139715526002, 1e-9);
	stat_proportion_interval(0, 0, &low, &high);
	assert_near(high - low, 1, 0);
}

/* From the printed table of Fisher & Yates, to its digits; then from scipy.stats.t.sf. */
static void test_students_tail(void **state)
{
	(void)state;
	static const struct {
		double t;
		size_t freedom;
		double tail, within;
	} golden[] = {
		{12.706, 1, 0.025, 5e-5},
		{6.314, 1, 0.05, 5e-5},
		{4.303, 2, 0.025, 5e-5},
		{2.920, 2, 0.05, 5e-5},
		{3.182, 3, 0.025, 5e-5},
		{2.776, 4, 0.025, 5e-5},
		{2.571, 5, 0.025, 5e-5},
		{2.015, 5, 0.05, 5e-5},
		{4.032, 5, 0.005, 5e-5},
		{2.447, 6, 0.025, 5e-5},
		{1.812, 10, 0.05, 5e-5},
		{2.042, 30, 0.025, 5e-5},
		{1.984, 100, 0.025, 5e-5},
		{1, 1, 0.25, 1e-15},
		{1, 2, 0.5 - 0.28867513459481288, 1e-15}, /* 1 / (2 sqrt 3) */
		{0, 7, 0.5, 0},
	};
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		double tail = stat_student_tail(golden[i].t, golden[i].freedom);
		assert_near(tail, golden[i].tail, golden[i].within);
		assert_near(stat_student_tail(-golden[i].t, golden[i].freedom), 1 - tail, 1e-15);
	}
	assert_near(stat_student_tail(INFINITY, 4), 0, 0);
	assert_near(stat_student_tail(-INFINITY, 5), 1, 0);
}

/* Each tail is the integral of cos^(freedom - 1) from the angle on, by Simpson's rule. */
static void test_students_tail_is_its_integral(void **state)
{
	(void)state;
	for (size_t freedom = 1; freedom <= 40; freedom++)
		for (int power = 0; power < 9; power++) {
			double t = 0.3 * pow(1.7, power);
			double from = atan(t / sqrt((double)freedom)), part[2] = {0};
			for (int whole = 0; whole < 2; whole++) {
				double begin = whole ? 0 : from, step = (acos(0) - begin) / 2000;
				for (int i = 0; i <= 2000; i++)
					part[whole] += (i % 2000 == 0 ? 1
							: i % 2       ? 4
								      : 2) *
						       step / 3 *
						       pow(fmax(0, cos(begin + i * step)),
							   (double)(freedom - 1));
			}
			assert_near(stat_student_tail(t, freedom), part[0] / part[1] / 2, 1e-11);
		}
}

static void test_a_mean_beyond_a_bound(void **state)
{
	(void)state;
	double x[] = {1, 2, 3, 4, 5, 6}; /* mean 3.5, standard error 0.76376 */
	assert_near(stat_mean_exceeds(x, 6, 3.5 - 2.5705818 * sqrt(3.5 / 6)), 0.025, 1e-8);
	assert_near(stat_mean_exceeds(x, 6, 3.5), 0.5, 1e-15);
	assert_near(stat_mean_exceeds(x, 6, 3.5 + 2.5705818 * sqrt(3.5 / 6)), 0.975, 1e-8);
	assert_near(stat_mean_exceeds(x, 1, 0), 1, 0);
	double same[] = {2, 2, 2};
	assert_near(stat_mean_exceeds(same, 3, 1), 0, 0);
	assert_near(stat_mean_exceeds(same, 3, 2), 1, 0);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_orders_of_the_median_interval),
		cmocka_unit_test(test_median_interval),
		cmocka_unit_test(test_one_value_has_no_interval),
		cmocka_unit_test(test_intervals_of_few),
		cmocka_unit_test(test_intervals_of_crossings),
		cmocka_unit_test(test_scaling_scales_the_interval),
		cmocka_unit_test(test_the_interval_covers_what_it_says),
		cmocka_unit_test(test_geometric_mean),
		cmocka_unit_test(test_proportions),
		cmocka_unit_test(test_students_tail),
		cmocka_unit_test(test_students_tail_is_its_integral),
		cmocka_unit_test(test_a_mean_beyond_a_bound),
		cmocka_unit_test(test_a_shuffle_is_fair_and_repeats),
	};
	return check_main(argc, argv, tests);
}
