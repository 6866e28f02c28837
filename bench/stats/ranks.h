/*
 * Tests on ranks and what goes with them: exact, for small samples, with ties. Pure: what they need beyond
 * their arguments is allocated and freed inside; -ENOMEM is the only error.
 *
 * R's mathlib has the same distributions (dsignrank, dwilcox), but for ranks without ties only, and counts
 * are full of ties; so they are made here, from the ranks that there are.
 *
 * Sources: Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 3rd ed. 2014, chapters 3 and 4;
 * Holm 1979; Benjamini & Hochberg 1995.
 */
#ifndef PVT_RANKS_H
#define PVT_RANKS_H

#include "bench/stats/statistics.h"

struct rank_test {
	double statistic; /* W+, the rank sum of positive values; or U, the pairs in which y exceeds x (ties:
			     1/2) */
	double p;         /* exact, by permutation where there are ties */
	size_t n;         /* values that counted */
};

/* Wilcoxon's signed rank test, one-sided: does d lie above `margin`? Values that equal it do not count. */
int rank_signed(const double *d, size_t n, double margin, struct rank_test *test);

/*
 * What the p of the same test can still come to when n of `planned` values are known: the least and the most,
 * over all that the others may be. Both are p once n reaches `planned`.
 */
int rank_signed_bounds(const double *d, size_t n, size_t planned, double margin, double *least, double *most);

/* The test of Mann and Whitney. */
enum rank_side { RANK_GREATER, RANK_TWO_SIDED }; /* y above x; or apart */
int rank_sum(const double *x, size_t m, const double *y, size_t n, enum rank_side side,
	     struct rank_test *test);

/* The same, two-sided, by the normal distribution with continuity and tie correction: for large samples. */
int rank_sum_normal(const double *x, size_t m, const double *y, size_t n, struct rank_test *test);

/*
 * The shift of Hodges and Lehmann with its distribution-free interval: the median of the Walsh averages of d,
 * or of all differences y - x. `coverage` is what the interval reaches: at least `confidence`, or what the
 * extremes cover where there are too few values; one value has no interval.
 */
int rank_shift_paired(const double *d, size_t n, double confidence, struct estimate *shift);
int rank_shift(const double *x, size_t m, const double *y, size_t n, double confidence,
	       struct estimate *shift);

/* Adjusted in place: Holm's p-values (any false one among them), and the q-values of Benjamini and Hochberg.
 */
int rank_holm(double *p, size_t n);
int rank_benjamini_hochberg(double *p, size_t n);

#endif
