#include "bench/measure/agenda.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The time that each case of the core has in an invocation, in the mean, lies between these. */
#define MOST_CASE_NS 250e6
#define LEAST_CASE_NS 1e6
/* A sequential baseline has no more passes than fit into this, but one. */
#define BASELINE_NS 400e6
/* Intervals so many times as wide as is asked for, and narrower ones, have their share of time; wider ones
 * have more, up to this. */
#define DOUBT_OF_WEIGHT_1 2
#define MOST_DOUBT 4.0
#define MOST_WEIGHT 8.0

/* ---- costs ---- */

void agenda_add_up(struct agenda *s, size_t b)
{
	const struct block *block = &s->blocks->block[b];
	s->state[b].pass_ns = 0;
	for (size_t k = 0; k < block->count; k++)
		s->state[b].pass_ns += s->case_ns[block->member[k]];
}

/* Groups are of breadth alone: a core block is in none but its own. */
static size_t group_of_block(const struct agenda *s, size_t b)
{
	const struct bench_case *c = &s->plan->cases[s->blocks->block[b].member[0]];
	for (size_t first = 0; first < b && !agenda_is_core(s, b); first++) {
		const struct bench_case *other = &s->plan->cases[s->blocks->block[first].member[0]];
		if (!agenda_is_core(s, first) && strcmp(other->suite, c->suite) == 0 &&
		    other->workers == c->workers && other->placement == c->placement)
			return first;
	}
	return b;
}

int agenda_make(struct agenda *s, const struct plan *plan, const struct blocks *blocks, uint32_t units,
		double min_time_s)
{
	*s = (struct agenda){.plan = plan,
			     .blocks = blocks,
			     .state = calloc(blocks->count + 1, sizeof *s->state),
			     .case_ns = calloc(plan->count + 1, sizeof *s->case_ns),
			     .precision = 1,
			     .core_case_ns = MOST_CASE_NS,
			     .left = 1};
	if (!s->state || !s->case_ns)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++)
		s->case_ns[i] = blocks_guess_ns(&plan->cases[i], units, min_time_s);
	for (size_t b = 0; b < blocks->count; b++) {
		s->state[b].group = group_of_block(s, b);
		agenda_add_up(s, b);
	}
	return 0;
}

void agenda_free(struct agenda *s)
{
	free(s->state);
	free(s->case_ns);
	*s = (struct agenda){0};
}

/* ---- the plan ---- */

static bool has_core(const struct blocks *blocks)
{
	for (size_t b = 0; b < blocks->count; b++)
		if (blocks->block[b].core)
			return true;
	return false;
}

/* Time flows to doubt: by the width of a block's intervals, from the third invocation on. A comparison that
 * is known to need more has that from the start. */
static double weight_of(const struct agenda *s, size_t b)
{
	const struct block_state *state = &s->state[b];
	const struct core_comparison *core = s->blocks->block[b].core;
	double known = core && core->weight ? core->weight : 1;
	double doubt = state->width / s->precision / DOUBT_OF_WEIGHT_1;
	if (state->invocations < AGENDA_LEAST_INVOCATIONS || !isfinite(doubt))
		doubt = 1;
	return fmin(known * fmin(fmax(doubt, 1), MOST_DOUBT), MOST_WEIGHT);
}

/* So much time for each of its cases, in the mean, in whole passes. */
static uint64_t passes_in(const struct agenda *s, size_t b, double case_ns)
{
	const struct block_state *state = &s->state[b];
	double time = case_ns * weight_of(s, b) * (double)s->blocks->block[b].count;
	double fit = state->pass_ns > 0 ? time / state->pass_ns : AGENDA_MOST_PASSES;
	return fit < 1 ? 1 : fit > AGENDA_MOST_PASSES ? AGENDA_MOST_PASSES : (uint64_t)fit;
}

uint64_t agenda_passes(const struct agenda *s, size_t block)
{
	return agenda_is_core(s, block) ? passes_in(s, block, s->core_case_ns) : AGENDA_BREADTH_PASSES;
}

/* A baseline, which is on one core as long as all workers together, has fewer, or none. */
uint64_t agenda_case_passes(const struct agenda *s, size_t block, size_t index, uint64_t passes)
{
	double fit = s->case_ns[index] > 0 ? BASELINE_NS / s->case_ns[index] : INFINITY;
	if (s->plan->cases[index].runner != runners)
		return passes;
	if (s->state[block].rests)
		return 0;
	return fit >= (double)passes ? passes : fit < 1 ? 1 : (uint64_t)fit;
}

static double block_ns(const struct agenda *s, size_t b, uint64_t passes)
{
	const struct block *block = &s->blocks->block[b];
	double ns = 0;
	for (size_t k = 0; k < block->count; k++) {
		size_t i = block->member[k];
		ns += (double)agenda_case_passes(s, b, i, passes) * s->case_ns[i];
	}
	return ns;
}

