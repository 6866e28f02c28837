#include "bench/stats/ranks.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* ---- ranks, doubled so that mid-ranks are whole ---- */

struct ranked {
	double value;
	size_t index;
};

static int by_value(const void *a, const void *b)
{
	return ascending(&((const struct ranked *)a)->value, &((const struct ranked *)b)->value);
}

/* rank[i] = twice the mid-rank of x[i]; *ties: the sum of t^3 - t over the groups of t equal values. */
static int double_ranks(const double *x, size_t n, size_t *rank, double *ties)
{
	struct ranked *sorted = malloc((n + 1) * sizeof *sorted);
	*ties = 0;
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct ranked){x[i], i};
	qsort(sorted, n, sizeof *sorted, by_value);
	for (size_t first = 0, next; first < n; first = next) {
		for (next = first + 1; next < n && sorted[next].value == sorted[first].value;)
			next++;
		double group = (double)(next - first);
		*ties += group * group * group - group;
		for (size_t i = first; i < next; i++)
			rank[sorted[i].index] = first + next + 1;
	}
	free(sorted);
	return 0;
}

/* ---- signed ranks ---- */

/* p[s] = P(the doubled ranks with a positive sign add up to s), each sign being as likely. */
static double *signed_distribution(const size_t *rank, size_t n, size_t *sum)
{
	*sum = 0;
	for (size_t i = 0; i < n; i++)
		*sum += rank[i];
	double *p = calloc(*sum + 1, sizeof *p);
	if (!p)
		return NULL;
	p[0] = 1;
	for (size_t i = 0; i < n; i++)
		for (size_t s = *sum + 1; s-- > 0;)
			p[s] = (p[s] + (s >= rank[i] ? p[s - rank[i]] : 0)) / 2;
	return p;
}

static double tail_from(const double *p, size_t sum, size_t from)
{
	double tail = 0;
	for (size_t s = sum + 1; s-- > from;)
		tail += p[s];
	return tail;
}

static int signed_test(const double *above, size_t n, size_t *rank, double *magnitude, struct rank_test *test)
{
	double ties;
	size_t sum, positive = 0;
	for (size_t i = 0; i < n; i++)
		magnitude[i] = fabs(above[i]);
	if (double_ranks(magnitude, n, rank, &ties))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		positive += above[i] > 0 ? rank[i] : 0;
	double *p = signed_distribution(rank, n, &sum);
	if (!p)
		return -ENOMEM;
	*test = (struct rank_test){(double)positive / 2, fmin(1, tail_from(p, sum, positive)), n};
	free(p);
	return 0;
}

int rank_signed(const double *d, size_t n, double margin, struct rank_test *test)
{
	size_t *rank = malloc((n + 1) * sizeof *rank), kept = 0;
	double *above = malloc((n + 1) * sizeof *above), *magnitude = calloc(n + 1, sizeof *magnitude);
	int error = rank && above && magnitude ? 0 : -ENOMEM;
	for (size_t i = 0; i < n && !error; i++)
		if (d[i] != margin)
			above[kept++] = d[i] - margin;
	if (!error)
		error = signed_test(above, kept, rank, magnitude, test);
	free(rank);
	free(above);
	free(magnitude);
	return error;
}

/* Beyond all that is known, and no two of one size: the most extreme that a value yet to come can be. */
static double extreme(const double *d, size_t n, double margin, size_t nth)
{
	double largest = 1;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(d[i] - margin));
	return largest * (double)(nth + 2);
}

int rank_signed_bounds(const double *d, size_t n, size_t planned, double margin, double *least, double *most)
{
	size_t all = n > planned ? n : planned;
	double *values = malloc((all + 1) * sizeof *values);
	struct rank_test low, high;
	if (!values)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		values[i] = d[i];
	for (size_t i = n; i < all; i++)
		values[i] = margin + extreme(d, n, margin, i);
	int error = rank_signed(values, all, margin, &low);
	for (size_t i = n; i < all; i++)
		values[i] = margin - extreme(d, n, margin, i);
	error = error ? error : rank_signed(values, all, margin, &high);
	free(values);
	*least = error ? 0 : low.p;
	*most = error ? 1 : high.p;
	return error;
}

