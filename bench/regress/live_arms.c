#include "bench/regress/live_arms.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/random.h"
#include "bench/regress/arm_process.h"
#include "bench/regress/turn_plan.h"
#include "runners/clock.h"

/* Of turns that follow each other; and of the last turns of a case by whose noise its turns are planned. */
enum { CASES_MAX = 100000, VISIT = 16, REMEMBERED = 256 };

/* A case of one arm or more. */
struct live_case {
	char *name;
	uint64_t iterations; /* of a sample; 0: not yet known. Of all arms the same */
	bool in[ARMS];       /* the block's arms that have it, and with which it has not failed */
	uint64_t taken;      /* turns in this block */
	size_t turns;        /* as many as it is to have */
	/* Learnt in all blocks, from base and its control alone: what head does changes nothing here. */
	double log_ratio[REMEMBERED];
	uint64_t known; /* turns of both; of them the last ones are kept */
	uint64_t all_turns, all_ns;
};

struct live {
	struct live_case *known;
	size_t count;
	struct arm_process process[ARMS];
};

/* ---- what an arm says ---- */

/* An error of arm_hear in words. */
static int tell_error(const struct gate_run *run, struct arm_process *p, int error, uint64_t ns,
		      const char *about)
{
	const char *name = arm_name(p->arm);
	if (error == -EINTR)
		return EXIT_INTERRUPTED;
	if (error == -ETIMEDOUT)
		return complain(
			EXIT_UNUSABLE,
			"--%s: no answer within %.0f s about %s: it hangs, and was ended; see %s/%s.log, and --timeout",
			name, (double)ns / (double)NS_PER_S, about, run->dir, name);
	if (error != -EPIPE)
		return complain(EXIT_UNUSABLE, "--%s: sent no answer about %s: %s", name, about,
				strerror(-error));
	int code = arm_finish(run, p, run->timeout_ns);
	return complain(code ? code : EXIT_UNUSABLE, "--%s: it ended in the middle of a block, at %s", name,
			about);
}

/* Its answer about a case: `word` and a number, or "failed". */
static int ask(const struct gate_run *run, struct arm_process *p, struct live_case *c, const char *word,
	       uint64_t *number)
{
	char text[TURNS_BYTES];
	int error = arm_hear(run, p, run->timeout_ns, text), at = 0;
	*number = 0;
	if (error)
		return tell_error(run, p, error, run->timeout_ns, c->name);
	if (strncmp(text, "failed ", 7) == 0 && strcmp(text + 7, c->name) == 0) {
		c->in[p->arm] = false;
		return 0;
	}
	size_t n = strlen(word);
	bool good = strncmp(text, word, n) == 0 && text[n] == ' ' &&
		    sscanf(text + n, " %" SCNu64 " %n", number, &at) == 1 && at && *number;
	if (good && strcmp(text + n + at, c->name) == 0)
		return 0;
	return complain(EXIT_UNUSABLE, "--%s: asked about %s, it answered '%.200s'", arm_name(p->arm),
			c->name, text);
}

static int tell(const struct gate_run *run, struct arm_process *p, const struct live_case *c)
{
	int error = c->iterations
			    ? turns_say(p->socket, "%s %" PRIu64 " %" PRIu64 " %s",
					run->spans ? "span" : "sample", c->iterations, c->taken, c->name)
			    : turns_say(p->socket, "calibrate %s", c->name);
	/* An arm that is gone is noticed, with its reason, when its answer is waited for. */
	return error == 0 || error == -EPIPE || error == -ECONNRESET
		       ? 0
		       : complain(EXIT_UNUSABLE, "--%s: cannot be asked about %s: %s", arm_name(p->arm),
				  c->name, strerror(-error));
}

/* ---- which cases there are ---- */

static struct live_case *find(struct live *live, const char *name)
{
	for (size_t i = 0; i < live->count; i++)
		if (strcmp(live->known[i].name, name) == 0)
			return &live->known[i];
	struct live_case *more = realloc(live->known, (live->count + 1) * sizeof *more);
	if (!more)
		return NULL;
	live->known = more;
	more[live->count] = (struct live_case){.name = strdup(name)};
	return more[live->count].name ? &more[live->count++] : NULL;
}

static int hear_case(const struct gate_run *run, struct live *live, struct arm_process *p)
{
	char text[TURNS_BYTES];
	int error = arm_hear(run, p, run->timeout_ns, text);
	if (error)
		return tell_error(run, p, error, run->timeout_ns, "its list of cases");
	struct live_case *c = strncmp(text, "case ", 5) == 0 ? find(live, text + 5) : NULL;
	if (!c)
		return complain(EXIT_UNUSABLE, "--%s: '%.200s' is no case", arm_name(p->arm), text);
	c->in[p->arm] = true;
	return 0;
}

enum greeting { GREETED, MEASURED, GREETING_FAILED };

