/* The model of messages: parameters are found again, predictions have their closed forms, and what cannot be
 * fitted says so. */
#include "tests/unit/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/stats/loggp.h"

enum { SIZES = 3 };
static const double sizes[SIZES] = {1, 4096, 1 << 20};
static const struct loggp slow = {.latency_ns = 20000, .gap_ns = 3000, .byte_ns = 0.8};
static const struct loggp fast = {.latency_ns = 500, .gap_ns = 200, .byte_ns = 0.1};
static const struct loggp_net net = {.inside = {500, 200, 0.1}, .across = {20000, 3000, 0.8}};

static void near(double a, double b, double share)
{
	if (!(fabs(a - b) <= share * fabs(b)))
		print_error("%.12g is not within %g of %.12g\n", a, share, b);
	assert_true(fabs(a - b) <= share * fabs(b));
}

static void make_points(const struct loggp *model, double noise, struct loggp_point *point)
{
	for (size_t i = 0; i < SIZES; i++) {
		double off = noise * (2.0 * rand() / RAND_MAX - 1);
		point[i] = (struct loggp_point){sizes[i], loggp_message(model, sizes[i]) * (1 + off)};
	}
}

static void test_parameters_are_found_again(void **state)
{
	(void)state;
	const struct loggp *const models[] = {&slow, &fast};
	struct loggp_point point[SIZES];
	struct loggp fitted;
	for (size_t i = 0; i < 2; i++) {
		make_points(models[i], 0, point);
		assert_int_equal(loggp_fit(point, SIZES, models[i]->gap_ns, &fitted), LOGGP_FITTED);
		near(fitted.latency_ns, models[i]->latency_ns, 1e-9);
		near(fitted.byte_ns, models[i]->byte_ns, 1e-9);
		assert_true(fitted.gap_ns == models[i]->gap_ns);
	}
}

/* Each time is off by up to 5 %: so is each parameter by no more than 10 %, whatever the draw. */
static void test_noise_moves_them_little(void **state)
{
	(void)state;
	struct loggp_point point[SIZES];
	struct loggp fitted;
	srand(7);
	for (int draw = 0; draw < 1000; draw++) {
		make_points(draw % 2 ? &slow : &fast, 0.05, point);
		assert_int_equal(loggp_fit(point, SIZES, 0, &fitted), LOGGP_FITTED);
		near(fitted.latency_ns, draw % 2 ? slow.latency_ns : fast.latency_ns, 0.1);
		near(fitted.byte_ns, draw % 2 ? slow.byte_ns : fast.byte_ns, 0.1);
	}
}

static void test_what_cannot_be_fitted_says_so(void **state)
{
	(void)state;
	static const struct {
		struct loggp_point point[SIZES];
		size_t count;
		enum loggp_fault fault;
		const char *says;
	} cases[] = {
		{{{0}}, 0, LOGGP_NOTHING, "no message"},
		{{{1, NAN}, {4096, 0}, {0, 5}}, 3, LOGGP_NOTHING, "no message"},
		{{{1, 100}}, 1, LOGGP_ONE_SIZE, "one size"},
		{{{64, 100}, {64, 120}}, 2, LOGGP_ONE_SIZE, "one size"},
		{{{1, 100}, {4096, 100}}, 2, LOGGP_NO_SLOPE, "no longer"},
		{{{1, 100}, {4096, 90}, {1 << 20, 80}}, 3, LOGGP_NO_SLOPE, "no longer"},
		{{{1000, 10}, {2000, 100}}, 2, LOGGP_NO_LATENCY, "first byte"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct loggp fitted = slow;
		assert_int_equal(loggp_fit(cases[i].point, cases[i].count, 5, &fitted), cases[i].fault);
		assert_true(isnan(fitted.latency_ns) && isnan(fitted.gap_ns) && isnan(fitted.byte_ns));
		assert_non_null(strstr(loggp_fault_text(cases[i].fault), cases[i].says));
	}
	assert_string_equal(loggp_fault_text(LOGGP_FITTED), "");
}

static void test_messages_and_rounds(void **state)
{
	(void)state;
	near(loggp_message(&slow, 1), 20000, 1e-12);
	near(loggp_message(&slow, 1001), 20800, 1e-12);
	assert_true(loggp_all_reduce(&net, 1, 1, 8) == 0);
	near(loggp_all_reduce(&net, 2, 1, 101), 510, 1e-12);
	near(loggp_all_reduce(&net, 2, 2, 101), 20080, 1e-12);
	near(loggp_all_reduce(&net, 8, 2, 101), 2 * 510 + 20080, 1e-12);
	near(loggp_all_reduce(&net, 5, 1, 1), 3 * 500, 1e-12);         /* ceil(lg 5) */
	near(loggp_all_reduce(&net, 6, 3, 1), 500 + 2 * 20000, 1e-12); /* ceil(lg 3) of ceil(lg 6) cross */
	near(loggp_barrier(&net, 8, 4), 500 + 2 * 20000, 1e-12);
}

static void test_jobs(void **state)
{
	(void)state;
	const struct loggp_job job = {.span_ns = 1e7, .workers = 2, .phases = 3, .bytes = 1e6};
	near(loggp_strong(&net, &job, 1), 1e7, 1e-12);
	near(loggp_weak(&net, &job, 1), 1e7, 1e-12);
	/* two hosts: half the work; 3 latencies a phase; half the bytes at 0.8; 3 barriers of one round
	 * inside, one across */
	near(loggp_strong(&net, &job, 2), 5e6 + 9 * 20000 + 4e5 + 3 * 20500, 1e-12);
	near(loggp_strong(&net, &job, 4), 2.5e6 + 3 * (9 * 20000) + 3 * 2e5 + 3 * 40500, 1e-12);
	/* weak: twice the bytes, of which each receives half */
	near(loggp_weak(&net, &job, 2), 1e7 + 9 * 20000 + 8e5 + 3 * 20500, 1e-12);
	near(loggp_waiting_ns(&net, &job, 2) + loggp_sending_ns(&net, job.bytes, 2),
	     loggp_strong(&net, &job, 2) - 5e6, 1e-9);
	/* there is a number of hosts beyond which more of them only cost */
	double best = INFINITY;
	uint64_t at = 0;
	for (uint64_t hosts = 1; hosts <= 1024; hosts *= 2)
		if (loggp_strong(&net, &job, hosts) < best) {
			best = loggp_strong(&net, &job, hosts);
			at = hosts;
		}
	assert_int_equal(at, 8); /* 3.39 ms; 3.76 on 4, 4.32 on 16 */
	const struct loggp_job silent = {.span_ns = 1e7, .workers = 2, .phases = 3};
	near(loggp_strong(&net, &silent, 2), 5e6 + 3 * 20500, 1e-12);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parameters_are_found_again),
		cmocka_unit_test(test_noise_moves_them_little),
		cmocka_unit_test(test_what_cannot_be_fitted_says_so),
		cmocka_unit_test(test_messages_and_rounds),
		cmocka_unit_test(test_jobs),
	};
	return check_main(argc, argv, tests);
}