/* ---- rank sums ---- */

/* count[s] = how many of the choices of n among the doubled ranks add up to s. */
static double *sum_distribution(const size_t *rank, size_t all, size_t n, size_t *sum)
{
	*sum = 0;
	for (size_t i = 0; i < all; i++)
		*sum += rank[i];
	size_t row = *sum + 1;
	double *count = calloc((n + 1) * row, sizeof *count), *last = malloc(row * sizeof *last);
	if (count && last) {
		count[0] = 1;
		for (size_t i = 0; i < all; i++)
			for (size_t k = n; k-- > 0;)
				for (size_t s = rank[i]; s < row; s++)
					count[(k + 1) * row + s] += count[k * row + s - rank[i]];
		memcpy(last, count + n * row, row * sizeof *last);
	} else {
		free(last);
		last = NULL;
	}
	free(count);
	return last;
}

static void sum_test(const double *count, size_t sum, size_t observed, size_t m, size_t n,
		     enum rank_side side, struct rank_test *test)
{
	double total = 0, above = 0, below = 0;
	for (size_t s = 0; s <= sum; s++) {
		total += count[s];
		above += s >= observed ? count[s] : 0;
		below += s <= observed ? count[s] : 0;
	}
	double p = side == RANK_GREATER ? above / total : 2 * fmin(above, below) / total;
	*test = (struct rank_test){(double)observed / 2 - (double)(n * (n + 1)) / 2, fmin(1, p), m + n};
}

/* Both samples in one, x first. */
static int pool_ranks(const double *x, size_t m, const double *y, size_t n, size_t **rank, double *ties)
{
	double *all = malloc((m + n + 1) * sizeof *all);
	*rank = malloc((m + n + 1) * sizeof **rank);
	int error = all && *rank ? 0 : -ENOMEM;
	if (!error) {
		memcpy(all, x, m * sizeof *x);
		memcpy(all + m, y, n * sizeof *y);
		error = double_ranks(all, m + n, *rank, ties);
	}
	free(all);
	return error;
}

static size_t sum_of(const size_t *rank, size_t from, size_t to)
{
	size_t sum = 0;
	for (size_t i = from; i < to; i++)
		sum += rank[i];
	return sum;
}

int rank_sum(const double *x, size_t m, const double *y, size_t n, enum rank_side side,
	     struct rank_test *test)
{
	size_t *rank, sum;
	double ties;
	int error = pool_ranks(x, m, y, n, &rank, &ties);
	double *count = error ? NULL : sum_distribution(rank, m + n, n, &sum);
	if (count)
		sum_test(count, sum, sum_of(rank, m, m + n), m, n, side, test);
	else
		error = -ENOMEM;
	free(count);
	free(rank);
	return error;
}

int rank_sum_normal(const double *x, size_t m, const double *y, size_t n, struct rank_test *test)
{
	size_t *rank;
	double ties, a = (double)m, b = (double)n;
	int error = pool_ranks(x, m, y, n, &rank, &ties);
	if (!error) {
		double u = (double)sum_of(rank, m, m + n) / 2 - b * (b + 1) / 2;
		double variance = a * b / 12 * (a + b + 1 - ties / ((a + b) * (a + b - 1)));
		double z = fmax(0, fabs(u - a * b / 2) - 0.5) / sqrt(variance);
		*test = (struct rank_test){u, fmin(1, erfc(z / sqrt(2))), m + n};
	}
	free(rank);
	return error;
}

/* ---- shifts ---- */

