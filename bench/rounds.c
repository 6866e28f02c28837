/* The measuring part of a run: rounds of samples in random order, within a share of the budget. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/exit.h"
#include "bench/random.h"
#include "bench/run.h"
#include "runners/clock.h"

int run_write_row(struct run *run, struct sample *row)
{
	row->seq = run->chain.seq++;
	int error = run->samples ? samples_write(run->samples, row) : 0;
	if (error)
		return complain(EXIT_UNUSABLE,
				"'%s/samples.csv' cannot be written: %s; the rows before this one are safe",
				run->chain.folder, strerror(-error));
	error = run->csv ? samples_write(run->csv, row) : 0;
	return error ? complain(EXIT_UNUSABLE, "--csv: '%s' cannot be written: %s", run->options.csv,
				strerror(-error))
		     : 0;
}

/* What a sample says about its case's progress, be it measured now or before the run was broken off. */
static void note_sample(struct run *run, size_t index)
{
	struct progress_of_case *state = &run->state[index];
	if (state->failed)
		run->done[index] = true;
	run->failed |= state->failed && !state->skipped;
	if (run->options.repetitions && state->repetition >= run->options.repetitions)
		run->done[index] = true;
}

static void take_over(struct run *run, size_t index, const struct sample *row)
{
	struct progress_of_case *state = &run->state[index];
	state->repetition++;
	state->failed = strcmp(row->status, status_name(STATUS_OK)) != 0;
	state->skipped = strcmp(row->status, status_name(STATUS_SKIPPED)) == 0;
	if (!state->failed)
		state->iterations = row->iterations;
	note_sample(run, index);
}

static int measure_case(struct run *run, size_t index)
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
	note_sample(run, index);
	row.took_ns = (double)(clock_ns() - start_ns);
	return run_write_row(run, &row);
}

static int replay_or_measure(struct run *run, size_t index)
{
	int error = 0;
	const struct sample *row = chain_replay(&run->replay, &run->plan.cases[index], &error);
	if (!row)
		return error ? error : measure_case(run, index);
	take_over(run, index, row);
	return 0;
}

static bool same_ballast(const struct bench_case *a, const struct bench_case *b)
{
	return a->params.ballast && a->params.ballast == b->params.ballast && a->huge == b->huge;
}

/* Touching a gigabyte takes longer than a sample: the cases beside one ballast come one after the other. */
static void gather_ballasts(const struct plan *plan, size_t *order, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (same_ballast(&plan->cases[order[i]], &plan->cases[order[j]])) {
				size_t next = order[i + 1];
				order[i + 1] = order[j];
				order[j] = next;
				break;
			}
}

/* The cases that are not done, in a random order. Their number. */
static size_t shuffle_round(const struct run *run, uint64_t round, size_t *order)
{
	size_t n = 0;
	for (size_t i = 0; i < run->plan.count; i++)
		if (!run->done[i])
			order[n++] = i;
	uint64_t state = run->chain.seed ^ (run->chain.invocation << 32) ^ round;
	random_shuffle(order, n, &state);
	gather_ballasts(&run->plan, order, n);
	return n;
}

/* Until when this invocation measures: an even share of what is left. With --repetitions, samples are shared
 * instead. */
static uint64_t share_of_time(const struct run *run)
{
	uint64_t now = clock_ns(), all = run->options.invocations, done = run->chain.invocation;
	if (now >= run->chain.deadline_ns)
		return now;
	return now + (run->chain.deadline_ns - now) / (done < all ? all - done : 1);
}

static uint64_t rounds_of_invocation(const struct run *run)
{
	uint64_t invocations = run->options.invocations;
	if (!run->options.repetitions)
		return UINT64_MAX;
	return (run->options.repetitions + invocations - 1) / invocations;
}

/* Round after round until the share is spent; the first round of each invocation is measured whole. */
int run_measure(struct run *run)
{
	size_t *order = calloc(run->plan.count, sizeof *order);
	uint64_t until = share_of_time(run);
	int code = 0;
	if (!order)
		return complain(EXIT_UNUSABLE, "out of memory");
	for (uint64_t round = 0; !code && round < rounds_of_invocation(run); round++) {
		uint64_t end = round ? until : run->chain.deadline_ns;
		size_t n = shuffle_round(run, round, order);
		if (n == 0 || (round > 0 && clock_ns() >= until))
			break;
		run->progress.total = n;
		for (size_t i = 0; i < n && !code && clock_ns() < end; i++) {
			progress_show(&run->progress, i, run->plan.cases[order[i]].name);
			code = replay_or_measure(run, order[i]);
		}
	}
	free(order);
	return code;
}
