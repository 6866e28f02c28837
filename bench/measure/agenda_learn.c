/* What the invocations before have shown an agenda: how well each block is known, and what its cases take. */
#include <math.h>
#include <stdlib.h>

#include "bench/measure/agenda.h"
#include "bench/measure/invocation.h"
#include "bench/plan/suites.h"
#include "bench/samples/pairing.h"

/* A job that takes as long is a long one to look at memory and counters in. */
#define LONG_PROBE_NS 20e6

/* ---- how well it is known ---- */

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
	agenda_add_up(s, b);
	state->done = measured == block->count &&
		      (live == 0 ||
		       (state->width <= precision && state->invocations >= AGENDA_DONE_INVOCATIONS));
}

/* ---- what looking at memory and counters takes ---- */

static bool is_counted(const struct case_summary *c)
{
	for (size_t i = 0; i < COUNTERS; i++)
		if (isfinite(c->count[i]))
			return true;
	return false;
}

/* The job that is looked at is not repeated for a window: it ends when its operations do. */
static double probe_ns(double wall_ns, double span_ns, double operation_ns)
{
	return isfinite(operation_ns) ? span_ns : wall_ns;
}

static double probe_of(const struct case_summary *c)
{
	return probe_ns(c->wall.value, c->span.value, c->metric[METRIC_OPERATION].value);
}

bool agenda_has_seen(const struct case_summary *c)
{
	uint64_t n = c->metric[METRIC_PSS].n;
	bool once = probe_of(c) >= LONG_PROBE_NS && !is_counted(c) && !suites_ask_memory(c->id.suite);
	return n >= (once ? 1 : AGENDA_PROBES);
}

/* A sample that was looked at has taken that job, too: what one without takes. */
static double without_probe(double took_ns, double probe)
{
	return isfinite(probe) ? fmax(took_ns - probe, took_ns / 4) : took_ns;
}

void agenda_note(struct agenda *s, size_t index, const struct sample *row)
{
	bool probed = row->repetition == 0 && isfinite(row->pss_kib);
	double took_ns = row->took_ns - (isfinite(row->input_ns) ? row->input_ns : 0);
	if (!isfinite(took_ns))
		return;
	double probe = probe_ns(row->wall_ns, row->span_ns, row->operation_ns);
	s->case_ns[index] = probed ? without_probe(took_ns, probe) : took_ns;
	for (size_t b = 0; b < s->blocks->count; b++)
		agenda_add_up(s, b);
}

/* A case that has failed takes no more time. The median of more than two samples is one that was not looked
 * at, where that is over. */
static void learn_case(struct agenda *s, size_t index, const struct case_summary *c)
{
	if (c && c->failed)
		s->case_ns[index] = 0;
	else if (c && isfinite(c->took_ns))
		s->case_ns[index] = c->samples < 3 && c->metric[METRIC_PSS].n && agenda_has_seen(c)
					    ? without_probe(c->took_ns, probe_of(c) / (double)c->samples)
					    : c->took_ns;
}

/* What a mean is over stays until all of it is done: it has only the invocations that have measured all. */
static void keep_means_together(struct agenda *s)
{
	const struct blocks *blocks = s->blocks;
	for (size_t b = 0; b < blocks->count; b++) {
		const struct core_comparison *line = blocks->block[b].core;
		bool open = false;
		for (size_t other = 0; line && line->mean && other < blocks->count && !open; other++)
			open = blocks->block[other].core == line && !s->state[other].done;
		if (open && s->state[b].invocations)
			s->state[b].done = false;
	}
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
	keep_means_together(s);
	free(of);
}
