/* One sample of one case as a row: what a trial needs to know, and what came of it. */
#ifndef PVT_MEASURE_H
#define PVT_MEASURE_H

#include <signal.h>

#include "bench/measure/inputs.h"
#include "bench/measure/trial.h"
#include "bench/plan/plan.h"
#include "bench/samples/samples.h"

/* What one invocation knows while it measures. The caller fills all before counters. */
struct measure {
	const struct options *options;
	const struct machine *machine;
	struct cluster *cluster;
	double quota; /* CPUs that the cgroup pays for */
	const char *run_id;
	const volatile sig_atomic_t *interrupted;
	struct counter_event counters[COUNTERS]; /* what can be counted here … */
	bool counting;                           /* … if anything */
	bool stays;                              /* a case's cell stays open for its next sample */
	bool stamped;                            /* spans are wanted alone: no plain jobs */
	bool alone;                              /* this process has no other children: see orphans_adopt */
	struct inputs inputs;
	struct trial *trial;
	struct measure_room *room; /* what one sample takes: the ranks' units, and the texts of its row */
};

/* 0, or EXIT_UNUSABLE after a message. measure_close is fine in both cases. `handed_over`: see inputs.h; 0:
 * none.
 */
int measure_open(struct measure *measure, uint64_t handed_over);
void measure_close(struct measure *measure);

/* Leaves the inputs to the next invocation: what that passes to measure_open. */
uint64_t measure_hand_over(struct measure *measure);

/* What it remembers of a case between samples. */
struct progress_of_case {
	uint64_t iterations; /* calibrated; 0: not yet */
	uint64_t repetition; /* of the next sample */
	bool spared;         /* it was looked at in enough invocations before */
	bool tries;          /* its jobs try what may hang, each for tens of ms */
	bool probed;         /* in this invocation, and so … */
	struct cell_probed seen;
	bool failed;  /* it is not tried again … */
	bool skipped; /* … because it is out of reach here: nothing is wrong */
};

/*
 * Takes one sample and fills `row`, all but seq. 0 when there is a row (look at its status; `why` then says
 * what failed), -EINTR when interrupted, another negative errno with `why` when nothing can be measured.
 * The texts in the row live until the next call.
 */
int measure_sample(struct measure *measure, const struct bench_case *c, struct progress_of_case *progress,
		   struct sample *row, char *why, size_t why_bytes);

/* Closes the cell that is kept open for the next sample: others are to measure now. */
void measure_let_go(struct measure *measure);

/* A row for a case that could not be measured. */
void measure_skip(const struct measure *measure, const struct bench_case *c, struct sample *row);

#endif
