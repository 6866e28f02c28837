#include "bench/claims/looks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/stats/ranks.h"

#define ALPHA 0.05

struct look look_make(double *ratio, size_t n)
{
	struct look look = {.ratio = {.value = NAN, .low = NAN, .high = NAN}, .p_more = 1, .p_less = 1};
	double *up = calloc(2 * n + 1, sizeof *up);
	for (size_t i = 0; up && i < n; i++) {
		up[i] = log(ratio[i]);
		up[n + i] = -up[i];
	}
	if (up && n >= LOOK_LEAST) {
		look.p_more = stat_mean_exceeds(up, n, log((1 + PAIRING_MARGIN)));
		look.p_less = stat_mean_exceeds(up + n, n, log((1 + PAIRING_MARGIN)));
	}
	free(up);
	if (n)
		look.ratio = stat_interval(ratio, n);
	return look;
}

struct look look_at(const struct summary *s, const struct case_summary *a, const struct case_summary *b,
		    reading *read, double over)
{
	double *x = calloc(s->run_count + 1, sizeof *x);
	size_t n = 0;
	for (size_t r = 0; x && a && b && r < s->run_count; r++) {
		double value = pairing_ratio(s, a, b, read, r) / over;
		if (isfinite(value) && value > 0)
			x[n++] = value;
	}
	struct look look = look_make(x, n);
	look.of = a;
	free(x);
	return look;
}

int looks_correct(struct look *look, size_t count)
{
	double *p = calloc(2 * count + 1, sizeof *p);
	size_t n = 0;
	for (size_t i = 0; p && i < count; i++)
		if (look[i].ratio.n >= LOOK_LEAST) {
			p[n++] = look[i].p_more;
			p[n++] = look[i].p_less;
		}
	int error = p ? rank_holm(p, n) : -ENOMEM;
	n = 0;
	for (size_t i = 0; i < count; i++) {
		bool counts = !error && look[i].ratio.n >= LOOK_LEAST;
		look[i].p_more = counts ? p[n] : 1;
		look[i].p_less = counts ? p[n + 1] : 1;
		n += counts ? 2 : 0;
	}
	free(p);
	return error;
}

bool look_is_more(const struct look *look)
{
	return look->p_more <= ALPHA;
}

bool look_is_less(const struct look *look)
{
	return look->p_less <= ALPHA;
}
