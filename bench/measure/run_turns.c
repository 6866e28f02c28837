/* pvt run as an arm of a gate: it measures what it is told to, one sample at a time, and sleeps in between
 * (bench/base/turns.h). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/base/exit.h"
#include "bench/base/signals.h"
#include "bench/base/turns.h"
#include "bench/measure/run.h"
#include "runners/clock.h"

/* Ranks of an MPI stay between samples, and most of them spin: beside them nobody else measures. */
bool run_can_take_turns(const struct run *run)
{
	for (size_t i = 0; i < run->plan.count; i++)
		if (runner_leaves_machine(run->plan.cases[i].runner))
			return false;
	return run->csv != NULL;
}

static size_t find_case(const struct run *run, const char *name)
{
	size_t i = 0;
	while (i < run->plan.count && strcmp(run->plan.cases[i].name, name) != 0)
		i++;
	return i;
}

static int answer(const struct run *run, const char *word, size_t index)
{
	int error = turns_say(run->turns, "%s %s", word, run->plan.cases[index].name);
	return error ? complain(EXIT_UNUSABLE, "the gate cannot be answered: %s", strerror(-error)) : 0;
}

/* One sample; its row is kept where it belongs to a pass, or where it says what has failed. */
static int measure(struct run *run, size_t index, bool kept, uint64_t pass)
{
	struct sample row;
	char why[512];
	uint64_t start_ns = clock_ns();
	const struct bench_case *c = &run->plan.cases[index];
	int error = measure_sample(&run->measure, c, &run->state[index], &row, why, sizeof why);
	measure_let_go(&run->measure);
	if (error == -EINTR)
		return EXIT_INTERRUPTED;
	if (error)
		return complain(EXIT_UNUSABLE, "%s: %s", c->name, *why ? why : strerror(-error));
	if (run->state[index].failed)
		complain(0, "%s: %s: %s", c->name, row.status, why);
	run->failed |= run->state[index].failed && !run->state[index].skipped;
	row.block = 1;
	row.pass = pass;
	row.took_ns = (double)(clock_ns() - start_ns);
	return kept || run->state[index].failed ? run_write_row(run, &row) : 0;
}

static int calibrate(struct run *run, size_t index)
{
	struct progress_of_case *state = &run->state[index];
	char iterations[40];
	state->iterations = 0;
	int code = state->failed ? 0 : measure(run, index, false, 0);
	state->repetition = 0;
	snprintf(iterations, sizeof iterations, "iterations %" PRIu64, state->iterations);
	return code ? code : answer(run, state->failed ? "failed" : iterations, index);
}

static int sample(struct run *run, size_t index, uint64_t iterations, uint64_t pass)
{
	struct progress_of_case *state = &run->state[index];
	state->iterations = iterations;
	int code = state->failed ? 0 : measure(run, index, true, pass);
	return code ? code : answer(run, state->failed ? "failed" : "done", index);
}

static int obey(struct run *run, const char *text)
{
	uint64_t iterations, pass;
	int at = 0;
	bool calibrates = sscanf(text, "calibrate %n", &at) == 0 && at;
	bool samples = !calibrates &&
		       sscanf(text, "sample %" SCNu64 " %" SCNu64 " %n", &iterations, &pass, &at) == 2 && at;
	size_t index = calibrates || samples ? find_case(run, text + at) : run->plan.count;
	if (index < run->plan.count)
		return calibrates ? calibrate(run, index) : sample(run, index, iterations, pass);
	return complain(EXIT_UNUSABLE, "the gate said '%.200s', which is no order of version %d", text,
			TURNS_VERSION);
}

static int introduce(const struct run *run)
{
	int error = turns_say(run->turns, TURNS_HELLO " %d %zu", TURNS_VERSION, run->plan.count);
	for (size_t i = 0; i < run->plan.count && !error; i++)
		error = turns_say(run->turns, "case %s", run->plan.cases[i].name);
	return error ? complain(EXIT_UNUSABLE, "the gate cannot be sent the cases: %s", strerror(-error)) : 0;
}

int run_take_turns(struct run *run)
{
	char text[TURNS_BYTES];
	int code = introduce(run), error = 0;
	run->measure.inputs.bytes_max /= TURNS_ARMS; /* the others keep theirs, too */
	while (!code && !(error = turns_hear(run->turns, text)) && strcmp(text, "close") != 0)
		code = obey(run, text);
	if (signals_interrupted)
		return EXIT_INTERRUPTED;
	if (error && error != -EPIPE)
		return complain(EXIT_UNUSABLE, "the gate cannot be read from: %s", strerror(-error));
	return code;
}
