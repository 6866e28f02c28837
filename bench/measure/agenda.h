/*
 * From a budget to verdicts: which blocks an invocation measures, in how many passes, and how many
 * invocations share what is left of the budget.
 *
 * The core comes first, in every invocation, with about as much time for one case as for another; that is cut
 * until at least seven invocations of it fit into 60 % of the budget. Time flows to doubt: from the third
 * invocation on wide intervals have more time than narrow ones, and from the fourth on a block whose ratios
 * are known precisely enough leaves the queue. It leaves by the width of its intervals, never by what they
 * say, so that looking at them again and again makes no verdict more likely; and not after three, for
 * intervals of three are narrow by chance too often (tests/unit/test_agenda.c simulates both). Breadth has
 * the time that is left, in turn, group by group: what one suite measures with so many workers is in the same
 * invocations as far as it fits, so that a mean over kernels has all of them; and what was begun is first
 * brought to three invocations, which make an interval.
 */
#ifndef PVT_AGENDA_H
#define PVT_AGENDA_H

#include "bench/plan/blocks.h"
#include "bench/samples/summary.h"

enum {
	AGENDA_ENOUGH_INVOCATIONS = 7,
	AGENDA_LEAST_INVOCATIONS = 3,
	AGENDA_DONE_INVOCATIONS = 4,
	AGENDA_MOST_PASSES = 30,
	AGENDA_PROBES = 3, /* memory and counters hardly vary between invocations: so many make an interval */
	AGENDA_BREADTH_PASSES = 1
};
#define AGENDA_CORE_SHARE 0.6
#define AGENDA_CORE_SHARE_MOST 0.9 /* where so many invocations do not fit into that */

/* What is known of a block from the invocations before. */
struct block_state {
	size_t group;   /* of breadth: the first block of its suite with as many workers, placed alike */
	double pass_ns; /* what one pass of all its cases takes */
	uint64_t invocations; /* that have measured it */
	double width;         /* of the widest of its intervals: half of it over the middle; infinite: none */
	bool done;            /* precise enough, or all of it failed */
	bool rests;           /* its baseline does in this invocation */
	uint64_t passes;      /* of this invocation */
};

struct agenda {
	const struct plan *plan;
	const struct blocks *blocks;
	struct block_state *state; /* [blocks->count] */
	double *case_ns;           /* [plan->count] what one sample takes: measured, or guessed */
	double precision;          /* the width that is asked for */
	double core_case_ns;       /* the time of a core case in this invocation */
	uint64_t left;  /* invocations that share what is left of the budget, this one among them */
	double core_ns; /* what the open core takes in this invocation */
	bool is_short;  /* there is no time for enough of them, as far as is known */
};

/* The costs are guesses until agenda_learn. 0 or -ENOMEM; agenda_free is fine in both cases. */
int agenda_make(struct agenda *s, const struct plan *plan, const struct blocks *blocks, uint32_t units,
		double min_time_s);
void agenda_free(struct agenda *s);

/* What a pass of a block takes, anew from what its cases take. */
void agenda_add_up(struct agenda *s, size_t block);

/* Takes over what the invocations before have shown; ratios are known to `precision`, or not yet. */
void agenda_learn(struct agenda *s, const struct summary *before, double precision);

/*
 * Takes over what a sample of the first invocation has shown, whose plan rests on guesses: a block that is
 * dearer than that has fewer passes.
 */
void agenda_note(struct agenda *s, size_t index, const struct sample *row);

/*
 * Were the case's memory and counters looked at in enough invocations? That takes a job of its own: where it
 * is a long one, and neither counters nor a verdict on memory ask for more, once is enough.
 */
bool agenda_has_seen(const struct case_summary *c);

/* For an invocation (from 0, of `most`) with so much of the budget left. */
void agenda_plan(struct agenda *s, uint64_t invocation, uint64_t most, double left_ns);

/* Is it measured in each invocation, as long as it is not done? All are where a plan has no core. */
bool agenda_is_core(const struct agenda *s, size_t block);

/* The passes of a block, of core blocks agenda->passes, and those that a case of it takes part in: the first
 * ones. */
uint64_t agenda_passes(const struct agenda *s, size_t block);
uint64_t agenda_case_passes(const struct agenda *s, size_t block, size_t index, uint64_t passes);

/*
 * The blocks of this invocation in a random order, but those that can share a large ballast or area one after
 * the other: the open core, and as much of breadth as is likely to fit into `share_ns`. Their number; `order`
 * has room for all blocks.
 */
size_t agenda_order(const struct agenda *s, double share_ns, uint64_t seed, size_t *order);

/* The next breadth block in turn that this invocation has not measured and that fits; blocks->count: none. */
size_t agenda_next(const struct agenda *s, double left_ns);

/* What the core takes in one invocation at the least, and the budget of a run that has enough of them. */
double agenda_least_ns(const struct agenda *s);
double agenda_budget_ns(const struct agenda *s);

#endif
