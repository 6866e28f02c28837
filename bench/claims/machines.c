/* Beyond one machine: does work come out right there, and is it faster than threads on all units of one? */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

/* A kernel that was asked for on several hosts. */
struct reach {
	const struct case_summary *far;  /* on the most hosts, with the most workers */
	const struct case_summary *near; /* one machine's most; NULL: not measured, or no fewer workers */
	struct look look;                /* far's span over near's */
};

struct survey {
	struct reach *reach;
	size_t count, right; /* kernels; those of which all jobs on several hosts verified */
	size_t unfinished;   /* cases on several hosts that have neither a good sample nor a wrong one */
	size_t compared, ahead, behind;
	struct estimate all; /* the geometric mean of what was compared */
};

static bool is_far(const struct case_summary *c)
{
	return scale_is_job(c) && strcmp(c->id.runner, SCALE_RUNNER) == 0 && c->id.hosts > 1;
}

static bool is_farther(const struct case_summary *a, const struct case_summary *b)
{
	return a->id.hosts != b->id.hosts ? a->id.hosts > b->id.hosts : a->id.workers > b->id.workers;
}

/* Threads, where they were measured; else the runner with messages itself. */
static const struct case_summary *one_machine(const struct summary *s, const struct case_summary *far)
{
	static const char *const runners_of_one[] = {"pthread", SCALE_RUNNER};
	const struct case_summary *most = NULL;
	for (size_t k = 0; k < 2 && !most; k++)
		for (size_t i = 0; i < s->count; i++) {
			const struct case_summary *c = &s->cases[i];
			if (case_id_is_same_work(&c->id, &far->id) && c->samples && c->id.hosts == 1 &&
			    !c->oversubscribed && strcmp(c->id.runner, runners_of_one[k]) == 0 &&
			    (!most || c->id.workers > most->id.workers))
				most = c;
		}
	return most && most->id.workers < far->id.workers ? most : NULL;
}

static bool came_out_right(const struct summary *s, const struct reach *r)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (is_far(c) && case_id_is_same_work(&c->id, &r->far->id) && c->failed &&
		    strcmp(c->status, "skipped") != 0)
			return false;
	}
	return r->far->samples;
}

/* In each invocation that has all of them. */
static struct estimate mean_of(const struct summary *s, const struct survey *v)
{
	double *x = calloc(v->count + 1, sizeof *x), *mean = calloc(s->run_count + 1, sizeof *mean);
	struct estimate e = claims_nothing;
	size_t n = 0;
	for (size_t r = 0; x && mean && v->compared && r < s->run_count; r++) {
		size_t k = 0;
		for (size_t i = 0; i < v->count; i++) {
			const struct reach *of = &v->reach[i];
			double value = of->look.ratio.n ? pairing_ratio(s, of->far, of->near, reading_span, r)
							: (double)NAN;
			if (isfinite(value))
				x[k++] = value;
		}
		if (k == v->compared)
			mean[n++] = stat_geomean(x, k);
	}
	if (n)
		e = stat_interval(mean, n);
	free(x);
	free(mean);
	return e;
}

/* All kernels are looked at together. */
static void compare(const struct summary *s, struct survey *v)
{
	struct look *look = calloc(v->count + 1, sizeof *look);
	for (size_t i = 0; look && i < v->count; i++) {
		struct reach *r = &v->reach[i];
		r->near = one_machine(s, r->far);
		look[i] = look_at(s, r->far, r->near, reading_span, 1);
		v->right += came_out_right(s, r);
		v->compared += look[i].ratio.n > 0;
	}
	if (look && looks_correct(look, v->count) == 0)
		for (size_t i = 0; i < v->count; i++) {
			v->reach[i].look = look[i];
			v->ahead += look_is_less(&look[i]);
			v->behind += look_is_more(&look[i]);
		}
	free(look);
	v->all = mean_of(s, v);
}

/* Cases come by kernel and size. False: out of memory. */
static bool make_survey(const struct summary *s, struct survey *v)
{
	*v = (struct survey){.reach = calloc(s->count + 1, sizeof *v->reach)};
	for (size_t i = 0; v->reach && i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!is_far(c))
			continue;
		if (!c->samples && strcmp(c->status, "wrong") != 0) {
			v->unfinished++;
			continue;
		}
		if (!v->count || !case_id_is_same_work(&v->reach[v->count - 1].far->id, &c->id))
			v->reach[v->count++].far = c;
		struct reach *r = &v->reach[v->count - 1];
		if (c->samples && (!r->far->samples || is_farther(c, r->far)))
			r->far = c;
	}
	if (v->reach)
		compare(s, v);
	return v->reach;
}

/* ---- words ---- */

