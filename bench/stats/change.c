#include "bench/stats/change.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/stats/statistics.h"

static double chance(double k, double n)
{
	return fmin(1, 2 * exp(-6 * k * k / (n * n * n + n * n)));
}

/* How many values lie below x, less those above: the sum of all of these is U at its place. */
static long long score(double x, const double *values, size_t n)
{
	long long sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (x > values[i]) - (x < values[i]);
	return sum;
}

struct pettitt change_pettitt(const double *x, size_t n)
{
	struct pettitt best = {.p = 1};
	long long u = 0;
	for (size_t t = 1; t + CHANGE_LEAST <= n; t++) {
		u += score(x[t - 1], x, n); /* pairs within the first t cancel each other */
		if (t >= CHANGE_LEAST && (double)llabs(u) > best.k) {
			best.k = (double)llabs(u);
			best.at = t;
		}
	}
	best.p = chance(best.k, (double)n);
	return best;
}

double change_size(double before, double after)
{
	if (before > 0 && after > 0)
		return fabs(log(after / before));
	return before < after || before > after ? (double)INFINITY : 0;
}

size_t change_values_needed(double level)
{
	size_t n = 2 * (size_t)CHANGE_LEAST, k = n * n / 4;
	while (chance((double)k, (double)n) > level) {
		n++;
		k = n / 2 * (n - n / 2); /* of a step in the middle */
	}
	return n;
}

/* A segmentation under way. */
struct search {
	const double *x;
	double *sorted; /* room for n values */
	double *cost;   /* for twice n + 1 */
	size_t n;
	double level;
	struct change *change;
	size_t count;
};

/* The parts are found from left to right, so the changes come in order. */
static void split(struct search *s, size_t begin, size_t end)
{
	struct pettitt test = change_pettitt(s->x + begin, end - begin);
	if (test.k <= 0 || test.p > s->level)
		return;
	split(s, begin, begin + test.at);
	s->change[s->count++] = (struct change){.at = begin + test.at, .p = test.p};
	split(s, begin + test.at, end);
}

static double level_of(const struct search *s, size_t begin, size_t end)
{
	memcpy(s->sorted, s->x + begin, (end - begin) * sizeof *s->sorted);
	return stat_median(s->sorted, end - begin);
}

static void find_levels(struct search *s)
{
	size_t begin = 0;
	for (size_t i = 0; i < s->count; i++) {
		struct change *c = &s->change[i];
		c->before = level_of(s, begin, c->at);
		c->after = level_of(s, c->at, i + 1 < s->count ? c[1].at : s->n);
		begin = c->at;
	}
}

/*
 * cost[t]: the absolute deviations of t values from their median, summed; the values are those from x on, or
 * (`step` -1) those before it, backwards.
 */
static void add_up(const double *x, int step, size_t n, double *sorted, double *cost)
{
	cost[0] = 0;
	for (size_t t = 0; t < n; t++) {
		double value = step > 0 ? x[t] : *(x - t - 1), sum = 0;
		size_t at = t;
		for (; at > 0 && sorted[at - 1] > value; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = value;
		for (size_t i = 0; i <= t; i++)
			sum += i < (t + 1) / 2 ? -sorted[i] : i > t / 2 ? sorted[i] : 0;
		cost[t + 1] = sum;
	}
}

/* The place between two others where two levels fit best; the first of equals. */
static size_t best_place(const struct search *s, size_t begin, size_t end)
{
	size_t n = end - begin, best = CHANGE_LEAST;
	double *left = s->cost, *right = s->cost + n + 1;
	add_up(s->x + begin, 1, n, s->sorted, left);
	add_up(s->x + end, -1, n, s->sorted, right);
	for (size_t t = CHANGE_LEAST; t + CHANGE_LEAST <= n; t++)
		if (left[t] + right[n - t] < left[best] + right[n - best])
			best = t;
	return begin + best;
}

static void find_places(struct search *s)
{
	for (size_t i = 0; i < s->count; i++)
		s->change[i].at = best_place(s, i ? s->change[i - 1].at : 0,
					     i + 1 < s->count ? s->change[i + 1].at : s->n);
}

/* Without the least change, its neighbours are between longer segments: their levels are taken anew. */
static void take_back_small(struct search *s, double margin)
{
	while (s->count) {
		size_t least = 0;
		for (size_t i = 1; i < s->count; i++)
			if (change_size(s->change[i].before, s->change[i].after) <
			    change_size(s->change[least].before, s->change[least].after))
				least = i;
		if (change_size(s->change[least].before, s->change[least].after) >= log1p(margin) &&
		    change_size(s->change[least].before, s->change[least].after) > 0)
			return;
		s->count--;
		memmove(&s->change[least], &s->change[least + 1], (s->count - least) * sizeof *s->change);
		find_levels(s);
	}
}

int change_find(const double *x, size_t n, double level, double margin, struct change **change, size_t *count)
{
	struct search s = {.x = x, .n = n, .level = level};
	s.sorted = calloc(n + 1, sizeof *s.sorted);
	s.cost = calloc(2 * n + 2, sizeof *s.cost);
	s.change = calloc(n / CHANGE_LEAST + 1, sizeof *s.change);
	int error = s.sorted && s.cost && s.change ? 0 : -ENOMEM;
	if (!error) {
		split(&s, 0, n);
		find_places(&s);
		find_levels(&s);
		take_back_small(&s, margin);
	}
	free(s.sorted);
	free(s.cost);
	if (error || !s.count) {
		free(s.change);
		s.change = NULL;
	}
	*change = s.change;
	*count = s.count;
	return error;
}