/* The largest k with 1 - 2 P(S < k) at least `confidence`, 1 if there is none; p[s] by whole steps of S. */
static size_t interval_order(const double *p, size_t steps, size_t stride, double total, double confidence,
			     double *coverage)
{
	double tail = p[0] / total;
	size_t k = 1;
	while (k < steps / 2 && 1 - 2 * (tail + p[k * stride] / total) >= confidence)
		tail += p[k++ * stride] / total;
	*coverage = 1 - 2 * tail;
	return k;
}

static void shift_of(double *value, size_t count, size_t n, size_t k, double coverage, struct estimate *shift)
{
	*shift = (struct estimate){.value = stat_median(value, count), .low = NAN, .high = NAN, .n = n};
	if (count < 2)
		return;
	shift->low = value[k - 1];
	shift->high = value[count - k];
	shift->coverage = coverage;
}

/* Where no values are equal the ranks are 1 … n. */
static size_t *plain_ranks(size_t n)
{
	size_t *rank = calloc(n + 1, sizeof *rank);
	for (size_t i = 0; rank && i < n; i++)
		rank[i] = 2 * (i + 1);
	return rank;
}

int rank_shift_paired(const double *d, size_t n, double confidence, struct estimate *shift)
{
	size_t count = n * (n + 1) / 2, sum = 0, k = 0;
	double coverage = 0, *walsh = malloc((count + 1) * sizeof *walsh);
	size_t *rank = plain_ranks(n);
	double *p = rank ? signed_distribution(rank, n, &sum) : NULL;
	int error = walsh && p ? 0 : -ENOMEM;
	for (size_t i = 0, w = 0; i < n && !error; i++)
		for (size_t j = i; j < n; j++)
			walsh[w++] = (d[i] + d[j]) / 2;
	if (!error) {
		k = interval_order(p, count, 2, 1, confidence, &coverage);
		shift_of(walsh, count, n, k, coverage, shift);
	}
	free(walsh);
	free(rank);
	free(p);
	return error;
}

int rank_shift(const double *x, size_t m, const double *y, size_t n, double confidence,
	       struct estimate *shift)
{
	size_t count = m * n, sum = 0;
	double coverage = 0, total = 0, *difference = malloc((count + 1) * sizeof *difference);
	size_t *rank = plain_ranks(m + n);
	double *p = rank ? sum_distribution(rank, m + n, n, &sum) : NULL;
	int error = difference && p ? 0 : -ENOMEM;
	for (size_t i = 0; i < m && !error; i++)
		for (size_t j = 0; j < n; j++)
			difference[i * n + j] = y[j] - x[i];
	if (!error) {
		for (size_t s = 0; s <= sum; s++)
			total += p[s];
		size_t k = interval_order(p + n * (n + 1), count, 2, total, confidence, &coverage);
		shift_of(difference, count, m + n, k, coverage, shift);
	}
	free(difference);
	free(rank);
	free(p);
	return error;
}

/* ---- many tests ---- */

static int sort_p(const double *p, size_t n, struct ranked **sorted)
{
	*sorted = malloc((n + 1) * sizeof **sorted);
	if (!*sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		(*sorted)[i] = (struct ranked){p[i], i};
	qsort(*sorted, n, sizeof **sorted, by_value);
	return 0;
}

int rank_holm(double *p, size_t n)
{
	struct ranked *sorted;
	double least = 0;
	int error = sort_p(p, n, &sorted);
	for (size_t i = 0; i < n && !error; i++) {
		least = fmax(least, fmin(1, (double)(n - i) * sorted[i].value));
		p[sorted[i].index] = least;
	}
	free(sorted);
	return error;
}

int rank_benjamini_hochberg(double *p, size_t n)
{
	struct ranked *sorted;
	double most = 1;
	int error = sort_p(p, n, &sorted);
	for (size_t i = n; i-- > 0 && !error;) {
		most = fmin(most, (double)n / (double)(i + 1) * sorted[i].value);
		p[sorted[i].index] = most;
	}
	free(sorted);
	return error;
}