bool agenda_is_core(const struct agenda *s, size_t block)
{
	return s->blocks->block[block].core || !has_core(s->blocks);
}

/* What the open core takes, with so much time for each case. */
static double open_core_ns(const struct agenda *s, double case_ns)
{
	double ns = 0;
	for (size_t b = 0; b < s->blocks->count; b++)
		if (agenda_is_core(s, b) && !s->state[b].done)
			ns += block_ns(s, b, passes_in(s, b, case_ns));
	return ns;
}

/* What it takes until all of breadth has an interval. */
static double breadth_ns(const struct agenda *s)
{
	double ns = 0;
	for (size_t b = 0; b < s->blocks->count; b++) {
		const struct block_state *state = &s->state[b];
		if (!agenda_is_core(s, b) && !state->done && state->invocations < AGENDA_LEAST_INVOCATIONS)
			ns += (double)(AGENDA_LEAST_INVOCATIONS - state->invocations) *
			      AGENDA_BREADTH_PASSES * state->pass_ns;
	}
	return ns;
}

/*
 * With many workers a baseline takes longer than all that is compared in its block. Where the core has to be
 * cut for it, it rests once its speedup has an interval, unless the verdict is on speedups.
 */
static double resting_ns(const struct agenda *s, size_t b)
{
	const struct block *block = &s->blocks->block[b];
	double baseline_ns = 0;
	for (size_t k = 0; k < block->count; k++)
		if (s->plan->cases[block->member[k]].runner == runners)
			baseline_ns += s->case_ns[block->member[k]];
	bool rests = block->core && block->count > 2 && !block->core->baseline &&
		     2 * baseline_ns > s->state[b].pass_ns;
	return rests ? baseline_ns : 0;
}

/* With so much time for the core of an invocation. What of that baselines will not take that rest later, in
 * so many invocations. */
static double let_baselines_rest(struct agenda *s, double core_ns, uint64_t wanted)
{
	double spared_ns = 0;
	for (size_t b = 0; b < s->blocks->count; b++)
		s->state[b].rests = false;
	if (open_core_ns(s, MOST_CASE_NS) <= core_ns)
		return 0;
	for (size_t b = 0; b < s->blocks->count; b++) {
		struct block_state *state = &s->state[b];
		uint64_t before = state->invocations < AGENDA_LEAST_INVOCATIONS
					  ? AGENDA_LEAST_INVOCATIONS - state->invocations
					  : 0;
		state->rests = !before && resting_ns(s, b) > 0;
		if (state->invocations && before && !state->done && wanted > before)
			spared_ns += (double)(wanted - before) * resting_ns(s, b);
	}
	return spared_ns;
}

/*
 * Passes are cut first, invocations after them: an invocation says more than a pass, for passes share their
 * invocation's luck.
 */
void agenda_plan(struct agenda *s, uint64_t invocation, uint64_t most, double left_ns)
{
	double mine = fmax(AGENDA_CORE_SHARE * left_ns, left_ns - breadth_ns(s));
	uint64_t wanted = invocation < AGENDA_ENOUGH_INVOCATIONS ? AGENDA_ENOUGH_INVOCATIONS - invocation : 1;
	uint64_t room = most > invocation ? most - invocation : 1, fits;
	wanted = wanted < room ? wanted : room;
	double spared = let_baselines_rest(s, mine / (double)wanted, wanted);
	s->core_case_ns = MOST_CASE_NS;
	while (s->core_case_ns > LEAST_CASE_NS &&
	       (double)wanted * open_core_ns(s, s->core_case_ns) - spared > mine)
		s->core_case_ns *= 0.9;
	s->core_ns = open_core_ns(s, s->core_case_ns);
	double needed = (double)wanted * s->core_ns - spared;
	if (needed > mine) /* then breadth gives way */
		mine = fmax(mine, fmin(AGENDA_CORE_SHARE_MOST * left_ns, needed));
	double count = s->core_ns > 0 ? (mine + spared) / s->core_ns : INFINITY;
	fits = count < (double)room ? (uint64_t)count : room;
	s->left = fits ? fits : 1;
	s->is_short = fits < wanted;
}

double agenda_least_ns(const struct agenda *s)
{
	return open_core_ns(s, LEAST_CASE_NS);
}

double agenda_budget_ns(const struct agenda *s)
{
	double core_ns = AGENDA_ENOUGH_INVOCATIONS * agenda_least_ns(s);
	for (size_t b = 0; b < s->blocks->count; b++)
		if (!s->state[b].done && !s->state[b].rests)
			core_ns -= (AGENDA_ENOUGH_INVOCATIONS - AGENDA_LEAST_INVOCATIONS) * resting_ns(s, b);
	return fmin(core_ns / AGENDA_CORE_SHARE, core_ns + breadth_ns(s));
}
