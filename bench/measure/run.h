/* What the parts of `pvt run` share: run.c carries it out, run_open.c begins it, run_blocks.c measures. */
#ifndef PVT_RUN_H
#define PVT_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/measure/agenda.h"
#include "bench/measure/invocation.h"
#include "bench/measure/measure.h"
#include "bench/measure/progress.h"
#include "bench/plan/options.h"
#include "bench/plan/plan.h"

struct resume;

/* Writes the report of a run folder: an exit code. */
typedef int run_report(const char *dir, bool verbose);

struct run {
	struct options options;
	struct machine *machine;
	struct cluster *cluster;
	struct plan plan;
	struct invocation invocation;
	struct replay replay;
	struct measure measure;
	struct progress progress;
	struct progress_of_case *state; /* [plan.count] */
	uint64_t most_repetitions;      /* of a case until this invocation's end, with --repetitions */
	struct blocks blocks;
	struct agenda agenda;
	FILE *samples; /* in the run folder; NULL without one */
	FILE *csv;     /* --csv; NULL without */
	char run_id[40];
	uint64_t taken; /* samples of this invocation */
	bool failed;    /* some sample was not ok */
	int turns;      /* the socket of a gate that says what to measure when; -1: none */
	size_t turn_of; /* the case whose cell is open for its next turn; plan.count: none */
	run_report *report;
};

/*
 * All that `pvt run` does: measures what the options in argv ask for, hands over to the next invocation, or
 * reports. `original` is the program's whole argv; `resume`: all 0, or what is gone on with. An exit code.
 */
int run_carry_out(int argc, char **argv, char *const *original, const struct resume *resume,
		  run_report *report);

/* ---- run_preview.c ---- */

/* The machine, the hosts, the cases, and what is known of them beforehand. 0, or EXIT_UNUSABLE after a
 * message. */
int run_look_around(struct run *run, bool launched);

/* Says so where the budget has no room for enough invocations; `known`: from what that is known. */
void run_say_whether_it_fits(const struct run *run, const char *known);

/* Names the cases instead of measuring them. An exit code. */
int run_preview(struct run *run);

/* ---- run_open.c: 0, or an exit code after a message ---- */

/* The first invocation; a further one; the one that was broken off. */
int run_begin(struct run *run, int argc, char *const *original);
int run_continue(struct run *run);
int run_resume(struct run *run, const struct resume *resume);

void run_new_id(struct run *run);
bool run_has_folder(const struct run *run);

/* All that measure_open wants to be told. */
struct measure run_make_measure(const struct run *run);

/* ---- run_blocks.c ---- */

/* Writes a row to the run folder and to --csv, whole. 0, or EXIT_UNUSABLE after a message. */
int run_write_row(struct run *run, struct sample *row);

/*
 * Measures the blocks that the schedule has for this invocation, pass after pass, within its share of the
 * budget. 0, or an exit code after a message.
 */
int run_measure(struct run *run);

/* ---- run_turns.c ---- */

/* Can it sleep while others measure, and are there rows for the gate to read? */
bool run_can_take_turns(const struct run *run);

/* Measures what the gate at run->turns asks for, until it asks for no more. 0, or an exit code after a
 * message. */
int run_take_turns(struct run *run);

/* Is there a case in the block that is neither precise enough, nor failed, nor done with --repetitions? */
bool run_is_open(const struct run *run, size_t block);

#endif
