#include "bench/regress/compare_case.h"

#include <math.h>
#include <string.h>

#include "bench/samples/pairing.h"

#define INTERVAL 0.95
#define EFFICIENCY 1.02 /* of rank tests: sqrt(pi / 3) */
enum { RUNS_MAX = COMPARE_RUNS_MAX };

/* The values of both sides, as logarithms. */
struct values {
	double base[RUNS_MAX], head[RUNS_MAX];
	size_t bases, heads;
	bool paired; /* base[i] and head[i] are of the same invocation */
};

/* A count that is 0 has no logarithm: where one is, all are compared with 1 added. */
static double shifted(double value, bool counts_from_zero)
{
	return log(counts_from_zero ? value + 1 : value);
}

static bool any_zero(const struct summary *s, const struct case_summary *c, enum metric metric)
{
	for (size_t r = 0; r < s->run_count; r++)
		if (c->by_run[metric][r] <= 0)
			return true;
	return false;
}

/* What the case is compared by; is it 0 anywhere? */
static enum metric metric_of(const struct sample_set *base, const struct sample_set *head,
			     const struct compared_case *c, bool *zero)
{
	enum metric metric = METRIC_WALL;
	summary_metric_named(c->metric, &metric);
	*zero = any_zero(&base->summary, c->base, metric) || any_zero(&head->summary, c->head, metric);
	return metric;
}

static size_t run_of(const struct summary *s, const char *run_id)
{
	size_t r = 0;
	while (r < s->run_count && strcmp(s->runs[r], run_id) != 0)
		r++;
	return r;
}

static void collect(const struct summary *s, const struct case_summary *c, enum metric metric, bool zero,
		    double *x, size_t *n)
{
	for (size_t r = 0; r < s->run_count && *n < RUNS_MAX; r++)
		if (isfinite(c->by_run[metric][r]))
			x[(*n)++] = shifted(c->by_run[metric][r], zero);
}

/* By what head differs from base in base's invocation r, as a logarithm; NaN where not both have measured it.
 */
static double shift_of_pair(const struct sample_set *base, const struct sample_set *head,
			    const struct compared_case *c, enum metric metric, bool zero, size_t r)
{
	size_t other = run_of(&head->summary, base->summary.runs[r]);
	if (other == head->summary.run_count || !isfinite(c->base->by_run[metric][r]) ||
	    !isfinite(c->head->by_run[metric][other]))
		return NAN;
	return pairing_shift(&(struct pairing_side){&base->summary, c->base, r},
			     &(struct pairing_side){&head->summary, c->head, other}, metric, zero);
}

static void collect_pairs(const struct sample_set *base, const struct sample_set *head,
			  const struct compared_case *c, enum metric metric, bool zero, struct values *v)
{
	for (size_t r = 0; r < base->summary.run_count && v->bases < RUNS_MAX; r++) {
		double shift = shift_of_pair(base, head, c, metric, zero, r);
		if (!isfinite(shift))
			continue;
		v->base[v->bases] = shifted(c->base->by_run[metric][r], zero);
		v->head[v->heads++] = v->base[v->bases++] + shift;
	}
}

static bool share_invocations(const struct sample_set *base, const struct sample_set *head)
{
	for (size_t r = 0; r < base->summary.run_count; r++)
		if (run_of(&head->summary, base->summary.runs[r]) == head->summary.run_count)
			return false;
	return base->summary.run_count == head->summary.run_count;
}

static double deviation(const double *x, size_t n)
{
	double sum = 0, squares = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	for (size_t i = 0; i < n; i++)
		squares += (x[i] - sum / (double)n) * (x[i] - sum / (double)n);
	return n > 1 ? sqrt(squares / (double)(n - 1)) : (double)NAN;
}

