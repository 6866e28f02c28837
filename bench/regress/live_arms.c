#include "bench/regress/live_arms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/random.h"
#include "bench/regress/live_talk.h"
#include "bench/regress/turn_plan.h"
#include "runners/clock.h"

/* Turns of one case that follow each other. More cost less, since a cell is opened for each visit; fewer are
 * not all struck when a neighbour is there for a fraction of a second. */
enum { VISIT = 6, KNOWN_LEAST = 3 };

/* ---- a look at the arms ---- */

int live_look(struct gate_run *run, struct gate_turn *turns, const char *filter, struct live **made)
{
	struct live *live = calloc(1, sizeof *live);
	int code = 0;
	if (!live)
		return complain(EXIT_UNUSABLE, "out of memory");
	uint64_t begin = clock_ns(),
		 ns = run->timeout_ns + (run->deadline_ns > begin ? run->deadline_ns - begin : 0);
	bool all = true;
	for (size_t i = 0; i < ARMS && !code; i++) {
		struct arm_process *p = &live->process[turns[i].arm];
		code = arm_start(run, &turns[i], filter, true, p);
		if (code)
			break;
		enum greeting greeting = live_hear_greeting(run, live, p, ns, &code);
		if (greeting == GREETED)
			code = live_dismiss(run, p);
		if (greeting == MEASURED && all && turns[i].arm != ARM_CONTROL)
			complain(
				0,
				"--%s takes no turns sample by sample, as a build of this pvt would: all arms "
				"are measured in whole processes, one after another",
				arm_name(turns[i].arm));
		all &= greeting == GREETED || turns[i].arm == ARM_CONTROL;
	}
	for (int arm = 0; arm < ARMS; arm++)
		arm_stop(&live->process[arm]);
	if (code || !all) {
		live_free(live);
		live = NULL;
	}
	*made = live;
	return code;
}

void live_free(struct live *live)
{
	for (size_t i = 0; live && i < live->count; i++)
		free(live->known[i].name);
	if (live)
		free(live->known);
	free(live);
}

/* ---- a turn of each arm ---- */

static void learn(struct live_case *c, const uint64_t *ns)
{
	if (ns[ARM_BASE] && ns[ARM_CONTROL])
		c->log_ratio[c->known++ % LIVE_REMEMBERED] = log((double)ns[ARM_CONTROL] /
								 (double)ns[ARM_BASE]);
}

/* In a random order. A sample, or what finds out how many jobs one has. */
static int take_turn(struct gate_run *run, struct live *live, struct live_case *c, uint64_t *random)
{
	size_t order[ARMS] = {ARM_BASE, ARM_HEAD, ARM_CONTROL};
	uint64_t most = 0, number[ARMS] = {0};
	int code = 0;
	random_shuffle(order, ARMS, random);
	for (size_t i = 0; i < ARMS && !code; i++) {
		if (!c->in[order[i]])
			continue;
		code = live_ask(run, live, c, (enum arm)order[i], &number[order[i]]);
		most = number[order[i]] > most ? number[order[i]] : most;
	}
	if (!c->iterations) {
		c->iterations = most; /* one that was disturbed has found too few */
		return code;
	}
	learn(c, number);
	c->taken++;
	return code;
}

/* Turns that follow each other. */
static int visit(struct gate_run *run, struct live *live, struct live_case *c, uint64_t turns,
		 uint64_t *random)
{
	uint64_t begin = clock_ns();
	int code = 0;
	for (uint64_t i = 0; i < turns && !code; i++)
		code = take_turn(run, live, c, random);
	c->all_turns += turns;
	c->all_ns += clock_ns() - begin;
	return code;
}

/* ---- a block ---- */

static bool takes_part(const struct live_case *c)
{
	return c->in[ARM_BASE] || c->in[ARM_HEAD] || c->in[ARM_CONTROL];
}

/* Turns are planned by what base and control differ in. */
static bool is_compared(const struct live_case *c)
{
	return c->in[ARM_BASE] && c->in[ARM_CONTROL];
}

/*
 * What is not known yet: how many jobs a sample has, never to be asked again in this gate; what a turn costs,
 * and how much turns differ. Those turns are the case's turns of this block, and no more follow by what they
 * have shown: else those that stop early would be those that happened to agree.
 */
