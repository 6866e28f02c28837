/* Which virtual CPUs share a physical core: the rule on recorded slowdowns, the choice of pairs, and the
 * words. */
#include "tests/unit/check.h"

#include <math.h>
#include <string.h>

#include "bench/machine/neighbours.h"

static void test_the_rule_on_recorded_slowdowns(void **state)
{
	static const struct {
		struct slowdown slowdown;
		enum neighbours verdict;
	} known[] = {
		/* 16 virtual CPUs of 8 cores: vector work gained 7 to 9 times of 16, a dependent chain 15
		   times. */
		{{16 / 9.0, 16 / 15.0}, NEIGHBOURS_SHARE},
		{{16 / 7.0, 16 / 15.0}, NEIGHBOURS_SHARE},
		/* Two cores of their own. */
		{{1.00, 1.00}, NEIGHBOURS_APART},
		{{1.10, 1.04}, NEIGHBOURS_APART}, /* a clock that falls as more cores work */
		{{0.97, 0.99}, NEIGHBOURS_APART},
		/* Another program on one of the two: both chains wait for their unit. */
		{{2.1, 2.0}, NEIGHBOURS_UNKNOWN},
		{{1.0, 1.9}, NEIGHBOURS_UNKNOWN},
		/* Between. */
		{{1.38, 1.02}, NEIGHBOURS_UNKNOWN},
		{{INFINITY, 1}, NEIGHBOURS_UNKNOWN},
		{{2, NAN}, NEIGHBOURS_UNKNOWN},
		{{0, 0}, NEIGHBOURS_UNKNOWN},
	};
	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (neighbours_judge(known[i].slowdown) != known[i].verdict)
			fail_msg("%.2f and %.2f: %d, not %d", known[i].slowdown.vector,
				 known[i].slowdown.scalar, (int)neighbours_judge(known[i].slowdown),
				 (int)known[i].verdict);
}

/* Of how hosts number the two units of a core: side by side, or half of all apart. */
static size_t count_layout(const struct unit_pair *pair, size_t n, uint32_t apart)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += pair[i].b - pair[i].a == apart && (apart > 1 || pair[i].a % 2 == 0);
	return count;
}

static void test_pairs_are_bounded_and_cover_both_layouts(void **state)
{
	struct unit_pair pair[NEIGHBOURS_PAIRS_MAX];
	(void)state;
	for (uint32_t units = 0; units <= 1024; units++) {
		size_t n = neighbours_choose(units, pair);
		size_t each = units / 2 < NEIGHBOURS_PAIRS_MAX / 2 ? units / 2 : NEIGHBOURS_PAIRS_MAX / 2;
		assert_true(n <= NEIGHBOURS_PAIRS_MAX);
		for (size_t i = 0; i < n; i++) {
			assert_true(pair[i].a < pair[i].b && pair[i].b < units);
			for (size_t k = 0; k < i; k++)
				assert_true(pair[k].a != pair[i].a || pair[k].b != pair[i].b);
		}
		if (units <= NEIGHBOURS_ALL_UNITS) {
			assert_int_equal(n, units ? units * (units - 1) / 2 : 0);
			continue;
		}
		assert_int_equal(count_layout(pair, n, 1), each);
		assert_int_equal(count_layout(pair, n, units / 2), each);
	}
}

static void check_words(const struct neighbourhood *found, const char *wanted)
{
	char text[256];
	neighbours_tell(found, text, sizeof text);
	assert_string_equal(text, wanted);
}

static void test_words(void **state)
{
	struct neighbourhood many = {.tried = 64, .shared = 40, .most = {2, 1}};
	char text[256], few[20];
	(void)state;
	check_words(&(struct neighbourhood){0}, "there are no two cores to try");
	check_words(&(struct neighbourhood){.tried = 1}, "none in 1 pair tried");
	check_words(
		&(struct neighbourhood){.tried = 28, .unknown = 3, .most = {1.35, 1.3}},
		"cannot tell for 3 of 28 pairs tried: side by side vector work takes up to 1.35× as long, a "
		"dependent chain 1.30×");
	check_words(&(struct neighbourhood){.tried = 28,
					    .unknown = 1,
					    .shared = 2,
					    .pair = {{0, 1}, {2, 3}},
					    .most = {1.95, 1.031}},
		    "0+1, 2+3 share a core (28 pairs tried; side by side vector work takes 1.95× as long, a "
		    "dependent chain 1.03×)");
	for (int i = 0; i < 40; i++) {
		many.pair[i].a = 1000 + i;
		many.pair[i].b = 2000 + i;
	}
	neighbours_tell(&many, text, sizeof text);
	assert_non_null(strstr(text, "1015+2015 and 24 more share a core (64 pairs"));
	neighbours_tell(&many, few, sizeof few); /* cut, and ended */
	assert_int_equal(strlen(few), sizeof few - 1);
}

/* Of one unit, and of cores that hwloc knows to be shared, there is nothing to try. */
static void test_what_hwloc_knows_is_not_tried(void **state)
{
	static const char *const topologies[] = {"pu:1", "core:1 pu:2"};
	(void)state;
	for (size_t i = 0; i < sizeof topologies / sizeof *topologies; i++) {
		struct machine *machine;
		struct neighbourhood found;
		char why[256];
		assert_int_equal(machine_load(&machine, topologies[i], why, sizeof why), 0);
		assert_true(neighbours_find(machine, &found));
		assert_int_equal(found.tried, 0);
		machine_free(machine);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rule_on_recorded_slowdowns),
		cmocka_unit_test(test_pairs_are_bounded_and_cover_both_layouts),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_what_hwloc_knows_is_not_tried),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
