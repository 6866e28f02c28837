#include "bench/change.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/statistics.h"

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
	size_t n = 2 * (size_t)CHANGE_LEAST;
	while (chance((double)((n / 2) * (n - n / 2)), (double)n) > level) /* a step in the middle */
		n++;
	return n;
}

/* A segmentation under way. */
struct search {
	const double *x;
	double *sorted; /* room for n values */
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
	s.change = calloc(n / CHANGE_LEAST + 1, sizeof *s.change);
	int error = s.sorted && s.change ? 0 : -ENOMEM;
	if (!error) {
		split(&s, 0, n);
		find_levels(&s);
		take_back_small(&s, margin);
	}
	free(s.sorted);
	if (error || !s.count) {
		free(s.change);
		s.change = NULL;
	}
	*change = s.change;
	*count = s.count;
	return error;
}
