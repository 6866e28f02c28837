/* What more workers gain: in Python, whose threads may have to take turns, and while they wait. */
#include <math.h>
#include <string.h>

#include "bench/findings/claims_judges.h"

/* ---- Python ---- */

/*
 * Work done by `workers` of a runner over what one core does alone: the speedup of one kernel of suite
 * python. The look asks whether that is more or less than `half`.
 */
static struct look python_gain(const struct summary *s, const char *kernel, const char *runner,
			       uint64_t workers, double half, struct estimate *gain)
{
	const struct pairing p = {
		.suite = "python", .kernels = kernel, .workers = workers, .ballast = PAIRING_ANY_BALLAST};
	const struct case_summary *seq = pairing_find(s, &p, "seq"), *many = pairing_find(s, &p, runner);
	*gain = seq && many ? pairing_over(s, seq, many, reading_span) : claims_nothing;
	return look_at(s, seq, many, reading_span, half);
}

enum { THREADS, PROCESSES, IN_C, IN_C_PROCESSES, GAINS };

static void say_gains(const struct evidence *e, const struct estimate gain[static GAINS], uint64_t workers,
		      struct claim *c)
{
	char text[2][CLAIM_FIGURE_BYTES];
	claims_add(c->measured,
		   "Python %s runs bytecode on %llu workers %s times as fast as on one core alone in "
		   "threads, %s times in processes",
		   e->python ? e->python : "(version unknown)", (unsigned long long)workers,
		   claims_show_ratio(&gain[THREADS], text[0]), claims_show_ratio(&gain[PROCESSES], text[1]));
	if (gain[IN_C].n)
		claims_add(c->measured, "; C code that releases the GIL %s and %s times",
			   claims_show_ratio(&gain[IN_C], text[0]),
			   claims_show_ratio(&gain[IN_C_PROCESSES], text[1]));
}

/* Which of the two does not tell, and what the other one says. */
static enum claim_verdict name_open_gain(const struct estimate gain[static GAINS], bool threads_below,
					 bool processes_above, double half, struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	if (threads_below)
		claims_also(c->reason, "threads take turns");
	if (processes_above)
		claims_also(c->reason, "processes do not take turns");
	const struct estimate *open = &gain[threads_below ? PROCESSES : THREADS];
	claims_also(c->reason, "%s (%s, half of the possible gain is %.3g) ",
		    threads_below ? "in processes" : "in threads", claims_show_ratio(open, text), half);
	return claims_unsure(open, c);
}

/*
 * Against the claim speaks any one of two gains, which is corrected for; for it have both to speak, and what
 * it depends on, so each by its own interval.
 */
static enum claim_verdict judge_turns(struct look look[static GAINS],
				      const struct estimate gain[static GAINS], double half, struct claim *c)
{
	bool above[IN_C_PROCESSES], below[IN_C_PROCESSES];
	looks_correct(look, IN_C);
	for (size_t i = 0; i < IN_C_PROCESSES; i++) {
		above[i] = claims_is_sure(&gain[i]) && gain[i].low > half;
		below[i] = claims_is_sure(&gain[i]) && gain[i].high < half;
	}
	if ((above[THREADS] && look_is_more(&look[THREADS])) ||
	    (below[PROCESSES] && look_is_less(&look[PROCESSES]))) {
		claims_rest_on(c, &gain[above[THREADS] ? THREADS : PROCESSES]);
		return CLAIM_FAILS;
	}
	if (!below[THREADS] || !above[PROCESSES])
		return name_open_gain(gain, below[THREADS], above[PROCESSES], half, c);
	claims_rest_on(c, &gain[THREADS]);
	if (!above[IN_C])
		return CLAIM_HOLDS;
	claims_add(c->reason, "on who computes: bytecode holds the GIL, C code that releases it does not");
	return CLAIM_DEPENDS;
}

enum claim_verdict claims_judge_python(const struct evidence *e, struct claim *c)
{
	static const char *const of[GAINS][2] = {{"python-loop", "pthread"},
						 {"python-loop", "fork"},
						 {"python-hash", "pthread"},
						 {"python-hash", "fork"}};
	uint64_t workers = pairing_most_workers(e->summary, "python");
	/* Two threads on two units can be a little faster than one even if they take turns: where the host
	 * takes one unit away for a while, the other goes on. So what counts is half of the workers' gain. */
	double half = (1 + (double)workers) / 2;
	struct estimate gain[GAINS];
	struct look look[GAINS];
	if (workers == 1)
		return claims_one_unit(c);
	for (size_t i = 0; i < GAINS; i++)
		look[i] = python_gain(e->summary, of[i][0], of[i][1], workers, half, &gain[i]);
	if (gain[THREADS].n == 0 || gain[PROCESSES].n == 0) {
		claims_add(c->reason, "it takes a Python 3 with its shared library");
		return CLAIM_UNMEASURED;
	}
	claims_stamp(c, "span_ns");
	say_gains(e, gain, workers, c);
	return judge_turns(look, gain, half, c);
}

