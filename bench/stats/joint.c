#include "bench/stats/joint.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/random.h"

/* All arrangements where there are so few, else so many drawn ones and the one that was measured. */
enum { ARRANGEMENTS_MAX = 16384, DRAWS = 9999 };
#define SEED 0x70767420u /* the same files always give the same answer */
#define NOTHING 1e-12    /* a variance of less, as a share of the squares, is rounding */

/* Which units are on head's side. */
struct arrangement {
	size_t units, bases, *order;
	bool paired, all, *head;
	uint64_t random, number;
};

/* ---- one statistic: Student's t of pairs, Welch's of samples; above 0: slower ---- */

struct sums {
	double sum, squares;
	size_t n;
};

static void add(struct sums *s, double x)
{
	s->sum += x;
	s->squares += x * x;
	s->n++;
}

/* The variance of the mean. */
static double variance(const struct sums *s)
{
	double n = (double)s->n, spread = s->squares - s->sum * s->sum / n;
	return spread <= s->squares * NOTHING ? 0 : spread / (n - 1) / n;
}

static double over_error(double difference, double variance)
{
	if (variance > 0)
		return difference / sqrt(variance);
	return difference > 0 ? (double)INFINITY : difference < 0 ? -(double)INFINITY : 0;
}

/* Of pairs all is in the second, with the sign that the arrangement gives it. */
static void add_up(const double *x, const struct arrangement *a, struct sums side[static 2])
{
	side[0] = side[1] = (struct sums){0, 0, 0};
	for (size_t u = 0; u < a->units; u++)
		if (isfinite(x[u]))
			add(&side[a->paired || a->head[u]], a->paired && !a->head[u] ? -x[u] : x[u]);
}

static bool is_enough(const struct sums *side, bool paired)
{
	return side[1].n > 1 && (paired || side[0].n > 1);
}

/* Head's mean less base's. */
static double shift(const struct sums *side, bool paired)
{
	return side[1].sum / (double)side[1].n - (paired ? 0 : side[0].sum / (double)side[0].n);
}

static double statistic(const double *x, const struct arrangement *a)
{
	struct sums side[2];
	add_up(x, a, side);
	if (!is_enough(side, a->paired))
		return -(double)INFINITY;
	return over_error(shift(side, a->paired), variance(&side[1]) + (a->paired ? 0 : variance(&side[0])));
}

/*
 * What is well within its margin is moved up to it: arrangements tell what may happen there. Else a case that
 * is quiet and far from its margin would look the slowest of all with its sides changed.
 */
static void move_up(double *x, const struct arrangement *a)
{
	struct sums side[2];
	add_up(x, a, side);
	double by = is_enough(side, a->paired) ? shift(side, a->paired) : 0;
	for (size_t u = 0; u < a->units && by < 0; u++)
		if (a->head[u]) /* of pairs as measured: all */
			x[u] -= by;
}

/* ---- arrangements: the first is the one that was measured ---- */

static double count_all(const struct joint *j)
{
	double count = 1;
	if (j->paired)
		return ldexp(1, (int)j->units);
	for (size_t i = 1; i <= j->bases; i++)
		count *= (double)(j->units - j->bases + i) / (double)i;
	return round(count);
}

static void arrange_first(struct arrangement *a)
{
	for (size_t u = 0; u < a->units; u++)
		a->head[u] = a->paired || u >= a->bases;
}

/* The next of all ways to have so many units on head's side, in lexical order, going round at the end: Knuth,
 * The Art of Computer Programming 4A, algorithm 7.2.1.2 L. */
static void permute(bool *head, size_t n)
{
	size_t i = n - 1, k = n - 1;
	while (i > 0 && !(head[i] && !head[i - 1])) /* head[i - 1] < head[i] */
		i--;
	if (i > 0) {
		while (!head[k])
			k--;
		head[i - 1] = true;
		head[k] = false;
	}
	for (size_t low = i, high = n - 1; low < high; low++, high--) {
		bool other = head[low];
		head[low] = head[high];
		head[high] = other;
	}
}

static void arrange_next(struct arrangement *a)
{
	a->number++;
	if (a->all && !a->paired) {
		permute(a->head, a->units);
	} else if (a->paired) {
		uint64_t bits = 0;
		for (size_t u = 0; u < a->units; u++, bits >>= 1) {
			if (u % 64 == 0)
				bits = a->all ? ~a->number : random_next(&a->random);
			a->head[u] = bits & 1;
		}
	} else {
		random_shuffle(a->order, a->units, &a->random);
		for (size_t u = 0; u < a->units; u++)
			a->head[a->order[u]] = u >= a->bases;
	}
}

static double largest(const struct arrangement *a, const double *x, size_t cases)
{
	double most = -(double)INFINITY;
	for (size_t c = 0; c < cases; c++)
		most = fmax(most, statistic(x + c * a->units, a));
	return most;
}

/* ---- all of it ---- */

static int descending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x < y) - (x > y);
}

/* Of n arrangements, most[n - 1] are known in descending order; t is that of the one that was measured. */
static double share_at_least(const double *most, size_t n, double t)
{
	size_t count = 0;
	while (count < n - 1 && most[count] >= t)
		count++;
	return (double)(count + 1) / (double)n;
}

static void judge(double *x, size_t cases, struct arrangement *a, double *most, size_t n, double alpha,
		  double *p, double *critical)
{
	size_t allowed = (size_t)(alpha * (double)n);
	arrange_first(a);
	for (size_t c = 0; c < cases; c++) {
		p[c] = statistic(x + c * a->units, a);
		move_up(x + c * a->units, a);
	}
	for (size_t i = 0; i < n - 1; i++) {
		arrange_next(a);
		most[i] = largest(a, x, cases);
	}
	qsort(most, n - 1, sizeof *most, descending);
	for (size_t c = 0; c < cases; c++)
		p[c] = share_at_least(most, n, p[c]);
	*critical = allowed < 1 || n < 2 ? (double)INFINITY : most[allowed - 1];
}

int joint_test(const struct joint *j, double alpha, double *p, double *critical)
{
	bool all = count_all(j) <= ARRANGEMENTS_MAX;
	size_t n = all ? (size_t)count_all(j) : DRAWS + 1;
	struct arrangement a = {
		.units = j->units, .bases = j->bases, .paired = j->paired, .all = all, .random = SEED};
	double *most = calloc(n, sizeof *most), *x = calloc(j->cases * j->units + 1, sizeof *x);
	a.head = calloc(j->units + 1, sizeof *a.head);
	a.order = calloc(j->units + 1, sizeof *a.order);
	int error = most && x && a.head && a.order ? 0 : -ENOMEM;
	for (size_t u = 0; u < j->units && !error; u++)
		a.order[u] = u;
	if (!error) {
		memcpy(x, j->x, j->cases * j->units * sizeof *x);
		judge(x, j->cases, &a, most, n, alpha, p, critical);
	}
	free(most);
	free(x);
	free(a.head);
	free(a.order);
	return error;
}
