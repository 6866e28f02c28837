#include "bench/regress/compare.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/regress/family.h"
#include "bench/samples/pairing.h"

#define INTERVAL 0.95
#define POWER 0.95
#define EFFICIENCY 1.02 /* of rank tests: sqrt(pi / 3) */
#define ROOM 100        /* by how much the least p of a rank test lies below its level if it is to be used */
enum { RUNS_MAX = COMPARE_RUNS_MAX };

int compare_read(struct sample_set *side, const char *pattern, char *why, size_t why_bytes)
{
	int error = sample_set_read(side, 1, &pattern, why, why_bytes);
	if (!error && side->summary.run_count > RUNS_MAX) {
		snprintf(why, why_bytes,
			 "%s: %zu invocations; at most %d per side can be compared: name fewer files",
			 pattern, side->summary.run_count, RUNS_MAX);
		error = -E2BIG;
	}
	return error;
}

/* ---- one comparison ---- */

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

/* The least p that so many values can give. */
static double least_p(size_t bases, size_t heads, bool paired)
{
	double p = 1;
	for (size_t i = 1; i <= heads; i++)
		p *= paired ? 0.5 : (double)i / (double)(bases + i);
	return p;
}

static size_t runs_needed(double alpha, bool paired)
{
	size_t n = 1;
	while (n < RUNS_MAX && least_p(n, n, paired) > alpha)
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
	enum metric metric = METRIC_WALL;
	summary_metric_named(c->metric, &metric);
	bool zero = any_zero(&base->summary, c->base, metric) || any_zero(&head->summary, c->head, metric);
	for (size_t r = 0; r < base->summary.run_count; r++)
		d[r] = shift_of_pair(base, head, c, metric, zero, r);
}

void compare_logarithms(const struct sample_set *base, const struct sample_set *head,
			const struct compared_case *c, double *x)
{
	enum metric metric = METRIC_WALL;
	summary_metric_named(c->metric, &metric);
	bool zero = any_zero(&base->summary, c->base, metric) || any_zero(&head->summary, c->head, metric);
	for (size_t r = 0; r < base->summary.run_count; r++)
		*x++ = shifted(c->base->by_run[metric][r], zero);
	for (size_t r = 0; r < head->summary.run_count; r++)
		*x++ = shifted(c->head->by_run[metric][r], zero);
}

static int compare_case(const struct sample_set *base, const struct sample_set *head,
			const struct compare_options *q, struct compared_case *c)
{
	enum metric metric = METRIC_WALL;
	summary_metric_named(c->metric, &metric);
	struct values v = {.paired = share_invocations(base, head)};
	bool zero = any_zero(&base->summary, c->base, metric) || any_zero(&head->summary, c->head, metric);
	if (v.paired) {
		collect_pairs(base, head, c, metric, zero, &v);
	} else {
		collect(&base->summary, c->base, metric, zero, v.base, &v.bases);
		collect(&head->summary, c->head, metric, zero, v.head, &v.heads);
	}
	return test_values(&v, q, c);
}

/* ---- all of them ---- */

static const struct case_summary *find_case(const struct summary *s, const struct case_summary *like)
{
	for (size_t i = 0; i < s->count; i++)
		if (case_id_is(&s->cases[i].id, &like->id))
			return &s->cases[i];
	return NULL;
}

/* What was skipped on both sides was out of reach there. */
static bool has_failed(const struct case_summary *c)
{
	return c->failed && strcmp(c->status, "skipped") != 0;
}

const char *compare_case_name(const struct compared_case *c, char name[static CASE_NAME_BYTES])
{
	const struct case_summary *k = c->base ? c->base : c->head;
	*name = '\0';
	return k ? case_id_name(&k->id, name) : name;
}

static double margin_of(const struct compare_options *q, const struct compared_case *c,
			const struct metric_limit *limit)
{
	char name[CASE_NAME_BYTES];
	compare_case_name(c, name);
	for (size_t i = 0; i < q->exceptions; i++)
		if (fnmatch(q->exception[i].pattern, name, 0) == 0)
			return q->exception[i].margin;
	return limit->margin;
}

