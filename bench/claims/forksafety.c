/* Is what a thread had locked free in a worker? A hang is a fact; that there is none takes enough of those
 * who tried. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/claims/judges.h"

/* Of so many without a hang, less than 1 % hang, with 95 % confidence: 3 / n (Hanley and Lippman-Hand 1983).
 */
#define TRIED_ENOUGH 300

static const struct {
	const char *kernel, *words;
} locks[] = {{"hang-mutex", "a mutex of the program"},
	     {"hang-localtime", "localtime"},
	     {"hang-malloc", "malloc"},
	     {"hang-stdio", "stdio"}};

enum { LOCKS = sizeof locks / sizeof *locks };

struct tries {
	double tried, hung;
};

static double sum(const struct summary *s, const struct case_summary *c, enum metric metric)
{
	/* One sample each pass; files without passes have medians of invocations alone. */
	size_t from = c->pass_count ? s->run_count : 0, n = c->pass_count ? c->pass_count : s->run_count;
	double total = 0;
	for (size_t i = from; i < from + n; i++)
		total += isfinite(c->by_run[metric][i]) ? c->by_run[metric][i] : 0;
	return total;
}

static struct tries tries_of(const struct summary *s, const char *kernel, const char *runner)
{
	const struct pairing p = {.suite = "fork-safety", .kernels = kernel, .ballast = PAIRING_ANY_BALLAST};
	const struct case_summary *c = pairing_find(s, &p, runner);
	if (!c)
		return (struct tries){0};
	return (struct tries){sum(s, c, METRIC_TRIED), sum(s, c, METRIC_HUNG)};
}

/* "37.1 % of 2140", "none of 2200" */
static const char *show(struct tries t, char text[static CLAIM_FIGURE_BYTES])
{
	if (t.hung > 0)
		snprintf(text, CLAIM_FIGURE_BYTES, "%.1f %% of %.0f", 100 * t.hung / t.tried, t.tried);
	else
		snprintf(text, CLAIM_FIGURE_BYTES, "none of %.0f", t.tried);
	return text;
}

/* Of all locks together, what others make of it. */
static void say_others(const struct summary *s, struct claim *c)
{
	static const struct {
		const char *runner, *words;
	} others[] = {{"forkserver", "workers of a fork server"},
		      {"spawn", "new programs"},
		      {"fork-pool", "jobs of a pool that was forked while that thread ran"},
		      {"pthread", "threads"}};
	char text[CLAIM_FIGURE_BYTES];
	const char *before = "; of ";
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct tries all = {0};
		for (size_t k = 0; k < LOCKS; k++) {
			struct tries t = tries_of(s, locks[k].kernel, others[i].runner);
			all.tried += t.tried;
			all.hung += t.hung;
		}
		if (all.tried == 0)
			continue;
		claims_add(c->measured, "%s%s %s", before, others[i].words, show(all, text));
		before = ", of ";
	}
}

enum claim_verdict claims_judge_forksafety(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	char text[CLAIM_FIGURE_BYTES];
	size_t measured = 0, hangs = 0, few = 0;
	const char *before = "of forked workers of a program whose other thread does the same hang ";
	for (size_t k = 0; k < LOCKS; k++) {
		struct tries t = tries_of(s, locks[k].kernel, "fork");
		if (t.tried == 0)
			continue;
		measured++;
		hangs += t.hung > 0;
		few += t.hung == 0 && t.tried < TRIED_ENOUGH;
		claims_add(c->measured, "%s%s at %s", before, show(t, text), locks[k].words);
		before = ", ";
	}
	if (!measured)
		return claims_unsure(&claims_nothing, c);
	say_others(s, c);
	claims_stamp(c, "tried");
	claims_stamp(c, "hung");
	snprintf(c->tally, sizeof c->tally, "%zu of %zu locks", hangs, measured);
	if (few && hangs == 0) {
		claims_add(
			c->reason,
			"fewer than %d workers tried what none of them hung at: measure for longer (`--budget`)",
			TRIED_ENOUGH);
		return CLAIM_UNKNOWN;
	}
	if (hangs == measured || hangs == 0)
		return hangs ? CLAIM_HOLDS : CLAIM_FAILS;
	before = "on what the worker touches: it may hang at ";
	for (size_t k = 0; k < LOCKS; k++)
		if (tries_of(s, locks[k].kernel, "fork").hung > 0) {
			claims_add(c->reason, "%s%s", before, locks[k].words);
			before = ", ";
		}
	claims_also(c->reason,
		    "because a fork copies a lock that another thread holds, and not the thread; the "
		    "C library frees only the locks that it knows of at a fork");
	return CLAIM_DEPENDS;
}