/* ---- waiting ---- */

enum { WAITERS = 4 };
_Static_assert((int)WAITERS <= (int)CLAIM_PARTS, "more kinds of waiting workers than a claim has parts");

static const struct {
	const char *runner, *where;
} waiters[WAITERS] = {{"pthread", "in threads"},
		      {"fork", "in forked processes"},
		      {"pthread-pool", "in pooled threads"},
		      {"fork-pool", "in pooled processes"}};

/* The most workers of a runner, and as many as can run at once. False: not measured. */
static bool find_waiters(const struct summary *s, const char *runner, const struct case_summary **few,
			 const struct case_summary **most)
{
	*few = *most = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->id.suite, "waiting") != 0 || strcmp(c->id.runner, runner) != 0 || !c->samples)
			continue;
		if (!c->oversubscribed && (!*few || c->id.workers > (*few)->id.workers))
			*few = c;
		if (c->oversubscribed && (!*most || c->id.workers > (*most)->id.workers))
			*most = c;
	}
	return *few && *most;
}

/* Of each kind of worker what the most of them gain over the few; n is 0 where it was not measured. All are
 * looked at together. */
static enum claim_verdict judge_gains(struct look look[static WAITERS], struct claim_parts *parts,
				      struct claim *c)
{
	enum claim_verdict verdict = claims_agree(parts, c);
	if (verdict != CLAIM_UNKNOWN)
		return verdict;
	looks_correct(look, WAITERS);
	const struct claim_part *gains = NULL;
	for (size_t i = WAITERS; i-- > 0;) {
		parts->part[i].more = claims_is_sure(&look[i].ratio) && look_is_more(&look[i]);
		if (parts->part[i].more)
			gains = &parts->part[i];
	}
	if (!gains || !claims_parts_not_more(parts))
		return claims_name_open(parts, c);
	claims_rest_on(c, &gains->ratio);
	claims_list_parts(parts, true, "on the workers: a gain ", c);
	claims_list_parts(parts, false, "; none ", c);
	return CLAIM_DEPENDS;
}

static void say_waiters(const struct claim_parts *parts, const struct case_summary *few,
			const struct case_summary *most, struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	for (size_t i = 0; i < WAITERS; i++) {
		const struct claim_part *part = &parts->part[i];
		if (!part->ratio.n)
			continue;
		if (*c->measured)
			claims_add(c->measured, ", %s times %s", claims_show_ratio(&part->ratio, text),
				   part->where);
		else
			claims_add(c->measured, "%llu workers are %s times as fast as %llu %s",
				   (unsigned long long)most->id.workers,
				   claims_show_ratio(&part->ratio, text), (unsigned long long)few->id.workers,
				   part->where);
	}
}

enum claim_verdict claims_judge_waiting(const struct evidence *e, struct claim *c)
{
	const struct case_summary *few, *most, *some_few = NULL, *some_most = NULL;
	struct look look[WAITERS];
	struct claim_parts parts = {
		.more = "more workers gain", .not_more = "more workers gain nothing", .count = WAITERS};
	for (size_t i = WAITERS; i-- > 0;) {
		bool measured = find_waiters(e->summary, waiters[i].runner, &few, &most);
		look[i] = look_at(e->summary, few, measured ? most : NULL, reading_wall, 1);
		if (look[i].ratio.n)
			some_few = few, some_most = most;
		parts.part[i] = (struct claim_part){waiters[i].where, look[i].ratio,
						    pairing_is_more(&look[i].ratio)};
	}
	if (!some_most)
		return claims_unsure(&claims_nothing, c);
	claims_stamp(c, "wall_ns");
	say_waiters(&parts, some_few, some_most, c);
	claims_say_older(some_most, c);
	enum claim_verdict verdict = judge_gains(look, &parts, c);
	claims_name_measured(&parts, c);
	return verdict;
}
