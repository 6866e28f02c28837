/* How far workers reach: into each other's memory, and to each other. */
#include <math.h>
#include <stdlib.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"
#include "bench/samples/patterns.h"

/* A round trip of one byte through shared memory: processes over threads, the mean of the channels. */
static struct look shared_look(const struct summary *s, size_t *channels)
{
	const struct pairing p = {.suite = "channel",
				  .kernels = PATTERN_IN_MEMORY,
				  .a = "fork",
				  .b = "pthread",
				  .size = 1,
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_span_an_item};
	double *x = calloc(s->run_count + 1, sizeof *x);
	struct look look = look_make(x, x ? pairing_means(s, &p, x, channels) : 0);
	free(x);
	return look;
}

/* A kernel of suite lifecycle that writes to pages: those of 4 KiB. */
static const struct case_summary *page(const struct summary *s, const char *kernel, const char *runner)
{
	struct pairing p = {
		.suite = "lifecycle", .kernels = kernel, .pages = "small", .ballast = PAIRING_ANY_BALLAST};
	const struct case_summary *c = pairing_find(s, &p, runner);
	p.pages = "";
	return c ? c : pairing_find(s, &p, runner); /* without a ballast */
}

/* What a page costs: copied after a fork, mapped, fresh, and the parent's own while a child lives. */
static void say_prices(const struct summary *s, const struct case_summary *copied,
		       const struct case_summary *mapped, struct claim *c)
{
	const struct case_summary *fresh = page(s, "fresh", "pthread"),
				  *parent = page(s, "copy-parent", "pthread");
	char text[2][CLAIM_FIGURE_BYTES];
	struct estimate price = pairing_reading(s, copied, reading_span_an_item);
	claims_add(c->measured, "after a fork the first write to a page takes %s, because the page is copied",
		   claims_show_time(&price, text[0]));
	if (fresh) {
		struct estimate touched = pairing_over(s, copied, fresh, reading_span_an_item);
		price = pairing_reading(s, fresh, reading_span_an_item);
		claims_add(c->measured, ": %s times as long as a thread's first touch of fresh memory (%s)",
			   claims_show_ratio(&touched, text[0]), claims_show_time(&price, text[1]));
	}
	price = pairing_reading(s, mapped, reading_span_an_item);
	struct estimate over = pairing_over(s, copied, mapped, reading_span_an_item);
	claims_add(c->measured,
		   "; a write to a page that is mapped takes a thread %s, the copied one %s times as long",
		   claims_show_time(&price, text[0]), claims_show_ratio(&over, text[1]));
	if (!parent)
		return;
	price = pairing_reading(s, parent, reading_span_an_item);
	claims_add(c->measured, "; while a child lives, the parent pays %s per page for its own first write",
		   claims_show_time(&price, text[0]));
}

/*
 * A page is not shared if the first write to it after a fork takes surely longer than a thread's to a page
 * that is mapped: something is done then that the thread is spared. How dear that is, is another question,
 * for any page costs a first touch once.
 */
enum claim_verdict claims_judge_sharing(const struct evidence *e, struct claim *c)
{
	enum { COPIED, MAPPED, LOOKS };
	const struct summary *s = e->summary;
	const struct case_summary *fork = page(s, "copy", "fork"), *thread = page(s, "copy", "pthread");
	char text[CLAIM_FIGURE_BYTES], of_channels[32];
	size_t channels = 0;
	struct look look[LOOKS] = {look_at(s, fork, thread, reading_span_an_item, 1),
				   shared_look(s, &channels)};
	if (look[COPIED].ratio.n == 0)
		return claims_unsure(&claims_nothing, c);
	claims_stamp(c, "span_ns");
	say_prices(s, fork, thread, c);
	if (look[MAPPED].ratio.n)
		claims_add(c->measured,
			   "; a round trip through memory that was mapped shared takes processes %s times as "
			   "long as threads (%s)",
			   claims_show_ratio(&look[MAPPED].ratio, text),
			   units_show_count(channels, "channel", of_channels, sizeof of_channels));
	enum claim_verdict verdict = claims_more(&look[COPIED].ratio, c);
	if (verdict == CLAIM_SAME) /* the first write does no more: the page is shared */
		return CLAIM_FAILS;
	if (verdict != CLAIM_HOLDS)
		return verdict;
	if (look[MAPPED].ratio.n == 0) {
		claims_also(c->reason, "memory that was mapped shared was not measured");
		return verdict;
	}
	claims_add(c->reason,
		   "on the mapping: what is mapped shared before the fork is shared by processes too%s; "
		   "everything else is copied at the first write",
		   pairing_is_more(&look[MAPPED].ratio)       ? ", at a cost"
		   : pairing_is_not_more(&look[MAPPED].ratio) ? ", at no cost"
							      : "");
	return CLAIM_DEPENDS;
}

static const struct case_summary *channel(const struct summary *s, const char *kernel, const char *runner)
{
	const struct pairing p = {
		.suite = "channel", .kernels = kernel, .size = 1, .ballast = PAIRING_ANY_BALLAST};
	return pairing_find(s, &p, runner);
}

enum { PIPE, SHARED, WAYS };

/* That a pipe takes longer is decided: is it the channel, or who uses it? */
static enum claim_verdict judge_channels(const struct summary *s, const struct look look[static WAYS],
					 const struct case_summary *pipe, struct claim *c)
{
	const struct case_summary *pipe_of_threads = channel(s, "latency-pipe", "pthread");
	const struct estimate *shared = &look[SHARED].ratio;
	char text[CLAIM_FIGURE_BYTES];
	if (!shared->n) {
		claims_also(c->reason, "shared memory between processes was not measured");
		return CLAIM_HOLDS;
	}
	if (pairing_is_more(shared))
		return CLAIM_HOLDS;
	claims_add(c->reason, "on the channel, not on who uses it: processes can share a variable as well");
	if (pipe_of_threads) {
		struct estimate same = pairing_over(s, pipe, pipe_of_threads, reading_span_an_item);
		claims_add(c->reason, ", and a pipe takes them %s times as long as threads",
			   claims_show_ratio(&same, text));
	}
	if (!pairing_is_not_more(shared))
		claims_also(c->reason, "whether shared memory costs processes more is open");
	return CLAIM_DEPENDS;
}

enum claim_verdict claims_judge_communication(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct case_summary *pipe = channel(s, "latency-pipe", "fork"),
				  *variable = channel(s, "latency-spin", "pthread");
	char text[2][CLAIM_FIGURE_BYTES];
	size_t channels = 0;
	struct look look[WAYS] = {look_at(s, pipe, variable, reading_span_an_item, 1),
				  shared_look(s, &channels)};
	if (!look[PIPE].ratio.n)
		return claims_unsure(&claims_nothing, c);
	struct estimate time = pairing_reading(s, pipe, reading_span_an_item);
	claims_stamp(c, "span_ns");
	claims_add(c->measured,
		   "a round trip takes %s through a pipe between processes, %s times as long as through a "
		   "shared variable between threads",
		   claims_show_time(&time, text[0]), claims_show_ratio(&look[PIPE].ratio, text[1]));
	if (look[SHARED].ratio.n)
		claims_add(c->measured,
			   "; through shared memory it takes processes %s times as long as threads",
			   claims_show_ratio(&look[SHARED].ratio, text[0]));
	enum claim_verdict verdict = claims_more(&look[PIPE].ratio, c);
	return verdict == CLAIM_HOLDS ? judge_channels(s, look, pipe, c) : verdict;
}
