/*
 * Where does the level of a series change? Pettitt's test, which asks for ranks alone, and binary
 * segmentation by it. Pure; values may be of any unit, ties are allowed, NaN is not.
 *
 * Source: A. N. Pettitt, A Non-Parametric Approach to the Change-Point Problem, Applied Statistics 28(2),
 * 1979: U_t sums sgn(x_i - x_j) over i <= t < j, K = max |U_t|, p ~ 2 exp(-6 K^2 / (n^3 + n^2)). For p up to
 * 0.5 this is the tail's first term; in short series and where there are ties it is too large, not too small.
 */
#ifndef PVT_CHANGE_H
#define PVT_CHANGE_H

#include <stddef.h>

enum { CHANGE_LEAST = 4 }; /* values between two changes, and before the first and after the last */

struct pettitt {
	double k;  /* max |U_t| over the t that leave CHANGE_LEAST values on both sides; 0 where none does */
	size_t at; /* the first value after the change; of equal maxima the first */
	double p;  /* at most 1 */
};

/* O(n^2), without allocation. */
struct pettitt change_pettitt(const double *x, size_t n);

struct change {
	size_t at;            /* the first value of the new level, from 0 */
	double before, after; /* medians of the values since the last change and until the next */
	double p;             /* of the test that found it, among the values of its segment alone */
};

/*
 * Splits at the most likely change where p <= `level`, then both parts likewise. A series that never changes
 * gives any change with at most this chance, for then the first test alone decides. The test's own place
 * leans to the middle of the series, so each change then goes to where, between its neighbours, the absolute
 * deviations from the medians before and after sum up to the least. Changes of less than `margin` (0.02: 2 %
 * up, or the same factor down) are taken back, the least first. In order of `at`; the caller frees *change,
 * which is NULL where there are none. 0 or -ENOMEM.
 */
int change_find(const double *x, size_t n, double level, double margin, struct change **change,
		size_t *count);

/* How large a change is: |ln(after / before)|; infinite where only one is above 0, 0 where both are equal. */
double change_size(double before, double after);

/* The least number of values among which p <= `level` is possible at all. */
size_t change_values_needed(double level);

#endif
