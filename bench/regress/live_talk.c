#include "bench/regress/live_talk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "runners/clock.h"

enum { CASES_MAX = 100000 };

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

int live_ask(const struct gate_run *run, struct live *live, struct live_case *c, enum arm arm,
	     uint64_t *number)
{
	struct arm_process *p = &live->process[arm];
	int code = tell(run, p, c);
	return code ? code : ask(run, p, c, c->iterations ? "done" : "iterations", number);
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

enum greeting live_hear_greeting(const struct gate_run *run, struct live *live, struct arm_process *p,
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

/* ---- its end ---- */

int live_dismiss(const struct gate_run *run, struct arm_process *p)
{
	turns_say(p->socket, "close");
	return arm_finish(run, p, run->timeout_ns);
}
