/* What more workers gain: in Python, whose threads may have to take turns, and while they wait. */
#include <math.h>
#include <string.h>

#include "bench/claims_judges.h"

static const struct estimate nothing = {.value = NAN, .low = NAN, .high = NAN};

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
	*gain = seq && many ? pairing_over(s, seq, many, reading_span) : nothing;
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

/* On the three looks that ask for the claim: are they above, or below, half of the workers' gain? */
static enum claim_verdict judge_turns(struct look look[static GAINS],
				      const struct estimate gain[static GAINS], struct claim *c)
{
	bool above[IN_C_PROCESSES], below[IN_C_PROCESSES];
	looks_correct(look, IN_C_PROCESSES);
	for (size_t i = 0; i < IN_C_PROCESSES; i++) {
		above[i] = claims_is_sure(&gain[i]) && look_is_more(&look[i]);
		below[i] = claims_is_sure(&gain[i]) && look_is_less(&look[i]);
	}
	if (above[THREADS] || below[PROCESSES])
		return CLAIM_FAILS;
	if (!below[THREADS] || !above[PROCESSES])
		return claims_unsure(&gain[below[THREADS] ? PROCESSES : THREADS], c);
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
		claims_add(c->reason, "not measured: it takes a Python 3 with its shared library");
		return CLAIM_UNKNOWN;
	}
	claims_stamp(c, "span_ns");
	say_gains(e, gain, workers, c);
	return judge_turns(look, gain, c);
}

/* ---- waiting ---- */

enum { WAITERS = 4 };

static const struct {
	const char *runner, *plural;
} waiters[WAITERS] = {{"pthread", "threads"},
		      {"fork", "forked processes"},
		      {"pthread-pool", "pooled threads"},
		      {"fork-pool", "pooled processes"}};

/* The most threads, and as many as can run at once. False: not measured. */
static bool find_threads(const struct summary *s, const struct case_summary **few,
			 const struct case_summary **most)
{
	*few = *most = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->suite, "waiting") != 0 || strcmp(c->runner, "pthread") != 0 || !c->samples)
			continue;
		if (!c->oversubscribed && (!*few || c->workers > (*few)->workers))
			*few = c;
		if (c->oversubscribed && (!*most || c->workers > (*most)->workers))
			*most = c;
	}
	return *few && *most;
}

static void name_waiters(const struct look *look, bool (*is)(const struct look *look), const char *before,
			 char *text)
{
	for (size_t i = 0; i < WAITERS; i++)
		if (is(&look[i])) {
			claims_add(text, "%s%s", before, waiters[i].plural);
			before = ", ";
		}
}

static bool gains(const struct look *look)
{
	return claims_is_sure(&look->ratio) && look_is_more(look);
}

static bool gains_nothing(const struct look *look)
{
	return pairing_is_not_more(&look->ratio);
}

/* Of each kind of worker what the most of them gain over the few; n is 0 where it was not measured. */
static enum claim_verdict judge_gains(struct look *look, struct claim *c)
{
	size_t measured = 0, more = 0, less = 0, unsure = WAITERS;
	for (size_t i = WAITERS; i-- > 0;) {
		measured += look[i].ratio.n > 0;
		more += pairing_standing(&look[i].ratio) == STANDING_MORE;
		less += gains_nothing(&look[i]) && pairing_standing(&look[i].ratio) != STANDING_MORE;
		if (look[i].ratio.n && pairing_standing(&look[i].ratio) != STANDING_MORE &&
		    !gains_nothing(&look[i]))
			unsure = i;
	}
	if (more == measured)
		return CLAIM_HOLDS;
	if (less == measured)
		return CLAIM_FAILS;
	bool named = false;
	looks_correct(look, WAITERS);
	for (size_t i = 0; i < WAITERS; i++)
		named = named || gains(&look[i]);
	if (!named || !less)
		return claims_unsure(&look[unsure < WAITERS ? unsure : 0].ratio, c);
	name_waiters(look, gains, "on the workers: a gain in ", c->reason);
	name_waiters(look, gains_nothing, "; none in ", c->reason);
	return CLAIM_DEPENDS;
}

enum claim_verdict claims_judge_waiting(const struct evidence *e, struct claim *c)
{
	const struct case_summary *few, *most;
	struct look look[WAITERS];
	char text[CLAIM_FIGURE_BYTES];
	if (!find_threads(e->summary, &few, &most))
		return claims_unsure(&nothing, c);
	for (size_t i = 0; i < WAITERS; i++)
		look[i] = look_at(e->summary, summary_find(e->summary, few, waiters[i].runner, few->workers),
				  summary_find(e->summary, most, waiters[i].runner, most->workers),
				  reading_wall, 1);
	if (look[0].ratio.n == 0 || look[1].ratio.n == 0)
		return claims_unsure(&nothing, c);
	claims_stamp(c, "wall_ns");
	for (size_t i = 0; i < WAITERS; i++) {
		if (i == 0)
			claims_add(c->measured, "%llu workers are %s times as fast as %llu in %s",
				   (unsigned long long)most->workers, claims_show_ratio(&look[i].ratio, text),
				   (unsigned long long)few->workers, waiters[i].plural);
		else if (look[i].ratio.n)
			claims_add(c->measured, ", %s times in %s", claims_show_ratio(&look[i].ratio, text),
				   waiters[i].plural);
	}
	claims_say_older(most, c);
	return judge_gains(look, c);
}
