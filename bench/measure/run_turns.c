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

/* What the gate asks for. */
struct turns_order {
	uint64_t iterations, pass;
	bool stamped; /* spans alone */
};

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
static int measure(struct run *run, size_t index, bool kept, uint64_t pass, double *span_ns)
{
	struct sample row;
	char why[512];
	uint64_t start_ns = clock_ns();
	const struct bench_case *c = &run->plan.cases[index];
	int error = measure_sample(&run->measure, c, &run->state[index], &row, why, sizeof why);
	if (c->params.ballast >= TRIAL_LARGE_BYTES)
		measure_let_go(&run->measure); /* there is room for one of them, not for one of each arm */
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
	*span_ns = row.span_ns;
	return kept || run->state[index].failed ? run_write_row(run, &row) : 0;
}

static int calibrate(struct run *run, size_t index)
{
	struct progress_of_case *state = &run->state[index];
	char iterations[40];
	double ns;
	state->iterations = 0;
	measure_let_go(&run->measure);
	int code = state->failed ? 0 : measure(run, index, false, 0, &ns);
	measure_let_go(&run->measure);
	state->repetition = 0;
	snprintf(iterations, sizeof iterations, "iterations %" PRIu64, state->iterations);
	return code ? code : answer(run, state->failed ? "failed" : iterations, index);
}

/* In the cell of the last one, if that was of the same case: it stays open until another is asked about. */
static int sample(struct run *run, size_t index, const struct turns_order *order)
{
	struct progress_of_case *state = &run->state[index];
	char done[40];
	double ns = 0;
	if (index != run->turn_of)
		measure_let_go(&run->measure);
	run->turn_of = index;
	run->measure.stamped = order->stamped;
	state->iterations = order->iterations;
	int code = state->failed ? 0 : measure(run, index, true, order->pass, &ns);
	run->measure.stamped = false;
	snprintf(done, sizeof done, "done %.0f", ns > 1 ? ns : 1);
	return code ? code : answer(run, state->failed ? "failed" : done, index);
}

/* "sample N PASS NAME", or "span …": where the name begins; 0: it is neither. */
static int read_order(const char *text, struct turns_order *order)
{
	char word[8];
	int at = 0;
	if (sscanf(text, "%7s %" SCNu64 " %" SCNu64 " %n", word, &order->iterations, &order->pass, &at) != 3)
		return 0;
	order->stamped = strcmp(word, "span") == 0;
	return order->stamped || strcmp(word, "sample") == 0 ? at : 0;
}

static int obey(struct run *run, const char *text)
{
	struct turns_order order;
	int at = 0;
	bool calibrates = sscanf(text, "calibrate %n", &at) == 0 && at;
	if (!calibrates)
		at = read_order(text, &order);
	size_t index = at ? find_case(run, text + at) : run->plan.count;
	if (index < run->plan.count)
		return calibrates ? calibrate(run, index) : sample(run, index, &order);
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
	run->measure.stays = true;
	run->turn_of = run->plan.count;
	while (!code && !(error = turns_hear(run->turns, text)) && strcmp(text, "close") != 0)
		code = obey(run, text);
	if (signals_interrupted)
		return EXIT_INTERRUPTED;
	if (error && error != -EPIPE)
		return complain(EXIT_UNUSABLE, "the gate cannot be read from: %s", strerror(-error));
	return code;
}