static bool out_of_reach(const struct case_summary *c)
{
	return !c->samples && !has_failed(c);
}

static bool is_whole(const struct case_summary *c)
{
	return c && c->samples && !has_failed(c);
}

static enum verdict untested(const struct case_summary *of_base, const struct case_summary *of_head)
{
	if (!of_base || !of_head)
		return of_base ? VERDICT_ONLY_BASE : VERDICT_ONLY_HEAD;
	return is_whole(of_base) && is_whole(of_head) ? VERDICT_PASS : VERDICT_MISSING;
}

static int add(struct compared *compared, const struct sample_set *base, const struct sample_set *head,
	       const struct case_summary *of_base, const struct case_summary *of_head,
	       const struct compare_options *q, const struct metric_limit *limit)
{
	if (of_base && of_head && out_of_reach(of_base) && out_of_reach(of_head))
		return 0;
	struct compared_case *more = realloc(compared->comparison, (compared->count + 1) * sizeof *more);
	if (!more)
		return -ENOMEM;
	compared->comparison = more;
	struct compared_case *c = &more[compared->count++];
	*c = (struct compared_case){.base = of_base,
				    .head = of_head,
				    .metric = limit->metric,
				    .ratio = {.value = NAN, .low = NAN, .high = NAN},
				    .p = 1,
				    .q = 1,
				    .adjusted = 1,
				    .p_most = 1,
				    .noise = NAN,
				    .seen = NAN};
	c->margin = margin_of(q, c, limit);
	c->verdict = untested(of_base, of_head);
	int error = c->verdict == VERDICT_PASS ? compare_case(base, head, q, c) : 0;
	if (is_whole(of_base) && is_whole(of_head) && !c->base_runs && !c->head_runs)
		compared->count--; /* neither has this metric */
	return error;
}

/* Do exact rank tests have room to tell, each at its share of alpha? If not, all cases are tested jointly.
 * That is decided by how many invocations and cases there are, and not by what they say. */
static bool ranks_have_room(const struct compared *compared, size_t tests)
{
	double level = compared->alpha / (double)(tests ? tests : 1);
	for (size_t i = 0; i < compared->count; i++) {
		const struct compared_case *c = &compared->comparison[i];
		if (c->verdict == VERDICT_PASS &&
		    least_p(c->base_runs, c->head_runs, c->paired) * (tests > 1 ? ROOM : 1) > level)
			return false;
	}
	return true;
}

/* The ones that have too few invocations for any verdict, however few other cases there were. */
static void set_aside(struct compared *compared)
{
	for (size_t i = 0; i < compared->count; i++) {
		struct compared_case *c = &compared->comparison[i];
		if (!verdict_is_tested(c->verdict))
			continue;
		c->runs_needed = runs_needed(compared->alpha, c->paired);
		if (least_p(c->base_runs, c->head_runs, c->paired) > compared->alpha)
			c->verdict = VERDICT_CANNOT_TELL;
	}
}

static void judge_by_ranks(struct compared *compared, size_t tests)
{
	double level = compared->alpha / (double)(tests ? tests : 1);
	for (size_t i = 0; i < compared->count; i++) {
		struct compared_case *c = &compared->comparison[i];
		if (c->verdict != VERDICT_PASS)
			continue;
		c->seen = compare_seen(compare_error(c), level, POWER, c->margin);
		if (c->adjusted <= compared->alpha)
			c->verdict = VERDICT_REGRESSION;
	}
}

static int judge(const struct sample_set *base, const struct sample_set *head,
		 const struct compare_options *q, struct compared *compared, size_t tests)
{
	set_aside(compared);
	if (q->planned || ranks_have_room(compared, tests)) {
		judge_by_ranks(compared, tests);
		return 0;
	}
	return family_judge(base, head, q, compared);
}

