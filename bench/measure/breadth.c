/* The blocks of an invocation: what of breadth fits beside the core, and the order of both (agenda.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/random.h"
#include "bench/measure/agenda.h"
#include "bench/measure/trial.h"

/* What this invocation has not taken yet, is not done and fits. */
static bool is_open(const struct agenda *s, size_t b, const bool *taken, double left_ns)
{
	const struct block_state *state = &s->state[b];
	return !agenda_is_core(s, b) && !state->done && !state->passes && !(taken && taken[b]) &&
	       AGENDA_BREADTH_PASSES * state->pass_ns <= left_ns;
}

struct group {
	uint64_t least, most; /* invocations of its blocks */
	double ns;            /* what a pass takes of what this invocation has not taken yet */
	size_t cases;
	bool fits; /* all of that */
};

static struct group group_of(const struct agenda *s, size_t group, const bool *taken, double left_ns)
{
	struct group g = {.least = UINT64_MAX};
	for (size_t b = group; b < s->blocks->count; b++) {
		const struct block_state *state = &s->state[b];
		if (state->group != group || agenda_is_core(s, b) || state->done)
			continue;
		g.most = state->invocations > g.most ? state->invocations : g.most;
		if (!is_open(s, b, taken, INFINITY))
			continue;
		g.ns += state->pass_ns;
		g.cases += s->blocks->block[b].count;
		if (is_open(s, b, taken, left_ns) && state->invocations < g.least)
			g.least = state->invocations;
	}
	g.fits = AGENDA_BREADTH_PASSES * g.ns <= left_ns;
	return g;
}

/* What was begun comes first, until it has an interval; then what was not, then the rest in turn. */
static uint64_t rank(const struct group *g)
{
	if (g->most > 0 && g->least < AGENDA_LEAST_INVOCATIONS)
		return AGENDA_LEAST_INVOCATIONS - g->least;
	return AGENDA_LEAST_INVOCATIONS + 1 + g->least;
}

/* Of equal groups one that fits whole, and whose cases take least, so that as much as can be is shown at all.
 */
static bool group_comes_before(const struct group *a, const struct group *b)
{
	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	if (a->fits != b->fits)
		return a->fits;
	return a->ns * (double)b->cases < b->ns * (double)a->cases;
}

/* The group that is next; blocks->count: none has a block that fits. */
static size_t first_group(const struct agenda *s, const bool *taken, double left_ns)
{
	struct group best = {.least = UINT64_MAX};
	size_t first = s->blocks->count;
	for (size_t b = 0; b < s->blocks->count; b++) {
		if (s->state[b].group != b || agenda_is_core(s, b))
			continue;
		struct group g = group_of(s, b, taken, left_ns);
		if (g.least == UINT64_MAX || (first < s->blocks->count && !group_comes_before(&g, &best)))
			continue;
		first = b;
		best = g;
	}
	return first;
}

static bool block_comes_before(const struct block_state *a, const struct block_state *b)
{
	return a->invocations != b->invocations ? a->invocations < b->invocations : a->pass_ns < b->pass_ns;
}

static size_t first_of_breadth(const struct agenda *s, const bool *taken, double left_ns)
{
	size_t group = first_group(s, taken, left_ns), best = s->blocks->count;
	for (size_t b = group; b < s->blocks->count; b++)
		if (s->state[b].group == group && is_open(s, b, taken, left_ns) &&
		    (best == s->blocks->count || block_comes_before(&s->state[b], &s->state[best])))
			best = b;
	return best;
}

size_t agenda_next(const struct agenda *s, double left_ns)
{
	return first_of_breadth(s, NULL, left_ns);
}

/* ---- the order ---- */

/* Do samples of both find the same ballast, or the same large area, in one cell (bench/measure/trial.h)? */
static bool share_memory(const struct agenda *s, size_t a, size_t b)
{
	const struct bench_case *x = &s->plan->cases[s->blocks->block[a].member[0]];
	const struct bench_case *y = &s->plan->cases[s->blocks->block[b].member[0]];
	bool ballasts = x->params.ballast >= TRIAL_LARGE_BYTES;
	bool areas = x->shared_bytes >= TRIAL_LARGE_BYTES;
	return x->params.ballast == y->params.ballast && x->huge == y->huge &&
	       (ballasts || (areas && x->kernel == y->kernel && x->params.size == y->params.size));
}

/* What can have a cell in common comes together, where the first of it stands: filling a ballast of 1 GiB
 * takes a hundred times as long as the sample beside it. */
static void gather(const struct agenda *s, size_t *order, size_t n)
{
	for (size_t i = 0, next = 1; i < n; i = next++)
		for (size_t k = next; k < n; k++) {
			size_t block = order[k];
			if (!share_memory(s, order[i], block))
				continue;
			memmove(order + next + 1, order + next, (k - next) * sizeof *order);
			order[next++] = block;
		}
}

size_t agenda_order(const struct agenda *s, double share_ns, uint64_t seed, size_t *order)
{
	bool *taken = calloc(s->blocks->count + 1, sizeof *taken);
	size_t n = 0, b;
	double left = share_ns - s->core_ns;
	for (b = 0; taken && b < s->blocks->count; b++)
		if (agenda_is_core(s, b) && !s->state[b].done)
			order[n++] = b;
	while (taken && (b = first_of_breadth(s, taken, left)) < s->blocks->count) {
		taken[b] = true;
		left -= AGENDA_BREADTH_PASSES * s->state[b].pass_ns;
		order[n++] = b;
	}
	free(taken);
	random_shuffle(order, n, &seed);
	gather(s, order, n);
	return n;
}
