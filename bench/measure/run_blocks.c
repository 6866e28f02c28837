/* The measuring part of a run: block after block in random order, pass after pass, within a share of the
 * budget. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/random.h"
#include "bench/measure/run.h"
#include "bench/plan/suites.h"
#include "runners/clock.h"

int run_write_row(struct run *run, struct sample *row)
{
	row->seq = run->invocation.seq++;
	int error = run->samples ? samples_write(run->samples, row) : 0;
	if (error)
		return complain(EXIT_UNUSABLE,
				"'%s/samples.csv' cannot be written: %s; the rows before this one are safe",
				run->invocation.folder, strerror(-error));
	error = run->csv ? samples_write(run->csv, row) : 0;
	return error ? complain(EXIT_UNUSABLE, "--csv: '%s' cannot be written: %s", run->options.csv,
				strerror(-error))
		     : 0;
}

/* ---- a sample ---- */

/* What a sample says about its case's progress, be it measured now or before the run was broken off. */
static void note_sample(struct run *run, size_t index, const struct sample *row)
{
	const struct progress_of_case *state = &run->state[index];
	run->failed |= state->failed && !state->skipped;
	if (run->invocation.number == 0 && !state->failed)
		agenda_note(&run->agenda, index, row);
}

static void take_over(struct run *run, size_t index, const struct sample *row)
{
	struct progress_of_case *state = &run->state[index];
	state->repetition++;
	state->failed = strcmp(row->status, status_name(STATUS_OK)) != 0;
	state->skipped = strcmp(row->status, status_name(STATUS_SKIPPED)) == 0;
	if (!state->failed)
		state->iterations = row->iterations;
	note_sample(run, index, row);
}

static int measure_case(struct run *run, size_t index, uint64_t block, uint64_t pass)
{
	const struct bench_case *c = &run->plan.cases[index];
	struct sample row;
	char why[512];
	uint64_t start_ns = clock_ns();
	int error = measure_sample(&run->measure, c, &run->state[index], &row, why, sizeof why);
	if (error == -EINTR)
		return EXIT_INTERRUPTED;
	if (error) {
		progress_clear(&run->progress);
		return complain(EXIT_UNUSABLE, "%s: %s", c->name, *why ? why : strerror(-error));
	}
	run->taken++;
	if (run->state[index].failed) {
		progress_clear(&run->progress);
		complain(0, "%s: %s: %s", c->name, row.status, why);
	}
	row.block = block;
	row.pass = pass;
	row.took_ns = (double)(clock_ns() - start_ns);
	note_sample(run, index, &row);
	return run_write_row(run, &row);
}

/* A case that has failed is not tried again, and with --repetitions none gets more than its share. */
static bool is_wanted(const struct run *run, size_t index)
{
	const struct progress_of_case *state = &run->state[index];
	return !state->failed && (!run->options.repetitions || state->repetition < run->most_repetitions);
}

static int replay_or_measure(struct run *run, size_t index, uint64_t block, uint64_t pass)
{
	const struct sample *row = replay_find(&run->replay, &run->plan.cases[index], block, pass);
	if (row)
		return take_over(run, index, row), 0;
	return is_wanted(run, index) ? measure_case(run, index, block, pass) : 0;
}

/* ---- blocks ---- */

/* An order of its own for each invocation, block and pass. */
static uint64_t seed_of(const struct run *run, uint64_t block, uint64_t pass)
{
	uint64_t state = run->invocation.seed ^ (run->invocation.number << 48) ^ (block << 16) ^ pass;
	return random_next(&state);
}

/* --repetitions wants as many of each case. */
static bool takes_part(const struct run *run, size_t b, size_t index, uint64_t pass, uint64_t passes)
{
	return run->options.repetitions || pass < agenda_case_passes(&run->agenda, b, index, passes);
}

/* One more of so many passes over a block: its cases, once. Blocks count from 1 in samples.csv. */
static int take_pass(struct run *run, size_t b, uint64_t passes)
{
	const struct block *block = &run->blocks.block[b];
	uint64_t pass = run->agenda.state[b].passes++, seed = seed_of(run, b + 1, pass);
	size_t *order = calloc(block->count, sizeof *order);
	int code = order ? 0 : complain(EXIT_UNUSABLE, "out of memory");
	if (order)
		memcpy(order, block->member, block->count * sizeof *order);
	if (order)
		random_shuffle(order, block->count, &seed);
	for (size_t k = 0; order && k < block->count && !code; k++) {
		if (!takes_part(run, b, order[k], pass, passes))
			continue;
		progress_show(&run->progress, suites_decide(run->plan.cases[order[k]].suite),
			      run->plan.cases[order[k]].name);
		code = replay_or_measure(run, order[k], b + 1, pass);
	}
	free(order);
	return code;
}

