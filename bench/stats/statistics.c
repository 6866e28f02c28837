#include "bench/stats/statistics.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double stat_quantile(double *x, size_t n, double q)
{
	if (n == 0)
		return NAN;
	qsort(x, n, sizeof *x, ascending);
	double position = q * (double)(n - 1);
	size_t below = (size_t)position;
	if (below + 1 >= n)
		return x[n - 1];
	return x[below] + (position - (double)below) * (x[below + 1] - x[below]);
}

double stat_median(double *x, size_t n)
{
	return stat_quantile(x, n, 0.5);
}

/* ln of n over k, so that n may be large. */
static double log_choose(size_t n, size_t k)
{
	return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* P(Bin(n, 1/2) = k). */
static double binomial_half(size_t n, size_t k)
{
	return exp(log_choose(n, k) - (double)n * log(2.0));
}

size_t stat_median_order(size_t n, double *coverage)
{
	double tail = binomial_half(n, 0); /* P(Bin < k) for k = 1 */
	size_t k = 1;
	while (2 * (k + 1) <= n && 1 - 2 * (tail + binomial_half(n, k)) >= 0.95) {
		tail += binomial_half(n, k);
		k++;
	}
	*coverage = 1 - 2 * tail;
	return k;
}

struct estimate stat_median_interval(double *x, size_t n)
{
	struct estimate e = {.value = stat_median(x, n), .low = NAN, .high = NAN, .n = n};
	if (n < 2)
		return e;
	size_t k = stat_median_order(n, &e.coverage);
	e.low = x[k - 1];
	e.high = x[n - k];
	e.method = INTERVAL_ORDER;
	return e;
}

/* The 0.975 quantile of Student's t with n - 1 degrees of freedom, from the closed forms of its distribution.
 */
static double student_975(size_t n)
{
	static const double t[STAT_WALSH_LEAST] = {
		[3] = 4.302652729749464, [4] = 3.182446305283706, [5] = 2.7764451051977908};
	return t[n];
}

static double student_half_width(const double *y, size_t n, double *mean)
{
	double squares = 0;
	*mean = 0;
	for (size_t i = 0; i < n; i++)
		*mean += y[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (y[i] - *mean) * (y[i] - *mean);
	return student_975(n) * sqrt(squares / (double)(n - 1) / (double)n);
}

/* Of n values the k-th smallest and the k-th largest average; what they cover: P(W+ < k), by enumeration. */
static const struct {
	size_t k;
	double coverage;
} walsh_order[STAT_ORDER_LEAST] = {
	[6] = {1, 1 - 2 * 1 / 64.0}, [7] = {3, 1 - 2 * 3 / 128.0}, [8] = {4, 1 - 2 * 5 / 256.0}};

static void walsh_ends(const double *y, size_t n, double *low, double *high)
{
	double average[STAT_ORDER_LEAST * STAT_ORDER_LEAST];
	size_t count = 0, k = walsh_order[n].k;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			average[count++] = (y[i] + y[j]) / 2;
	qsort(average, count, sizeof *average, ascending);
	*low = average[k - 1];
	*high = average[count - k];
}

/* Of sorted values, fewer than STAT_ORDER_LEAST; by their logarithms or themselves. */
static void small_interval(const double *x, size_t n, bool logs, struct estimate *e)
{
	double y[STAT_ORDER_LEAST], mean, low, high;
	for (size_t i = 0; i < n; i++)
		y[i] = logs ? log(x[i]) : x[i];
	if (n < STAT_WALSH_LEAST) {
		double half = student_half_width(y, n, &mean);
		low = mean - half;
		high = mean + half;
		e->method = logs ? INTERVAL_STUDENT_LOGS : INTERVAL_STUDENT;
		e->coverage = 0.95;
	} else {
		walsh_ends(y, n, &low, &high);
		e->method = INTERVAL_WALSH;
		e->coverage = walsh_order[n].coverage;
	}
	/* Rounded, the ends of equal values can come to lie on the wrong side of them. */
	e->low = fmin(logs ? exp(low) : low, e->value);
	e->high = fmax(logs ? exp(high) : high, e->value);
}

static struct estimate interval(double *x, size_t n, bool logs)
{
	struct estimate e = {.value = stat_median(x, n), .low = NAN, .high = NAN, .n = n};
	if (n < STAT_INTERVAL_LEAST)
		return e;
	if (n >= STAT_ORDER_LEAST)
		return stat_median_interval(x, n);
	small_interval(x, n, logs && x[0] > 0, &e);
	return e;
}

struct estimate stat_interval(double *x, size_t n)
{
	return interval(x, n, true);
}

struct estimate stat_difference_interval(double *x, size_t n)
{
	return interval(x, n, false);
}

struct estimate stat_crossing_interval(double *x, size_t n)
{
	bool all_measured = true;
	for (size_t i = 0; i < n; i++)
		all_measured = all_measured && x[i] > 0 && x[i] < STAT_BEYOND;
	return all_measured ? stat_interval(x, n) : stat_median_interval(x, n);
}

bool stat_is_sure(const struct estimate *e)
{
	return e->n && e->coverage >= 0.95;
}

double stat_geomean(const double *x, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += log(x[i]);
	return n ? exp(sum / (double)n) : NAN;
}

/* P(Bin(n, p) >= k). */
static double binomial_from(size_t n, size_t k, double p)
{
	double tail = 0;
	for (size_t i = k; i <= n; i++)
		tail += exp(log_choose(n, i) + (double)i * log(p) + (double)(n - i) * log1p(-p));
	return tail;
}

/* The p at which P(Bin(n, p) >= k) is `tail`. */
static double proportion_at(size_t n, size_t k, double tail)
{
	double low = 0, high = 1;
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;
		*(binomial_from(n, k, middle) < tail ? &low : &high) = middle;
	}
	return low;
}

void stat_proportion_interval(size_t k, size_t n, double *low, double *high)
{
	*low = k ? proportion_at(n, k, 0.025) : 0;
	*high = k < n ? proportion_at(n, k + 1, 0.975) : 1;
}

/* P(|T| < t) for t >= 0: both series multiply their terms by cos^2 of the angle and a ratio of integers. */
static double student_within(double t, size_t freedom)
{
	const double two_over_pi = 0.63661977236758134308;
	double angle = atan2(t, sqrt((double)freedom)), square = cos(angle) * cos(angle);
	bool odd = freedom % 2;
	double term = odd ? cos(angle) : 1, sum = freedom > 1 ? term : 0;
	for (size_t k = odd ? 3 : 2; k + 1 < freedom; k += 2) {
		term *= square * (double)(k - 1) / (double)k;
		sum += term;
	}
	return odd ? two_over_pi * (angle + sin(angle) * sum) : sin(angle) * sum;
}

double stat_student_tail(double t, size_t freedom)
{
	double beyond = fmax(0, 1 - student_within(fabs(t), freedom)) / 2;
	return t < 0 ? 1 - beyond : beyond;
}

double stat_mean_exceeds(const double *x, size_t n, double bound)
{
	double mean = 0, squares = 0;
	if (n < 2)
		return 1;
	for (size_t i = 0; i < n; i++)
		mean += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (x[i] - mean) * (x[i] - mean);
	double error = sqrt(squares / (double)(n - 1) / (double)n);
	if (error > 0)
		return stat_student_tail((mean - bound) / error, n - 1);
	return mean > bound ? 0 : 1;
}
