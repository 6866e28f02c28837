/* Who waits while a process is made: the caller alone, or the other threads too. */
#include <math.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"
#include "bench/claims/stall.h"

static uint64_t most_ballast(const struct summary *s)
{
	uint64_t most = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->id.suite, "stall") == 0 && c->samples && c->metric[METRIC_GAP].n &&
		    strcmp(c->id.kernel, "stall-fork") == 0 && strcmp(c->id.pages, "small") == 0 &&
		    c->id.ballast > most)
			most = c->id.ballast;
	}
	return most;
}

/* Beside the most memory that was forked beside. */
static const struct case_summary *stall(const struct summary *s, const char *kernel, const char *pages)
{
	const struct pairing p = {
		.suite = "stall", .kernels = kernel, .pages = pages, .ballast = most_ballast(s)};
	return p.ballast ? pairing_find(s, &p, "pthread") : NULL;
}

struct estimate stall_per_gib(const struct summary *s)
{
	const struct case_summary *c = stall(s, "stall-fork", "small");
	if (!c)
		return claims_nothing;
	struct estimate e = pairing_reading(s, c, reading_gap);
	double gib = (double)c->id.ballast / 0x1p30;
	e.value /= gib;
	e.low /= gib;
	e.high /= gib;
	return e;
}

/* "; while one calls vfork 53 µs [50 µs, 60 µs], clone with CLONE_VM 51 µs [50 µs, 60 µs]; while one forks in
 * huge pages 60 µs [50 µs, 70 µs]" */
static void say_others(const struct summary *s, struct claim *c)
{
	static const struct {
		const char *kernel, *pages, *words;
	} others[] = {{"stall-vfork", "small", "vfork"},
		      {"stall-clone", "small", "clone with CLONE_VM"},
		      {"stall-fork", "huge", "fork with the same amount in huge pages"}};
	char text[CLAIM_FIGURE_BYTES];
	const char *before = "; during";
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct case_summary *other = stall(s, others[i].kernel, others[i].pages);
		struct estimate gap = other ? pairing_reading(s, other, reading_gap) : claims_nothing;
		if (!gap.n)
			continue;
		claims_add(c->measured, "%s %s for %s", before, others[i].words,
			   claims_show_time(&gap, text));
		before = ", during";
	}
}

/* What is still to pay: each page is copied at the parent's first write to it while the child lives. */
static void say_afterwards(const struct summary *s, struct claim *c)
{
	const struct pairing p = {.suite = "lifecycle",
				  .kernels = "copy-parent",
				  .pages = "small",
				  .ballast = PAIRING_ANY_BALLAST};
	const struct case_summary *parent = pairing_find(s, &p, "pthread");
	struct estimate page = parent ? pairing_reading(s, parent, reading_span_an_item) : claims_nothing;
	char each[CLAIM_FIGURE_BYTES], all[32];
	if (!page.n)
		return;
	claims_also(
		c->reason,
		"while the child lives, the parent's first write to a page copies it, which takes %s: %s for "
		"all of 1 GiB",
		claims_show_time(&page, each), units_show_ns(page.value * 0x1p18, all, sizeof all));
	claims_stamp(c, "span_ns");
}

enum claim_verdict claims_judge_stall(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct case_summary *fork = stall(s, "stall-fork", "small"),
				  *spawn = stall(s, "stall-spawn", "small");
	char text[2][CLAIM_FIGURE_BYTES], size[24];
	if (!fork || !spawn)
		return claims_unsure(&claims_nothing, c);
	struct estimate ratio = pairing_over(s, fork, spawn, reading_gap);
	if (!ratio.n)
		return claims_unsure(&claims_nothing, c);
	struct estimate gap = pairing_reading(s, fork, reading_gap);
	claims_stamp(c, "gap_ns");
	claims_add(c->measured,
		   "with %s in pages of 4 KiB a fork holds up another thread for %s, %s times as long as "
		   "posix_spawn",
		   units_show_size((double)fork->id.ballast, size, sizeof size),
		   claims_show_time(&gap, text[0]), claims_show_ratio(&ratio, text[1]));
	say_others(s, c);
	enum claim_verdict verdict = claims_more(&ratio, c);
	if (verdict == CLAIM_HOLDS)
		claims_also(c->reason,
			    "because fork takes the right to write from all pages and holds the lock of "
			    "the address space until all are copied, so that any thread waits at its "
			    "next write, if only to its stack");
	say_afterwards(s, c);
	return verdict;
}
