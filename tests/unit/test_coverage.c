/*
 * An interval of 95 % has to cover as often, also of three to five invocations: on recorded runs, where the
 * intervals of subsets are to cover the median of all, and by simulation of noise with heavy tails.
 */
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/random.h"
#include "bench/samples/pairing.h"

#define LEAST_COVERAGE 0.93

enum { INVOCATIONS_MAX = 16, SUBSET_LEAST = 3, SUBSET_MOST = 5, SEED = 20 };

/* ---- recorded ---- */

struct tally {
	size_t comparisons, covered, tried;
};

/* The intervals of all subsets of n of the ratios, against the median of all. */
static void try_subsets(const double *ratio, size_t count, size_t n, struct tally *tally)
{
	double all[INVOCATIONS_MAX];
	memcpy(all, ratio, count * sizeof *all);
	double median = stat_median(all, count);
	for (unsigned set = 0; set < 1u << count; set++) {
		double x[INVOCATIONS_MAX];
		size_t k = 0;
		if ((size_t)__builtin_popcount(set) != n)
			continue;
		for (size_t i = 0; i < count; i++)
			if (set & 1u << i)
				x[k++] = ratio[i];
		struct estimate e = stat_interval(x, n);
		assert_near(e.coverage, 0.95, 0);
		tally->covered += e.low <= median && median <= e.high;
		tally->tried++;
	}
}

static void try_comparison(const double *ratio, size_t count, struct tally tally[static SUBSET_MOST + 1])
{
	for (size_t n = SUBSET_LEAST; n <= SUBSET_MOST && n < count; n++) {
		try_subsets(ratio, count, n, &tally[n]);
		tally[n].comparisons++;
	}
}

static void check(const char *what, const struct tally tally[static SUBSET_MOST + 1], size_t comparisons)
{
	for (size_t n = SUBSET_LEAST; n <= SUBSET_MOST; n++) {
		double share = (double)tally[n].covered / (double)tally[n].tried;
		print_message("%s, %zu invocations: %.1f %% of %zu intervals in %zu comparisons\n", what, n,
			      100 * share, tally[n].tried, tally[n].comparisons);
		assert_true(tally[n].comparisons >= comparisons);
		if (!(share >= LEAST_COVERAGE))
			fail_msg("%s: intervals of %zu cover %.3f", what, n, share);
	}
}

static void test_subsets_of_the_example(void **state)
{
	(void)state;
	static const char *const suites[] = {"scaling", "lifecycle", "switch", "channel", "contention"};
	reading *const readings[] = {reading_span, reading_wall};
	struct tally tally[SUBSET_MOST + 1] = {0};
	struct samples samples;
	struct summary s;
	char why[256];
	assert_int_equal(samples_read(TESTS_DIR "/../docs/example/samples.csv", &samples, why, sizeof why),
			 0);
	assert_int_equal(summary_make(&samples, &s), 0);
	assert_true(s.run_count <= INVOCATIONS_MAX);
	for (size_t k = 0; k < sizeof suites / sizeof *suites; k++)
		for (size_t i = 0; i < 2 * s.count; i++) {
			const struct pairing p = {.suite = suites[k],
						  .a = "fork",
						  .b = "pthread",
						  .ballast = PAIRING_ANY_BALLAST};
			const struct case_summary *c = &s.cases[i / 2],
						  *other = pairing_counterpart(&s, &p, c);
			double x[INVOCATIONS_MAX];
			size_t n = 0;
			for (size_t r = 0; other && r < s.run_count; r++) {
				x[n] = pairing_ratio(&s, c, other, readings[i % 2], r);
				n += isfinite(x[n]) != 0;
			}
			try_comparison(x, n, tally);
		}
	check("example", tally, 50); /* most of breadth is in three invocations */
	summary_free(&s);
	samples_free(&samples);
}

