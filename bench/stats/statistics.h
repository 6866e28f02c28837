/*
 * Statistics: small, pure, without allocation beyond what is passed in. All functions sort their input.
 *
 * The unit of evidence is one process invocation (run_id): samples within one share their memory layout,
 * placement and moment. Callers reduce each invocation to one value first.
 */
#ifndef PVT_STATISTICS_H
#define PVT_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* The q-quantile (0 … 1), linear between order statistics (Hyndman & Fan 1996, type 7). NaN for n = 0. */
double stat_quantile(double *x, size_t n, double q);
double stat_median(double *x, size_t n);

/* Where an interval comes from; the report tells it. */
enum interval_method {
	INTERVAL_NONE,         /* fewer than three values */
	INTERVAL_STUDENT_LOGS, /* Student's t on the logarithms */
	INTERVAL_STUDENT,      /* on the values, of which some may be 0 or below */
	INTERVAL_WALSH,        /* the averages of all pairs, of the logarithms or of the values */
	INTERVAL_ORDER,        /* order statistics */
};

/* A median with an interval that covers the population's with at least, or as nearly as can be, 95 %. */
struct estimate {
	double value, low, high; /* low <= value <= high, or NaN, value, NaN */
	double coverage;         /* what [low, high] covers; below 0.95 when n is too small */
	size_t n;
	enum interval_method method;
};

enum { STAT_INTERVAL_LEAST = 3, STAT_WALSH_LEAST = 6, STAT_ORDER_LEAST = 9 };

/*
 * The median of times or ratios with its 95 % interval, by how many there are:
 *
 * 3 to 5   Student's t on the logarithms.
 * 6 to 8   the averages of Walsh, of the logarithms: where the order statistics would be the extremes. Exact
 *          for a symmetric distribution. Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 3rd
 *          ed. 2014, section 3.3.
 * 9 on     order statistics, as stat_median_interval has them.
 *
 * Fewer have none. Where a value is 0 or below, the values stand for their logarithms. The median lies
 * inside: from the mean of n values it is at most sqrt((n - 1) / n) of their standard deviation away.
 */
struct estimate stat_interval(double *x, size_t n);

/* The same of differences, by the values themselves. */
struct estimate stat_difference_interval(double *x, size_t n);

/*
 * The same of where something changes over: a value of 0 lies before, one of STAT_BEYOND behind all that was
 * measured. Where there are such values only the order of the values counts, as stat_median_interval has it.
 */
#define STAT_BEYOND 1e300
struct estimate stat_crossing_interval(double *x, size_t n);

/* Does the interval cover 95 %? No verdict rests on less. */
bool stat_is_sure(const struct estimate *e);

/*
 * The median with its distribution-free interval from the order statistics k and n+1-k, with the largest
 * k whose coverage 1 - 2 P(Bin(n, 1/2) < k) is at least 0.95; for n < 6 the extremes, and what they cover;
 * one value has no interval (NaN, coverage 0).
 * Source: David & Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1.
 */
struct estimate stat_median_interval(double *x, size_t n);

/* The k of the interval above (from 1), and what it covers. */
size_t stat_median_order(size_t n, double *coverage);

/*
 * The exact 95 % interval of a proportion of which k of n were seen: Clopper & Pearson, The use of confidence
 * or fiducial limits illustrated in the case of the binomial, Biometrika 26, 1934. n of 0: from 0 to 1.
 */
void stat_proportion_interval(size_t k, size_t n, double *low, double *high);

/* Geometric mean of positive values; NaN for n = 0. */
double stat_geomean(const double *x, size_t n);

/*
 * P(T > t) of Student's t with `freedom` degrees of freedom, at least 1: the finite sums of Abramowitz &
 * Stegun, Handbook of Mathematical Functions, 26.7.3 (odd) and 26.7.4 (even). Absolute error below 1e-14.
 */
double stat_student_tail(double t, size_t freedom);

/*
 * The p-value of Student's one-sided test that the mean of x is more than `bound`; 1 where n < 2. It sorts
 * nothing.
 */
double stat_mean_exceeds(const double *x, size_t n, double bound);

#endif
