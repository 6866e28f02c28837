/* How often a claim that looks at 18 cases names one by chance, and that it still finds what there is. */
#include "tests/check.h"

#include "bench/looks.h"
#include "bench/random.h"

enum { CASES = 18, INVOCATIONS = 6, CLAIMS_MADE = 2000 };

static double uniform(uint64_t *state)
{
	return (double)(random_next(state) >> 11) * 0x1p-53;
}

static double normal(uint64_t *state)
{
	double sum = -6; /* of twelve uniform ones: variance 1 */
	for (int i = 0; i < 12; i++)
		sum += uniform(state);
	return sum;
}

/* ln of the ratio of one invocation. */
typedef double noise(uint64_t *state);

static double quiet(uint64_t *state)
{
	return 0.05 * normal(state);
}

/* Two sides; in a tenth of the invocations one of them runs while the host is busy: 1.2 to 3 times as long.
 */
static double busy(uint64_t *state)
{
	double log_ratio = 0.02 * normal(state);
	for (int side = -1; side <= 1; side += 2)
		if (uniform(state) < 0.1)
			log_ratio += side * log(1.2 + 1.8 * uniform(state));
	return log_ratio;
}

struct rates {
	double corrected, uncorrected, by_interval; /* shares of the claims that name any case */
	double found;                               /* … that name the first one as more */
};

/* `first`: the true ratio of the first case; `others`: that of all others. */
static struct rates rates_of(noise *make, double first, double others)
{
	struct rates rates = {0};
	uint64_t seed = 19;
	for (int claim = 0; claim < CLAIMS_MADE; claim++) {
		struct look look[CASES];
		bool raw = false, any = false, interval = false;
		for (size_t k = 0; k < CASES; k++) {
			double x[INVOCATIONS];
			for (size_t i = 0; i < INVOCATIONS; i++)
				x[i] = (k ? others : first) * exp(make(&seed));
			look[k] = look_make(x, INVOCATIONS);
			raw |= look_is_more(&look[k]) || look_is_less(&look[k]);
			interval |= pairing_is_marked(&look[k].ratio);
		}
		assert_int_equal(looks_correct(look, CASES), 0);
		for (size_t k = 0; k < CASES; k++)
			any |= look_is_more(&look[k]) || look_is_less(&look[k]);
		rates.corrected += any / (double)CLAIMS_MADE;
		rates.uncorrected += raw / (double)CLAIMS_MADE;
		rates.by_interval += interval / (double)CLAIMS_MADE;
		rates.found += look_is_more(&look[0]) / (double)CLAIMS_MADE;
	}
	return rates;
}

/* 5 %, and three standard errors of 2000 claims. */
#define AT_MOST (0.05 + 3 * sqrt(0.05 * 0.95 / CLAIMS_MADE))

static void test_noise_is_not_named(void **state)
{
	(void)state;
	struct rates of_quiet = rates_of(quiet, 1, 1), of_busy = rates_of(busy, 1, 1);
	print_message("named by chance: of lognormal noise %.4f (by each case's interval %.4f), of a busy "
		      "host's %.4f (%.4f)\n",
		      of_quiet.corrected, of_quiet.by_interval, of_busy.corrected, of_busy.by_interval);
	assert_true(of_quiet.corrected <= AT_MOST);
	assert_true(of_busy.corrected <= AT_MOST);
	assert_true(of_quiet.by_interval > AT_MOST); /* the rule of before: this is what is corrected */
}

/* The hardest case: all differ by just the 5 % that are too few to name. */
static void test_the_margin_is_not_named(void **state)
{
	(void)state;
	struct rates at_margin = rates_of(quiet, 1.05, 1.05);
	print_message("named at the margin: %.4f, without correction %.4f\n", at_margin.corrected,
		      at_margin.uncorrected);
	assert_true(at_margin.corrected <= AT_MOST);
	assert_true(at_margin.uncorrected > 0.3);
}

static void test_a_difference_is_named(void **state)
{
	(void)state;
	struct rates found = rates_of(quiet, 1.4, 1);
	print_message("40 %% more among 17 that are alike: named in %.4f\n", found.found);
	assert_true(found.found > 0.9);
}

static void test_few_invocations_are_no_look(void **state)
{
	(void)state;
	double two[] = {2, 2.1}, three[] = {2, 2.01, 2.02}, four[] = {0.5, 0.49, 0.51, 0.5};
	struct look look[] = {look_make(two, 2), look_make(three, 3), look_make(four, 4), look_make(NULL, 0)};
	assert_int_equal(looks_correct(look, 4), 0);
	assert_false(look_is_more(&look[0]) || look_is_less(&look[0]) || look_is_more(&look[3]));
	assert_true(look_is_more(&look[1]) && !look_is_less(&look[1]));
	assert_true(look_is_less(&look[2]) && !look_is_more(&look[2]));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_noise_is_not_named),
		cmocka_unit_test(test_the_margin_is_not_named),
		cmocka_unit_test(test_a_difference_is_named),
		cmocka_unit_test(test_few_invocations_are_no_look),
	};
	return check_main(argc, argv, tests);
}