static int look_into(struct gate_run *run, struct live *live, struct live_case *c, uint64_t *random)
{
	uint64_t share_ns = run->block_ns / live->count;
	int code = c->iterations ? 0 : take_turn(run, live, c, random);
	if (run->repetitions || c->known)
		return code;
	while (!code && is_compared(c) && c->taken < TURNS_TO_LEARN && (!c->taken || c->all_ns < share_ns))
		code = visit(run, live, c, 1, random);
	return code;
}

/* Unknown: as if it were endless, so that the time decides. */
static double noise_of(const struct live_case *c)
{
	double x[LIVE_REMEMBERED];
	size_t n = c->known < LIVE_REMEMBERED ? c->known : LIVE_REMEMBERED;
	memcpy(x, c->log_ratio, n * sizeof *x);
	return !is_compared(c) ? 0 : n < KNOWN_LEAST ? INFINITY : turn_noise(x, n);
}

static bool is_planned(const struct live_case *c)
{
	return takes_part(c) && c->all_turns && !c->taken;
}

/* How many turns each has in this block, of which `spent_ns` are gone. */
static int plan(const struct gate_run *run, struct live *live, uint64_t spent_ns)
{
	struct turns_of_case *t = calloc(live->count + 1, sizeof *t);
	size_t n = 0;
	if (!t)
		return complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < live->count; i++)
		if (is_planned(&live->known[i]))
			t[n++] = (struct turns_of_case){
				noise_of(&live->known[i]),
				(double)live->known[i].all_ns / (double)live->known[i].all_turns, 0};
	turn_plan(t, n, run->aim, (double)run->block_ns - (double)spent_ns);
	n = 0;
	for (size_t i = 0; i < live->count; i++) {
		struct live_case *c = &live->known[i];
		c->turns = c->taken ? c->taken : TURNS_LEAST;
		if (is_planned(c))
			c->turns = t[n++].turns;
		if (run->repetitions)
			c->turns = run->repetitions;
	}
	free(t);
	return 0;
}

/* Each case that has turns left once more, in a random order. */
static int take_visits(struct gate_run *run, struct live *live, uint64_t *random, size_t *order, bool *more)
{
	int code = 0;
	*more = false;
	random_shuffle(order, live->count, random);
	for (size_t i = 0; i < live->count && !code; i++) {
		struct live_case *c = &live->known[order[i]];
		uint64_t left = c->turns > c->taken ? c->turns - c->taken : 0;
		if (left && takes_part(c))
			code = visit(run, live, c, left < VISIT ? left : VISIT, random);
		*more |= left > VISIT && takes_part(c);
	}
	return code;
}

static int take_all(struct gate_run *run, struct live *live, uint64_t start_ns, uint64_t *random)
{
	size_t *order = calloc(live->count + 1, sizeof *order);
	if (!order)
		return complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < live->count; i++)
		order[i] = i;
	random_shuffle(order, live->count, random);
	int code = 0;
	size_t visits = 0;
	for (size_t i = 0; i < live->count && !code; i++)
		if (takes_part(&live->known[order[i]]))
			code = look_into(run, live, &live->known[order[i]], random);
	code = code ? code : plan(run, live, clock_ns() - start_ns);
	/* All cases have their first visit, whatever the time. */
	for (bool more = true; more && !code && (!visits++ || clock_ns() < run->deadline_ns);)
		code = take_visits(run, live, random, order, &more);
	free(order);
	return code;
}

static int begin(struct gate_run *run, struct live *live, struct gate_turn *turn, const char *filter)
{
	struct arm_process *p = &live->process[turn->arm];
	int code = arm_start(run, turn, filter, true, p);
	if (!code && live_hear_greeting(run, live, p, run->timeout_ns, &code) == MEASURED)
		code = complain(EXIT_UNUSABLE, "--%s: it took turns before, and now measured on its own",
				arm_name(turn->arm));
	return code;
}

int live_block(struct gate_run *run, struct live *live, struct gate_turn *turns, const char *filter,
	       uint64_t *random)
{
	int code = 0;
	uint64_t start = clock_ns();
	for (size_t i = 0; i < live->count; i++) {
		memset(live->known[i].in, 0, sizeof live->known[i].in);
		live->known[i].taken = 0;
	}
	for (size_t i = 0; i < ARMS && !code; i++)
		code = begin(run, live, &turns[i], filter);
	code = code ? code : take_all(run, live, start, random);
	for (size_t i = 0; i < ARMS; i++) {
		if (!code)
			code = live_dismiss(run, &live->process[turns[i].arm]);
		turns[i].ns = clock_ns() - start;
	}
	for (int arm = 0; arm < ARMS; arm++)
		arm_stop(&live->process[arm]);
	return code;
}
