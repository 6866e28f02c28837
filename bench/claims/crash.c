/* How far a crash reaches, and how soon somebody takes the place of who crashed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/claims/judges.h"

/* Fewest and most workers that were left to the end, over the invocations. */
struct left {
	double fewest, most;
};

static struct left left(const struct summary *s, const struct case_summary *c)
{
	struct left l = {INFINITY, -INFINITY};
	for (size_t r = 0; r < s->run_count; r++) {
		double x = c->by_run[METRIC_SURVIVORS][r];
		if (isfinite(x))
			l = (struct left){fmin(l.fewest, x), fmax(l.most, x)};
	}
	return l;
}

/* The first kind of crash of which both runners have this reading. */
static bool find_crash(const struct summary *s, const struct pairing *p, reading *read,
		       const struct case_summary **fork, const struct case_summary **threads)
{
	for (size_t i = 0; i < s->count; i++) {
		*fork = &s->cases[i];
		*threads = pairing_counterpart(s, p, *fork);
		if (*threads && pairing_reading(s, *fork, read).n && pairing_reading(s, *threads, read).n)
			return true;
	}
	return false;
}

/* "in 0.27 ms [..] where workers are processes and in 0.47 ms [..] where they are threads" */
static void say_both(const struct summary *s, const struct case_summary *fork,
		     const struct case_summary *threads, reading *read, struct claim *c)
{
	char text[2][CLAIM_FIGURE_BYTES];
	struct estimate of_fork = pairing_reading(s, fork, read),
			of_threads = pairing_reading(s, threads, read);
	claims_add(c->measured, " %s among processes, %s among threads", claims_show_time(&of_fork, text[0]),
		   claims_show_time(&of_threads, text[1]));
}

static void say_recovery(const struct summary *s, const struct pairing *p, struct claim *c)
{
	const struct case_summary *fork, *threads;
	if (find_crash(s, p, reading_replacement, &fork, &threads)) {
		claims_stamp(c, "recovery_ns");
		claims_stamp(c, "redo_ns");
		claims_add(c->measured, "; after %s a new worker starts within", fork->id.kernel);
		say_both(s, fork, threads, reading_replacement, c);
		claims_add(c->measured, "; doing the lost work again takes");
		say_both(s, fork, threads, reading_redone, c);
	} else if (find_crash(s, p, reading_recovery, &fork, &threads)) {
		claims_stamp(c, "recovery_ns");
		claims_add(c->measured, "; after %s the item that was hit is done within", fork->id.kernel);
		say_both(s, fork, threads, reading_recovery, c);
		claims_add(c->measured, ", doing the lost work again included: measured by an older version");
	}
}

enum claim_verdict claims_judge_isolation(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct pairing p = {.suite = "isolation",
				  .kernels = "crash-*",
				  .a = "fork",
				  .b = "pthread",
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_wall};
	size_t kinds = 0, held = 0;
	uint64_t workers = 0;
	double processes_left = INFINITY, threads_left = 0;
	char against[CLAIM_BYTES] = "";
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *fork = &s->cases[i], *threads = pairing_counterpart(s, &p, fork);
		if (!threads)
			continue;
		struct left of_fork = left(s, fork), of_threads = left(s, threads);
		if (!isfinite(of_fork.fewest) || !isfinite(of_threads.most))
			continue;
		workers = fork->id.workers;
		processes_left = fmin(processes_left, of_fork.fewest);
		threads_left = fmax(threads_left, of_threads.most);
		bool holds = of_fork.fewest >= (double)fork->id.workers - 1 && of_threads.most == 0;
		if (!holds)
			claims_add(against, "%s%s", *against ? ", " : "", fork->id.kernel);
		kinds++;
		held += holds;
	}
	if (!kinds)
		return claims_unsure(&claims_nothing, c);
	claims_add(c->measured,
		   "of %llu workers, when one crashes, at least %g forked processes and at most %g threads "
		   "are left (%zu kinds of crash, every sample)",
		   (unsigned long long)workers, processes_left, threads_left, kinds);
	snprintf(c->tally, sizeof c->tally, "%.0f of %llu left", processes_left, (unsigned long long)workers);
	claims_stamp(c, "survivors");
	say_recovery(s, &p, c);
	if (held == kinds)
		return CLAIM_HOLDS;
	if (!held)
		return CLAIM_FAILS;
	claims_add(c->reason, "on the crash: not in %s", against);
	return CLAIM_DEPENDS;
}
