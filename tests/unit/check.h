/* What every test file needs of cmocka, in the order that cmocka wants it. */
#ifndef PVT_TESTS_CHECK_H
#define PVT_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

/* |a - b| <= tolerance; NaN never is. */
#define assert_near(a, b, tolerance)                                            \
	do {                                                                    \
		double near_a = (a), near_b = (b);                              \
		if (!(fabs(near_a - near_b) <= (tolerance)))                    \
			fail_msg("%s is %.17g, not %.17g", #a, near_a, near_b); \
	} while (0)

/* Runs the tests; argv[1], if there, is a pattern that chooses some. */
#define check_main(argc, argv, tests)                              \
	((argc) > 1 ? cmocka_set_test_filter((argv)[1]) : (void)0, \
	 cmocka_run_group_tests((tests), NULL, NULL))

#endif
