/* One way to compare runners, for sentences and verdicts alike. */
#include "bench/samples/pairing.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_DIFFERENCE 0.01

enum standing pairing_standing(const struct estimate *r)
{
	if (!stat_is_sure(r))
		return STANDING_UNSURE;
	if ((r->low > 1 || r->high < 1) && fabs(r->value - 1) > LEAST_DIFFERENCE)
		return r->value > 1 ? STANDING_MORE : STANDING_LESS;
	return r->low > 1 - PAIRING_MARGIN && r->high < 1 + PAIRING_MARGIN ? STANDING_SAME : STANDING_UNSURE;
}

bool pairing_is_marked(const struct estimate *r)
{
	enum standing standing = pairing_standing(r);
	return (standing == STANDING_MORE && r->value > 1 + PAIRING_MARGIN) ||
	       (standing == STANDING_LESS && r->value < 1 / (1 + PAIRING_MARGIN));
}

bool pairing_is_not_more(const struct estimate *r)
{
	return stat_is_sure(r) && r->high < 1 + PAIRING_MARGIN;
}

bool pairing_is_not_less(const struct estimate *r)
{
	return stat_is_sure(r) && r->low > 1 / (1 + PAIRING_MARGIN);
}

bool pairing_is_more(const struct estimate *r)
{
	return pairing_is_marked(r) && r->value > 1;
}

bool pairing_is_less(const struct estimate *r)
{
	return pairing_is_marked(r) && r->value < 1;
}

bool pairing_is_alike(const struct estimate *r)
{
	return pairing_is_not_more(r) && pairing_is_not_less(r);
}

static bool fits(const struct pairing *p, const struct case_summary *c, const char *runner)
{
	uint64_t workers = strcmp(runner, "seq") == 0 ? 1 : p->workers;
	return c->samples && strcmp(c->id.suite, p->suite) == 0 && strcmp(c->id.runner, runner) == 0 &&
	       (!workers || c->id.workers == workers) && (!p->size || c->id.size == p->size) &&
	       (p->ballast == PAIRING_ANY_BALLAST || c->id.ballast == p->ballast) &&
	       (!p->placement || strcmp(c->id.placement, p->placement) == 0) &&
	       (!p->pages || strcmp(c->id.pages, p->pages) == 0) &&
	       (!p->python || strcmp(c->id.python, p->python) == 0) &&
	       (!p->kernels || fnmatch(p->kernels, c->id.kernel, FNM_EXTMATCH) == 0);
}

const struct case_summary *pairing_counterpart(const struct summary *s, const struct pairing *p,
					       const struct case_summary *c)
{
	if (!fits(p, c, p->a))
		return NULL;
	const struct case_summary *other = summary_find(s, c, p->b,
							strcmp(p->b, "seq") == 0 ? 1 : c->id.workers);
	return other && other->samples ? other : NULL;
}

const struct case_summary *pairing_find(const struct summary *s, const struct pairing *p, const char *runner)
{
	for (size_t i = 0; i < s->count; i++)
		if (fits(p, &s->cases[i], runner))
			return &s->cases[i];
	return NULL;
}

static struct estimate median_over_runs(const struct summary *s, const struct case_summary *a,
					const struct case_summary *b, reading *read)
{
	struct estimate e = {.value = NAN, .low = NAN, .high = NAN};
	double *x = calloc(s->run_count + 1, sizeof *x);
	size_t n = 0;
	for (size_t r = 0; x && r < s->run_count; r++) {
		double value = b ? pairing_ratio(s, a, b, read, r) : read(s, a, r);
		if (isfinite(value))
			x[n++] = value;
	}
	if (n)
		e = stat_interval(x, n);
	free(x);
	return e;
}

struct estimate pairing_reading(const struct summary *s, const struct case_summary *c, reading *read)
{
	return median_over_runs(s, c, NULL, read);
}

struct estimate pairing_over(const struct summary *s, const struct case_summary *a,
			     const struct case_summary *b, reading *read)
{
	return median_over_runs(s, a, b, read);
}

struct estimate pairing_of(const struct summary *s, const struct pairing *p, const struct case_summary *c)
{
	const struct case_summary *other = pairing_counterpart(s, p, c);
	return other ? median_over_runs(s, c, other, p->reading)
		     : (struct estimate){.value = NAN, .low = NAN, .high = NAN};
}

size_t pairing_means(const struct summary *s, const struct pairing *p, double *mean, size_t *cases)
{
	double *ratio = calloc(s->count + 1, sizeof *ratio);
	size_t n = 0;
	*cases = 0;
	for (size_t i = 0; i < s->count; i++)
		*cases += pairing_counterpart(s, p, &s->cases[i]) != NULL;
	for (size_t r = 0; ratio && *cases && r < s->run_count; r++) {
		size_t k = 0;
		for (size_t i = 0; i < s->count; i++) {
			const struct case_summary *c = &s->cases[i], *other = pairing_counterpart(s, p, c);
			double value = other ? pairing_ratio(s, c, other, p->reading, r) : NAN;
			if (isfinite(value))
				ratio[k++] = value;
		}
		if (k == *cases)
			mean[n++] = stat_geomean(ratio, k);
	}
	free(ratio);
	return n;
}

struct estimate pairing_across(const struct summary *s, const struct pairing *p, size_t *cases)
{
	struct estimate e = {.value = NAN, .low = NAN, .high = NAN};
	double *mean = calloc(s->run_count + 1, sizeof *mean);
	*cases = 0;
	size_t n = mean ? pairing_means(s, p, mean, cases) : 0;
	if (n)
		e = stat_interval(mean, n);
	free(mean);
	return e;
}

uint64_t pairing_most_workers(const struct summary *s, const char *suite)
{
	uint64_t most = 0;
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->cases[i].id.suite, suite) == 0 && !s->cases[i].oversubscribed &&
		    s->cases[i].samples && s->cases[i].id.workers > most)
			most = s->cases[i].id.workers;
	return most;
}