/* Which of the two costs of several hosts weighs more in a job, by the model; "": it does not know. */
static const char *deciding_cost(const struct scale *scale, const struct case_summary *c)
{
	const struct loggp_job job = {.workers = c->id.workers / c->id.hosts, .phases = (uint32_t)c->phases};
	double waiting = loggp_waiting_ns(&scale->net, &job, c->id.hosts);
	double sending = loggp_sending_ns(&scale->net, c->exchanged, c->id.hosts);
	if (!c->phases || !isfinite(waiting) || !isfinite(sending))
		return "";
	return sending > waiting ? ", for the bytes that it sends" : ", for the latency of its messages";
}

static void name_side(const struct evidence *e, const struct survey *v, bool ahead, struct claim *c)
{
	const char *before = ahead ? "several hosts are ahead in " : "one machine is ahead in ";
	char text[CLAIM_FIGURE_BYTES];
	for (size_t i = 0; i < v->count; i++) {
		const struct reach *r = &v->reach[i];
		if (!(ahead ? look_is_less(&r->look) : look_is_more(&r->look)))
			continue;
		claims_add(c->reason, "%s%.40s (%s%s)", before, r->far->id.kernel,
			   claims_show_ratio(&r->look.ratio, text),
			   ahead ? "" : deciding_cost(e->scale, r->far));
		before = ", ";
	}
}

static void name_wrong(const struct summary *s, const struct survey *v, struct claim *c)
{
	const char *before = "";
	for (size_t i = 0; i < v->count; i++)
		if (!came_out_right(s, &v->reach[i])) {
			claims_add(c->reason, "%s%.40s", before, v->reach[i].far->id.kernel);
			before = ", ";
		}
}

static void add_measured(const struct survey *v, struct claim *c)
{
	char kernels[32], text[CLAIM_FIGURE_BYTES];
	const struct reach *r = &v->reach[0];
	for (size_t i = 1; i < v->count; i++)
		if (is_farther(v->reach[i].far, r->far))
			r = &v->reach[i];
	claims_add(c->measured,
		   "the results of %zu of %s were correct in up to %" PRIu64 " processes on %" PRIu64
		   " hosts",
		   v->right, units_show_count(v->count, "kernel", kernels, sizeof kernels),
		   r->far->id.workers, r->far->id.hosts);
	if (!v->all.n || !r->near)
		return;
	claims_stamp(c, "span_ns");
	claims_add(c->measured, ", which take %s of the time that %" PRIu64 " %s on one of them take",
		   claims_show_ratio(&v->all, text), r->near->id.workers,
		   strcmp(r->near->id.runner, "pthread") == 0 ? "threads" : "processes");
}

/* ---- the rule ---- */

static enum claim_verdict judge_speed(const struct evidence *e, const struct survey *v, struct claim *c)
{
	if (!v->compared) {
		claims_add(c->reason, "it takes more workers than one machine has, and the same work there");
		return CLAIM_UNKNOWN;
	}
	if (v->right < v->count) {
		claims_add(c->reason, "on the kernel: its results were wrong in ");
		name_wrong(e->summary, v, c);
		return CLAIM_DEPENDS;
	}
	claims_rest_on(c, &v->all);
	if (!claims_is_sure(&v->all))
		return claims_unsure(&v->all, c);
	if (2 * v->ahead > v->compared && !v->behind)
		return CLAIM_HOLDS;
	if (v->ahead) {
		claims_add(c->reason, "on the work: ");
		name_side(e, v, true, c);
		claims_add(c->reason, v->behind ? "; " : "");
		name_side(e, v, false, c);
		return CLAIM_DEPENDS;
	}
	if (!pairing_is_not_less(&v->all))
		return claims_unsure(&v->all, c);
	name_side(e, v, false, c);
	return pairing_is_alike(&v->all) && !v->behind ? CLAIM_SAME : CLAIM_FAILS;
}

static enum claim_verdict judge(const struct evidence *e, const struct survey *v, struct claim *c)
{
	if (!v->count && v->unfinished) {
		claims_add(c->reason, "no job on several hosts completed; samples.csv says why");
		return CLAIM_UNKNOWN;
	}
	if (!v->count) {
		claims_add(c->reason, "it takes a run on two machines or more");
		return CLAIM_UNMEASURED;
	}
	if (!v->right) {
		claims_add(c->measured, "no result on several hosts was correct");
		claims_add(c->reason, "not in ");
		name_wrong(e->summary, v, c);
		return CLAIM_FAILS;
	}
	if (!e->scale->shared) {
		add_measured(v, c);
		return judge_speed(e, v, c);
	}
	struct survey works = *v;
	works.all = claims_nothing;
	add_measured(&works, c);
	claims_add(c->reason, "it works; how fast was not measured, because the hosts share one machine");
	return CLAIM_UNKNOWN;
}

enum claim_verdict claims_judge_machines(const struct evidence *e, struct claim *c)
{
	struct survey survey;
	enum claim_verdict verdict = CLAIM_UNKNOWN;
	if (make_survey(e->summary, &survey))
		verdict = judge(e, &survey, c);
	free(survey.reach);
	return verdict;
}
