#include "bench/regress/compare.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/regress/compare_case.h"
#include "bench/regress/family.h"

#define POWER 0.95
#define ROOM 100 /* by how much the least p of a rank test lies below its level if it is to be used */

int compare_read(struct sample_set *side, const char *pattern, char *why, size_t why_bytes)
{
	int error = sample_set_read(side, 1, &pattern, why, why_bytes);
	if (!error && side->summary.run_count > COMPARE_RUNS_MAX) {
		snprintf(why, why_bytes,
			 "%s: %zu invocations; at most %d per side can be compared: name fewer files",
			 pattern, side->summary.run_count, COMPARE_RUNS_MAX);
		error = -E2BIG;
	}
	return error;
}

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
		    compare_least_p(c->base_runs, c->head_runs, c->paired) * (tests > 1 ? ROOM : 1) > level)
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
		c->runs_needed = compare_runs_needed(compared->alpha, c->paired);
		if (compare_least_p(c->base_runs, c->head_runs, c->paired) > compared->alpha)
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