/* Processes over threads, of three runs of a machine with 16 cores. */
static void test_subsets_of_a_larger_machine(void **state)
{
	(void)state;
	struct tally tally[SUBSET_MOST + 1] = {0};
	char line[512];
	FILE *file = fopen(TESTS_DIR "/recorded/xeon-16.csv", "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file)); /* the head */
	while (fgets(line, sizeof line, file)) {
		double x[INVOCATIONS_MAX];
		size_t n = 0, column = 0;
		for (const char *field = strtok(line, ","); field; field = strtok(NULL, ","))
			if (column++ >= 5 && n < INVOCATIONS_MAX)
				x[n++] = strtod(field, NULL);
		try_comparison(x, n, tally);
	}
	fclose(file);
	check("16 cores", tally, 100);
}

/* ---- simulated: logarithms of what an invocation comes to ---- */

static double uniform(uint64_t *seed)
{
	return ((double)(random_next(seed) >> 11) + 0.5) / 0x1p53;
}

static double normal(uint64_t *seed)
{
	return sqrt(-2 * log(uniform(seed))) * cos(6.28318530717958648 * uniform(seed));
}

static double student(uint64_t *seed, int freedom)
{
	double squares = 0;
	for (int i = 0; i < freedom; i++) {
		double x = normal(seed);
		squares += x * x;
	}
	return normal(seed) / sqrt(squares / freedom);
}

static double two_degrees(uint64_t *seed)
{
	return 0.02 * student(seed, 2);
}

static double three_degrees(uint64_t *seed)
{
	return 0.02 * student(seed, 3);
}

/* A time that bursts of the host prolong, in one invocation of five: noise only adds. */
static double burst(uint64_t *seed)
{
	double quiet = 0.01 * normal(seed);
	return uniform(seed) < 0.2 ? quiet - 0.3 * log(uniform(seed)) : quiet;
}

static double ratio_of_bursts(uint64_t *seed)
{
	return burst(seed) - burst(seed);
}

/* Skewed even by its logarithm. */
static double log_normal(uint64_t *seed)
{
	return 0.02 * exp(0.5 * normal(seed));
}

enum { POPULATION = 200001, TRIALS = 20000 };

static double median_of(double (*draw)(uint64_t *))
{
	double *x = calloc(POPULATION, sizeof *x);
	uint64_t seed = SEED;
	assert_non_null(x);
	for (size_t i = 0; i < POPULATION; i++)
		x[i] = draw(&seed);
	double median = stat_median(x, POPULATION);
	free(x);
	return median;
}

static double coverage(double (*draw)(uint64_t *), size_t n, double median)
{
	size_t covered = 0;
	uint64_t seed = SEED + n;
	for (size_t i = 0; i < TRIALS; i++) {
		double x[INVOCATIONS_MAX];
		for (size_t k = 0; k < n; k++)
			x[k] = exp(draw(&seed));
		struct estimate e = stat_interval(x, n);
		assert_true(e.low <= e.value && e.value <= e.high && stat_is_sure(&e));
		covered += log(e.low) <= median && median <= log(e.high);
	}
	return (double)covered / TRIALS;
}

static void test_heavy_tails(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		double (*draw)(uint64_t *);
	} noise[] = {{"normal", normal},
		     {"t, 3 degrees of freedom", three_degrees},
		     {"t, 2 degrees of freedom", two_degrees},
		     {"bursts in one time", burst},
		     {"bursts in two times, their ratio", ratio_of_bursts},
		     {"log-normal", log_normal}};
	for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) {
		double median = median_of(noise[i].draw);
		print_message("%-33s", noise[i].name);
		for (size_t n = STAT_INTERVAL_LEAST; n <= 10; n++) {
			double share = coverage(noise[i].draw, n, median);
			print_message(" %zu: %.1f %%", n, 100 * share);
			if (!(share >= LEAST_COVERAGE))
				fail_msg("%s: intervals of %zu cover %.3f", noise[i].name, n, share);
		}
		print_message("\n");
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_subsets_of_the_example),
					   cmocka_unit_test(test_subsets_of_a_larger_machine),
					   cmocka_unit_test(test_heavy_tails)};
	return check_main(argc, argv, tests);
}
