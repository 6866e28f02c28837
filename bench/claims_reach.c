/* How far workers reach: into each other's memory, to each other, into each other's fate. */
#include <math.h>
#include <string.h>

#include "bench/claims_judges.h"
#include "bench/units.h"

#define SHARED_MEMORY "latency-@(spin|futex|mutex|semaphore|ring-spin|ring-futex)"

static const struct estimate nothing = {.value = NAN, .low = NAN, .high = NAN};

/* A round trip of one byte through shared memory: processes over threads. */
static struct estimate shared_ratio(const struct summary *s, size_t *channels)
{
	const struct pairing p = {.suite = "channel",
				  .kernels = SHARED_MEMORY,
				  .a = "fork",
				  .b = "pthread",
				  .size = 1,
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_span_an_item};
	return pairing_across(s, &p, channels);
}

/* The first write to a page of the parent's: processes, which copy it, over threads. */
static const struct case_summary *first_write(const struct summary *s, const char *runner)
{
	const struct pairing p = {
		.suite = "lifecycle", .kernels = "copy", .pages = "small", .ballast = PAIRING_ANY_BALLAST};
	return pairing_find(s, &p, runner);
}

enum claim_verdict claims_judge_sharing(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct case_summary *fork = first_write(s, "fork"), *thread = first_write(s, "pthread");
	char text[2][CLAIM_FIGURE_BYTES];
	size_t channels;
	struct estimate copied = fork && thread ? pairing_over(s, fork, thread, reading_span_an_item)
						: nothing;
	struct estimate shared = shared_ratio(s, &channels);
	if (copied.n == 0)
		return claims_unsure(&copied, c);
	struct estimate page = pairing_reading(s, fork, reading_span_an_item);
	claims_add(c->measured,
		   "the first write to a page of the parent's takes a forked process %s, %s times a "
		   "thread's: it "
		   "gets a copy",
		   claims_show_time(&page, text[0]), claims_show_ratio(&copied, text[1]));
	if (shared.n)
		claims_add(
			c->measured,
			"; a round trip through memory that was mapped shared takes processes %s of the time "
			"it takes threads (%zu channels)",
			claims_show_ratio(&shared, text[0]), channels);
	enum claim_verdict verdict = claims_more(&copied, c);
	if (verdict != CLAIM_HOLDS || shared.n == 0)
		return verdict;
	claims_add(c->reason,
		   "on the mapping: what is mapped shared before the fork is shared by processes too%s; "
		   "everything else is copied at the first write",
		   pairing_standing(&shared) == STANDING_MORE ? ", at a cost"
		   : pairing_is_not_more(&shared)             ? ", at no cost"
							      : "");
	return CLAIM_DEPENDS;
}

static const struct case_summary *channel(const struct summary *s, const char *kernel, const char *runner)
{
	const struct pairing p = {
		.suite = "channel", .kernels = kernel, .size = 1, .ballast = PAIRING_ANY_BALLAST};
	return pairing_find(s, &p, runner);
}

enum claim_verdict claims_judge_communication(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct case_summary *pipe = channel(s, "latency-pipe", "fork"),
				  *pipe_of_threads = channel(s, "latency-pipe", "pthread"),
				  *variable = channel(s, "latency-spin", "pthread");
	char text[3][CLAIM_FIGURE_BYTES];
	size_t channels;
	struct estimate shared = shared_ratio(s, &channels);
	if (!pipe || !variable || !shared.n)
		return claims_unsure(&nothing, c);
	struct estimate time = pairing_reading(s, pipe, reading_span_an_item);
	struct estimate over = pairing_over(s, pipe, variable, reading_span_an_item);
	claims_add(
		c->measured,
		"a round trip takes %s through a pipe between processes, %s times that through a shared "
		"variable between threads; through shared memory it takes processes %s of the time it takes "
		"threads",
		claims_show_time(&time, text[0]), claims_show_ratio(&over, text[1]),
		claims_show_ratio(&shared, text[2]));
	enum claim_verdict verdict = claims_more(&over, c);
	if (verdict != CLAIM_HOLDS || pairing_standing(&shared) == STANDING_MORE)
		return verdict;
	claims_add(c->reason, "on the channel, not on who uses it: processes can share a variable as well");
	if (pipe_of_threads) {
		struct estimate same = pairing_over(s, pipe, pipe_of_threads, reading_span_an_item);
		claims_add(c->reason, ", and a pipe takes them %s of the time it takes threads",
			   claims_show_ratio(&same, text[0]));
	}
	return CLAIM_DEPENDS;
}

/* ---- crashes ---- */

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
		workers = fork->workers;
		processes_left = fmin(processes_left, of_fork.fewest);
		threads_left = fmax(threads_left, of_threads.most);
		bool holds = of_fork.fewest >= (double)fork->workers - 1 && of_threads.most == 0;
		if (!holds)
			claims_add(against, "%s%s", *against ? ", " : "", fork->kernel);
		kinds++;
		held += holds;
	}
	if (!kinds)
		return claims_unsure(&nothing, c);
	claims_add(c->measured,
		   "of %llu workers, when one crashes, at least %g forked processes and at most %g threads "
		   "are left "
		   "(%zu kinds of crash, every sample)",
		   (unsigned long long)workers, processes_left, threads_left, kinds);
	if (held == kinds)
		return CLAIM_HOLDS;
	if (!held)
		return CLAIM_FAILS;
	claims_add(c->reason, "on the crash: not in %s", against);
	return CLAIM_DEPENDS;
}
