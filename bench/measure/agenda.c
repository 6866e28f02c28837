#include "bench/measure/agenda.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure/invocation.h"
#include "bench/samples/pairing.h"

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

static void add_up(struct agenda *s, size_t b)
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
		add_up(s, b);
	}
	return 0;
}

void agenda_free(struct agenda *s)
{
	free(s->state);
	free(s->case_ns);
	*s = (struct agenda){0};
}

/* ---- what was measured ---- */

/* Half an interval over its middle; what a kind of case does not have is no doubt, too few invocations are.
 */
static double width_of(const struct estimate *e)
{
	double half = (e->high - e->low) / 2;
	if (e->n == 0 || half == 0)
		return 0;
	return stat_is_sure(e) && e->value != 0 ? half / fabs(e->value) : INFINITY;
}

/* What the verdicts read of that column; NULL: they ask each case alone. */
static reading *reading_of(enum metric metric)
{
	return metric == METRIC_WALL        ? reading_wall
	       : metric == METRIC_SPAN      ? reading_span
	       : metric == METRIC_OPERATION ? reading_operation
	       : metric == METRIC_REQUEST   ? reading_request
	       : metric == METRIC_PSS       ? reading_pss_a_worker
					    : NULL;
}

/* One case beside another, or alone. */
static double width_in(const struct summary *s, const struct case_summary *a, const struct case_summary *b,
		       enum metric metric)
{
	struct estimate e = a == b || !reading_of(metric) ? a->metric[metric]
							  : pairing_over(s, a, b, reading_of(metric));
	return width_of(&e);
}

/* By the column that decides; of breadth by what the plots show. An operation without a window is read from
 * the span. */
static double member_width(const struct summary *s, const struct core_comparison *core,
			   const struct case_summary *a, const struct case_summary *b)
{
	enum metric metric = METRIC_SPAN;
	if (!a || a->failed || !a->samples)
		return 0;
	if (!b || b->failed || !b->samples)
		b = a;
	if (!core)
		return fmax(width_in(s, a, b, METRIC_SPAN), width_in(s, a, b, METRIC_WALL));
	summary_metric_named(core->metric, &metric);
	if (metric == METRIC_OPERATION && a->metric[metric].n == 0)
		metric = METRIC_SPAN;
	return width_in(s, a, b, metric);
}

static uint64_t invocations_of(const struct summary *s, const struct case_summary *c)
{
	uint64_t n = 0;
	for (size_t r = 0; r < s->run_count; r++)
		n += isfinite(c->by_run[METRIC_WALL][r]) != 0;
	return n;
}

/* Is it in doubt for itself? The reference is for what is compared with it, the baseline for speedups. */
static bool is_asked(const struct agenda *s, const struct block *block, size_t k)
{
	bool compares = s->plan->cases[block->member[k]].runner != runners || !block->core ||
			block->count == 2;
	return block->count == 1 || (k != blocks_reference(s->plan, block) && compares);
}

/* How well the block's cases are known, as far as they were measured. */
static void learn_block(struct agenda *s, size_t b, const struct case_summary *const *of,
			const struct summary *before, double precision)
{
	const struct block *block = &s->blocks->block[b];
	struct block_state *state = &s->state[b];
	const struct case_summary *reference = of[block->member[blocks_reference(s->plan, block)]];
	size_t live = 0, measured = 0;
	for (size_t k = 0; k < block->count; k++) {
		const struct case_summary *c = of[block->member[k]];
		measured += c != NULL;
		if (!c || c->failed)
			continue;
		live++;
		uint64_t n = invocations_of(before, c);
		state->invocations = n > state->invocations ? n : state->invocations;
		if (is_asked(s, block, k))
			state->width = fmax(state->width, member_width(before, block->core, c, reference));
	}
	add_up(s, b);
	state->done = measured == block->count &&
		      (live == 0 ||
		       (state->width <= precision && state->invocations >= AGENDA_DONE_INVOCATIONS));
}

/* A case that has failed takes no more time. */
static void learn_case(struct agenda *s, size_t index, const struct case_summary *c)
{
	if (c && c->failed)
		s->case_ns[index] = 0;
	else if (c && isfinite(c->took_ns))
		s->case_ns[index] = c->took_ns;
}

void agenda_learn(struct agenda *s, const struct summary *before, double precision)
{
	const struct case_summary **of = calloc(s->plan->count + 1, sizeof(void *));
	for (size_t i = 0; of && i < s->plan->count; i++) {
		of[i] = invocation_summary_of(before, &s->plan->cases[i]);
		learn_case(s, i, of[i]);
	}
	s->precision = precision;
	for (size_t b = 0; of && b < s->blocks->count; b++)
		learn_block(s, b, of, before, precision);
	free(of);
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

/* A baseline, which is on one core as long as all workers together, has fewer. */
uint64_t agenda_case_passes(const struct agenda *s, size_t index, uint64_t passes)
{
	double fit = s->case_ns[index] > 0 ? BASELINE_NS / s->case_ns[index] : INFINITY;
	if (s->plan->cases[index].runner != runners || fit >= (double)passes)
		return passes;
	return fit < 1 ? 1 : (uint64_t)fit;
}

static double block_ns(const struct agenda *s, size_t b, uint64_t passes)
{
	const struct block *block = &s->blocks->block[b];
	double ns = 0;
	for (size_t k = 0; k < block->count; k++) {
		size_t i = block->member[k];
		ns += (double)agenda_case_passes(s, i, passes) * s->case_ns[i];
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
 * Passes are cut first, invocations after them: an invocation says more than a pass, for passes share their
 * invocation's luck.
 */
void agenda_plan(struct agenda *s, uint64_t invocation, uint64_t most, double left_ns)
{
	double mine = fmax(AGENDA_CORE_SHARE * left_ns, left_ns - breadth_ns(s));
	uint64_t wanted = invocation < AGENDA_ENOUGH_INVOCATIONS ? AGENDA_ENOUGH_INVOCATIONS - invocation : 1;
	uint64_t room = most > invocation ? most - invocation : 1, fits;
	wanted = wanted < room ? wanted : room;
	s->core_case_ns = MOST_CASE_NS;
	while (s->core_case_ns > LEAST_CASE_NS && (double)wanted * open_core_ns(s, s->core_case_ns) > mine)
		s->core_case_ns *= 0.9;
	s->core_ns = open_core_ns(s, s->core_case_ns);
	if ((double)wanted * s->core_ns > mine) /* then breadth gives way */
		mine = fmax(mine, fmin(AGENDA_CORE_SHARE_MOST * left_ns, (double)wanted * s->core_ns));
	fits = s->core_ns > 0 && mine / s->core_ns < (double)room ? (uint64_t)(mine / s->core_ns) : room;
	s->left = fits ? fits : 1;
}

double agenda_least_ns(const struct agenda *s)
{
	return open_core_ns(s, LEAST_CASE_NS);
}

double agenda_budget_ns(const struct agenda *s)
{
	double core_ns = AGENDA_ENOUGH_INVOCATIONS * agenda_least_ns(s);
	return fmin(core_ns / AGENDA_CORE_SHARE, core_ns + breadth_ns(s));
}