static int take_block(struct run *run, size_t b, uint64_t passes)
{
	int code = 0;
	while (run->agenda.state[b].passes < passes && !code && clock_ns() < run->invocation.deadline_ns)
		code = take_pass(run, b, passes);
	return code;
}

static uint64_t passes_of(const struct run *run, size_t b)
{
	uint64_t invocations = run->options.invocations;
	if (run->options.repetitions)
		return run->options.repetitions / invocations + (run->options.repetitions % invocations != 0);
	return agenda_passes(&run->agenda, b);
}

/* The plan of the first invocation rests on guesses: what a pass of it shows to be dear has no more of them.
 */
static int take_planned_block(struct run *run, size_t b)
{
	const uint64_t most = passes_of(run, b);
	uint64_t passes = most;
	int code = 0;
	while (run->agenda.state[b].passes < passes && !code && clock_ns() < run->invocation.deadline_ns) {
		code = take_pass(run, b, passes);
		uint64_t now = passes_of(run, b);
		passes = now < most ? now : most;
	}
	return code;
}

/* ---- an invocation ---- */

static double time_left(uint64_t until_ns)
{
	uint64_t now = clock_ns();
	return now < until_ns ? (double)(until_ns - now) : 0;
}

/* What was begun before the run was broken off is measured to its end, whatever else fits. */
static size_t order_blocks(const struct run *run, double share_ns, size_t *order)
{
	size_t n = agenda_order(&run->agenda, run->options.repetitions ? 1e300 : share_ns, seed_of(run, 0, 0),
				order);
	for (size_t b = 0; b < run->blocks.count; b++) {
		bool listed = !replay_has_begun(&run->replay, b + 1);
		for (size_t i = 0; i < n && !listed; i++)
			listed = order[i] == b;
		if (!listed)
			order[n++] = b;
	}
	return n;
}

/* Breadth gives way where an invocation's share is over, the core only where the budget is. */
static int take_planned(struct run *run, const size_t *order, size_t n, uint64_t until_ns)
{
	int code = 0;
	for (size_t i = 0; i < n && !code; i++) {
		uint64_t end = agenda_is_core(&run->agenda, order[i]) || run->options.repetitions
				       ? run->invocation.deadline_ns
				       : until_ns;
		run->progress.done = i;
		if (clock_ns() < end || replay_has_begun(&run->replay, order[i] + 1))
			code = take_planned_block(run, order[i]);
	}
	return code;
}

/* Where guesses were too high there is time for more of breadth, or for one more invocation, … */
static int take_more_breadth(struct run *run, uint64_t until_ns)
{
	size_t b;
	int code = 0;
	while (!code && (b = agenda_next(&run->agenda, time_left(until_ns))) < run->blocks.count)
		code = take_block(run, b, AGENDA_BREADTH_PASSES);
	return code;
}

/* … and where no invocation follows, for more passes of what is open. */
static int take_more_passes(struct run *run, uint64_t until_ns)
{
	bool taken = true;
	int code = 0;
	while (taken && !code) {
		taken = false;
		for (size_t b = 0; b < run->blocks.count && !code; b++) {
			const struct block_state *state = &run->agenda.state[b];
			if (state->done || state->pass_ns > time_left(until_ns) || !run_is_open(run, b))
				continue;
			taken = true;
			code = take_block(run, b, run->agenda.state[b].passes + 1);
		}
	}
	return code;
}

bool run_is_open(const struct run *run, size_t b)
{
	const struct block *block = &run->blocks.block[b];
	for (size_t k = 0; k < block->count && !run->agenda.state[b].done; k++)
		if (is_wanted(run, block->member[k]))
			return true;
	return false;
}

int run_measure(struct run *run)
{
	size_t *order = calloc(run->blocks.count + 1, sizeof *order);
	if (!order)
		return complain(EXIT_UNUSABLE, "out of memory");
	double left = time_left(run->invocation.deadline_ns);
	agenda_plan(&run->agenda, run->invocation.number, run->options.invocations, left);
	double share = left / (double)run->agenda.left;
	uint64_t until_ns = clock_ns() + (uint64_t)share;
	size_t n = order_blocks(run, share, order);
	run->progress.total = n;
	int code = take_planned(run, order, n, until_ns);
	if (!code && !run->options.repetitions && !run->agenda.is_short)
		code = take_more_breadth(run, until_ns);
	if (!code && !run->options.repetitions && run->agenda.left == 1)
		code = take_more_passes(run, until_ns);
	free(order);
	return code;
}