/* The quantile of the normal distribution at 1 - p, by bisection on erfc. */
static double normal_quantile(double p)
{
	double low = -10, high = 10;
	for (int i = 0; i < 80; i++) {
		double middle = (low + high) / 2;
		if (erfc(middle / sqrt(2)) / 2 > p)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double compare_least_p(size_t bases, size_t heads, bool paired)
{
	double p = 1;
	for (size_t i = 1; i <= heads; i++)
		p *= paired ? 0.5 : (double)i / (double)(bases + i);
	return p;
}

size_t compare_runs_needed(double alpha, bool paired)
{
	size_t n = 1;
	while (n < RUNS_MAX && compare_least_p(n, n, paired) > alpha)
		n++;
	return n;
}

double compare_error_to_see(double slowdown, double level, double power, double margin)
{
	double z = normal_quantile(level) + normal_quantile(1 - power);
	return (log1p(slowdown) - log1p(margin)) / (EFFICIENCY * z);
}

double compare_seen(double error, double level, double power, double margin)
{
	double z = normal_quantile(level) + normal_quantile(1 - power);
	return expm1(log1p(margin) + EFFICIENCY * z * error);
}

/* The standard deviation of the logarithm of the ratio of pairs; of samples, its standard error. */
static double noise_of(const struct values *v)
{
	double d[RUNS_MAX], base = deviation(v->base, v->bases), head = deviation(v->head, v->heads);
	if (!v->paired)
		return sqrt(base * base / (double)v->bases + head * head / (double)v->heads);
	for (size_t i = 0; i < v->bases; i++)
		d[i] = v->head[i] - v->base[i];
	return deviation(d, v->bases);
}

double compare_error(const struct compared_case *c)
{
	return c->paired ? c->noise / sqrt((double)c->base_runs) : c->noise;
}

/* Exact tests of the pairs: head beyond the margin; apart at all; and the shift. */
static int test_pairs(const struct values *v, size_t planned, double margin, struct compared_case *c,
		      struct estimate *shift)
{
	double d[RUNS_MAX], minus[RUNS_MAX];
	struct rank_test beyond, above, below;
	for (size_t i = 0; i < v->bases; i++) {
		d[i] = v->head[i] - v->base[i];
		minus[i] = -d[i];
	}
	int error = rank_signed(d, v->bases, margin, &beyond);
	error = error ? error : rank_signed_bounds(d, v->bases, planned, margin, &c->p_least, &c->p_most);
	error = error ? error : rank_signed(d, v->bases, 0, &above);
	error = error ? error : rank_signed(minus, v->bases, 0, &below);
	error = error ? error : rank_shift_paired(d, v->bases, INTERVAL, shift);
	if (error)
		return error;
	c->p = beyond.p;
	c->q = fmin(1, 2 * fmin(above.p, below.p));
	return 0;
}

static int test_samples(const struct values *v, double margin, struct compared_case *c,
			struct estimate *shift)
{
	double moved[RUNS_MAX];
	struct rank_test beyond, apart;
	for (size_t i = 0; i < v->bases; i++)
		moved[i] = v->base[i] + margin;
	int error = rank_sum(moved, v->bases, v->head, v->heads, RANK_GREATER, &beyond);
	error = error ? error : rank_sum(v->base, v->bases, v->head, v->heads, RANK_TWO_SIDED, &apart);
	error = error ? error : rank_shift(v->base, v->bases, v->head, v->heads, INTERVAL, shift);
	if (error)
		return error;
	c->p = c->p_least = c->p_most = beyond.p;
	c->q = apart.p;
	return 0;
}

static int test_values(const struct values *v, const struct compare_options *q, struct compared_case *c)
{
	struct estimate shift = {.value = NAN, .low = NAN, .high = NAN};
	double margin = q->any_slowdown ? 0 : log1p(c->margin);
	c->paired = v->paired;
	c->base_runs = v->bases;
	c->head_runs = v->heads;
	c->p = c->q = 1;
	if (!v->bases != !v->heads)
		c->verdict = VERDICT_MISSING;
	c->noise = noise_of(v);
	int error = !v->bases || !v->heads ? 0
		    : v->paired            ? test_pairs(v, q->planned, margin, c, &shift)
					   : test_samples(v, margin, c, &shift);
	c->ratio = shift;
	c->ratio.value = exp(shift.value);
	c->ratio.low = exp(shift.low);
	c->ratio.high = exp(shift.high);
	return error;
}

void compare_differences(const struct sample_set *base, const struct sample_set *head,
			 const struct compared_case *c, double *d)
{
	bool zero;
	enum metric metric = metric_of(base, head, c, &zero);
	for (size_t r = 0; r < base->summary.run_count; r++)
		d[r] = shift_of_pair(base, head, c, metric, zero, r);
}

void compare_logarithms(const struct sample_set *base, const struct sample_set *head,
			const struct compared_case *c, double *x)
{
	bool zero;
	enum metric metric = metric_of(base, head, c, &zero);
	for (size_t r = 0; r < base->summary.run_count; r++)
		*x++ = shifted(c->base->by_run[metric][r], zero);
	for (size_t r = 0; r < head->summary.run_count; r++)
		*x++ = shifted(c->head->by_run[metric][r], zero);
}

int compare_case(const struct sample_set *base, const struct sample_set *head,
		 const struct compare_options *q, struct compared_case *c)
{
	bool zero;
	enum metric metric = metric_of(base, head, c, &zero);
	struct values v = {.paired = share_invocations(base, head)};
	if (v.paired) {
		collect_pairs(base, head, c, metric, zero, &v);
	} else {
		collect(&base->summary, c->base, metric, zero, v.base, &v.bases);
		collect(&head->summary, c->head, metric, zero, v.head, &v.heads);
	}
	return test_values(&v, q, c);
}