/* Its first word. It measured: it has ended without one, as a program that takes no turns. */
static enum greeting hear_greeting(const struct gate_run *run, struct live *live, struct arm_process *p,
				   uint64_t ns, int *code)
{
	char text[TURNS_BYTES];
	int version, error = arm_hear(run, p, ns, text);
	size_t cases = 0;
	*code = 0;
	if (error == -EPIPE) {
		*code = arm_finish(run, p, ns);
		return *code ? GREETING_FAILED : MEASURED;
	}
	if (error)
		*code = tell_error(run, p, error, ns, "its first word");
	else if (sscanf(text, TURNS_HELLO " %d %zu", &version, &cases) != 2 || cases > CASES_MAX)
		*code = complain(EXIT_UNUSABLE, "--%s: it began with '%.200s'", arm_name(p->arm), text);
	else if (version != TURNS_VERSION)
		*code = complain(
			EXIT_UNUSABLE,
			"--%s: it takes turns by version %d, and this pvt by version %d: run the gate "
			"of the newer build",
			arm_name(p->arm), version, TURNS_VERSION);
	for (size_t i = 0; !*code && i < cases; i++)
		*code = hear_case(run, live, p);
	return *code ? GREETING_FAILED : GREETED;
}

/* ---- a look at the arms ---- */

static int dismiss(const struct gate_run *run, struct arm_process *p)
{
	turns_say(p->socket, "close");
	return arm_finish(run, p, run->timeout_ns);
}

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
		enum greeting greeting = hear_greeting(run, live, p, ns, &code);
		if (greeting == GREETED)
			code = dismiss(run, p);
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
		c->log_ratio[c->known++ % REMEMBERED] = log((double)ns[ARM_CONTROL] / (double)ns[ARM_BASE]);
}

/* In a random order. A sample, or what finds out how many jobs one has. */
static int take_turn(struct gate_run *run, struct live *live, struct live_case *c, uint64_t *random)
{
	size_t order[ARMS] = {ARM_BASE, ARM_HEAD, ARM_CONTROL};
	uint64_t most = 0, number[ARMS] = {0};
	int code = 0;
	random_shuffle(order, ARMS, random);
	for (size_t i = 0; i < ARMS && !code; i++) {
		struct arm_process *p = &live->process[order[i]];
		if (!c->in[order[i]])
			continue;
		code = tell(run, p, c);
		code = code ? code : ask(run, p, c, c->iterations ? "done" : "iterations", &number[order[i]]);
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

/* What is not known yet: how many jobs a sample has, never to be asked again in this gate; what a turn costs,
 * and how much turns differ, within the case's share of the block. These turns are kept as any others are. */
static int look_into(struct gate_run *run, struct live *live, struct live_case *c, uint64_t *random)
{
	uint64_t share_ns = run->block_ns / live->count;
	int code = c->iterations ? 0 : take_turn(run, live, c, random);
	while (!code && !run->repetitions && takes_part(c) && c->known < TURNS_TO_LEARN &&
	       (!c->taken || c->all_ns < share_ns))
		code = visit(run, live, c, 1, random);
	return code;
}

static double noise_of(const struct live_case *c)
{
	double x[REMEMBERED];
	size_t n = c->known < REMEMBERED ? c->known : REMEMBERED;
	memcpy(x, c->log_ratio, n * sizeof *x);
	return turn_noise(x, n);
}

/* How many turns each has in this block, of which `spent_ns` are gone. */
static int plan(const struct gate_run *run, struct live *live, uint64_t spent_ns)
{
	struct turns_of_case *t = calloc(live->count + 1, sizeof *t);
	size_t n = 0;
	if (!t)
		return complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < live->count; i++)
		if (takes_part(&live->known[i]) && live->known[i].all_turns)
			t[n++] = (struct turns_of_case){
				noise_of(&live->known[i]),
				(double)live->known[i].all_ns / (double)live->known[i].all_turns, 0};
	turn_plan(t, n, run->aim, (double)run->block_ns - (double)spent_ns);
	n = 0;
	for (size_t i = 0; i < live->count; i++) {
		struct live_case *c = &live->known[i];
		bool planned = takes_part(c) && c->all_turns;
		c->turns = run->repetitions ? run->repetitions : planned ? t[n].turns : TURNS_LEAST;
		n += planned;
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
	for (size_t i = 0; i < live->count && !code; i++)
		if (takes_part(&live->known[order[i]]))
			code = look_into(run, live, &live->known[order[i]], random);
	code = code ? code : plan(run, live, clock_ns() - start_ns);
	for (bool more = true; more && !code;)
		code = take_visits(run, live, random, order, &more);
	free(order);
	return code;
}

static int begin(struct gate_run *run, struct live *live, struct gate_turn *turn, const char *filter)
{
	struct arm_process *p = &live->process[turn->arm];
	int code = arm_start(run, turn, filter, true, p);
	if (!code && hear_greeting(run, live, p, run->timeout_ns, &code) == MEASURED)
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
			code = dismiss(run, &live->process[turns[i].arm]);
		turns[i].ns = clock_ns() - start;
	}
	for (int arm = 0; arm < ARMS; arm++)
		arm_stop(&live->process[arm]);
	return code;
}