static int adjust(const struct sample_set *base, const struct sample_set *head,
		  const struct compare_options *options, struct compared *compared)
{
	double *p = calloc(compared->count + 1, sizeof *p), *q = calloc(compared->count + 1, sizeof *q);
	size_t n = 0;
	int error = p && q ? 0 : -ENOMEM;
	for (size_t i = 0; i < compared->count && !error; i++)
		if (verdict_is_tested(compared->comparison[i].verdict)) {
			p[n] = compared->comparison[i].p;
			q[n++] = compared->comparison[i].q;
		}
	error = error ? error : rank_holm(p, n);
	error = error ? error : rank_benjamini_hochberg(q, n);
	for (size_t i = 0, k = 0; i < compared->count && !error; i++)
		if (verdict_is_tested(compared->comparison[i].verdict)) {
			compared->comparison[i].adjusted = p[k];
			compared->comparison[i].q = q[k++];
		}
	if (!error)
		error = judge(base, head, options, compared, n);
	free(p);
	free(q);
	return error;
}

int compare_sides(const struct sample_set *base, const struct sample_set *head,
		  const struct compare_options *q, struct compared *compared)
{
	int error = 0;
	*compared = (struct compared){.alpha = q->alpha, .allow_missing = q->allow_missing};
	for (size_t i = 0; i < base->summary.count; i++)
		for (size_t k = 0; k < q->limits && !error; k++)
			error = add(compared, base, head, &base->summary.cases[i],
				    find_case(&head->summary, &base->summary.cases[i]), q, &q->limit[k]);
	for (size_t i = 0; i < head->summary.count && !error; i++)
		if (!find_case(&base->summary, &head->summary.cases[i]))
			error = add(compared, base, head, NULL, &head->summary.cases[i], q, &q->limit[0]);
	return error ? error : adjust(base, head, q, compared);
}

void compare_free(struct compared *compared)
{
	free(compared->comparison);
	*compared = (struct compared){0};
}

/* What its last sample that is not good says. */
static const char *fate_of(const struct case_summary *c)
{
	return strcmp(c->status, "ok") == 0 ? "no sample" : c->status;
}

const char *compare_verdict(const struct compared_case *c, char text[static VERDICT_BYTES])
{
	static const char *const names[] = {"no regression shown", "regression",  "cannot tell", "missing",
					    "only in base",        "only in head"};
	bool in_base = !is_whole(c->base), in_head = !is_whole(c->head);
	if (c->verdict == VERDICT_MISSING && in_base != in_head)
		snprintf(text, VERDICT_BYTES, "missing: %s in %s", fate_of(in_base ? c->base : c->head),
			 in_base ? "base" : "head");
	else if (c->verdict == VERDICT_MISSING && in_base)
		snprintf(text, VERDICT_BYTES, "missing: %s in both", fate_of(c->head));
	else if (c->verdict == VERDICT_MISSING)
		snprintf(text, VERDICT_BYTES, "missing: no %s in %s", c->metric,
			 c->base_runs ? "head" : "base");
	else
		snprintf(text, VERDICT_BYTES, "%s", names[c->verdict]);
	return text;
}

int compare_code(const struct compared *compared)
{
	size_t n[VERDICT_ONLY_HEAD + 1] = {0};
	for (size_t i = 0; i < compared->count; i++)
		n[compared->comparison[i].verdict]++;
	bool missing = n[VERDICT_MISSING] || (n[VERDICT_ONLY_BASE] && !compared->allow_missing) ||
		       compared->count == n[VERDICT_ONLY_HEAD] + n[VERDICT_ONLY_BASE];
	return n[VERDICT_REGRESSION]    ? EXIT_FAILED
	       : missing                ? EXIT_UNUSABLE
	       : n[VERDICT_CANNOT_TELL] ? EXIT_INCONCLUSIVE
					: EXIT_WELL;
}
