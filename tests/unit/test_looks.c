/* How often a claim that looks at 18 cases names one by chance, and that it still finds what there is. */
#include "tests/unit/check.h"

#include "bench/base/random.h"
#include "bench/claims/looks.h"

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

/* ---- the verdict on one ratio ---- */

enum { TRUTHS = 14, RUNS_MADE = 1000 };

/* Shares of the runs that come to each verdict. */
struct verdicts {
	double more, not_more, alike;
};

static struct verdicts verdicts_of(noise *make, double sd, size_t n, double truth, uint64_t *seed)
{
	struct verdicts v = {0};
	for (int run = 0; run < RUNS_MADE; run++) {
		double x[INVOCATIONS * 2];
		for (size_t i = 0; i < n; i++)
			x[i] = truth * exp(make(seed) * sd / 0.05);
		const struct estimate e = stat_median_interval(x, n);
		v.more += pairing_is_more(&e) / (double)RUNS_MADE;
		v.alike += pairing_is_alike(&e) / (double)RUNS_MADE;
		v.not_more += (pairing_is_not_more(&e) && !pairing_is_alike(&e)) / (double)RUNS_MADE;
	}
	return v;
}

/*
 * Whatever the truth and the noise: of two runs hardly ever one says "holds" and the other "does not hold",
 * or "no difference that matters"; each by itself is wrong no more often than its interval.
 */
static void test_verdicts_do_not_contradict(void **state)
{
	(void)state;
	static const double truths[TRUTHS] = {0.8,  0.9,  0.95, 0.97, 1,   1.01, 1.02,
					      1.03, 1.04, 1.05, 1.06, 1.1, 1.2,  1.5};
	static const double sds[] = {0.01, 0.03, 0.06, 0.1};
	noise *const noises[] = {quiet, busy};
	double against = 0, and_alike = 0, more_at_1 = 0, not_more_at_margin = 0, alike_at_margin = 0;
	uint64_t seed = 20;
	for (size_t i = 0; i < (size_t)TRUTHS * 4 * 2 * 2; i++) {
		double truth = truths[i % TRUTHS], sd = sds[i / TRUTHS % 4];
		size_t n = i / TRUTHS / 4 % 2 ? 10 : 7;
		struct verdicts v = verdicts_of(noises[i / TRUTHS / 8], sd, n, truth, &seed);
		against = fmax(against, 2 * v.more * v.not_more);
		and_alike = fmax(and_alike, 2 * v.more * v.alike);
		more_at_1 = truth <= 1 ? fmax(more_at_1, v.more) : more_at_1;
		if (truth >= 1.05) {
			not_more_at_margin = fmax(not_more_at_margin, v.not_more);
			alike_at_margin = fmax(alike_at_margin, v.alike);
		}
	}
	print_message("the worst truth and noise: two runs contradict in %.4f (holds, does not hold), %.4f "
		      "(holds, no difference); wrong: holds %.4f, does not hold %.4f, no difference %.4f\n",
		      against, and_alike, more_at_1, not_more_at_margin, alike_at_margin);
	assert_true(against < 0.02);
	assert_true(and_alike < 0.04);
	assert_true(more_at_1 < AT_MOST && not_more_at_margin < AT_MOST && alike_at_margin < AT_MOST);
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
		cmocka_unit_test(test_verdicts_do_not_contradict),
		cmocka_unit_test(test_few_invocations_are_no_look),
	};
	return check_main(argc, argv, tests);
}
