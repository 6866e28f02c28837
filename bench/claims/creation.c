/* What a worker's life costs, and beside how much memory a new program costs less than a fork. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

#define EVERYWHERE STAT_BEYOND /* bytes: at every size measured */

static const struct {
	const char *pages, *words;
} kinds_of_pages[] = {{"small", "in pages of 4 KiB"}, {"huge", "in huge pages"}};

/* One worker's life beside `ballast` bytes of the parent's in `pages`. */
static const struct case_summary *life(const struct summary *s, const char *runner, uint64_t ballast,
				       const char *pages)
{
	const struct pairing p = {
		.suite = "lifecycle", .kernels = "empty", .workers = 1, .ballast = ballast, .pages = pages};
	return pairing_find(s, &p, runner);
}

static uint64_t most_ballast(const struct summary *s)
{
	uint64_t most = 0;
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->cases[i].id.suite, "lifecycle") == 0 &&
		    strcmp(s->cases[i].id.kernel, "empty") == 0 && s->cases[i].samples &&
		    s->cases[i].id.ballast > most)
			most = s->cases[i].id.ballast;
	return most;
}

/* "; with 1 GiB in the parent a fork takes 70.4 times as long as with none in pages of 4 KiB and 2.55 times
 * as long as with none in huge pages" */
static void say_growth(const struct summary *s, char *reason)
{
	uint64_t most = most_ballast(s);
	const struct case_summary *alone = life(s, "fork", 0, NULL);
	bool begun = false;
	for (size_t i = 0; most && alone && i < sizeof kinds_of_pages / sizeof *kinds_of_pages; i++) {
		const struct case_summary *beside = life(s, "fork", most, kinds_of_pages[i].pages);
		char figure[CLAIM_FIGURE_BYTES], size[24];
		if (!beside)
			continue;
		struct estimate growth = pairing_over(s, beside, alone, reading_wall);
		if (!begun)
			claims_add(reason, "%swith %s in the parent a fork takes", *reason ? "; " : "",
				   units_show_size((double)most, size, sizeof size));
		claims_add(reason, "%s %s times as long as with none %s", begun ? " and" : "",
			   claims_show_ratio(&growth, figure), kinds_of_pages[i].words);
		begun = true;
	}
}

/* ---- fork or a new program ---- */

/* Beside how much memory a fork is cheaper than a new program, by page size. */
struct limit {
	struct estimate bytes; /* 0: at no size; EVERYWHERE */
	double most;           /* the largest size measured */
};

/*
 * In one invocation: what a fork copies grows in proportion to the memory, so between two sizes the ratio is
 * taken as a straight line. NaN: fewer than two sizes.
 */
static double crossing(const struct summary *s, const char *pages, size_t run, double *most)
{
	double before = NAN, ratio_before = NAN;
	size_t sizes = 0;
	for (size_t i = 0; i < s->count; i++) { /* they come in the order of the ballast */
		const struct case_summary *c = &s->cases[i], *spawn;
		if (c->id.ballast && strcmp(c->id.pages, pages) != 0)
			continue;
		if (c != life(s, "fork", c->id.ballast, c->id.pages) ||
		    !(spawn = life(s, "spawn", c->id.ballast, c->id.pages)))
			continue;
		double ratio = pairing_ratio(s, c, spawn, reading_wall, run);
		double bytes = (double)c->id.ballast;
		if (!isfinite(ratio))
			continue;
		*most = bytes;
		sizes++;
		if (ratio > 1)
			return sizes == 1 ? 0
					  : before + (bytes - before) * (1 - ratio_before) /
							     (ratio - ratio_before);
		before = bytes;
		ratio_before = ratio;
	}
	return sizes > 1 ? EVERYWHERE : (double)NAN;
}

static struct limit limit_of(const struct summary *s, const char *pages)
{
	struct limit limit = {.bytes = {.value = NAN, .low = NAN, .high = NAN}};
	double *x = calloc(s->run_count + 1, sizeof *x);
	size_t n = 0;
	for (size_t r = 0; x && r < s->run_count; r++) {
		double most = 0, at = crossing(s, pages, r, &most);
		limit.most = fmax(limit.most, most);
		if (!isnan(at))
			x[n++] = at;
	}
	if (n)
		limit.bytes = stat_crossing_interval(x, n);
	free(x);
	return limit;
}

static const char *show_mib(double bytes, char *text, size_t size)
{
	snprintf(text, size, bytes < 10 * 0x1p20 ? "%.1f" : "%.0f", bytes / 0x1p20);
	return text;
}

/* "up to between 10 and 14 MiB", "at every size measured, up to 1 GiB", "at no size measured" */
static const char *show_limit(const struct limit *l, char text[static CLAIM_FIGURE_BYTES])
{
	char from[24], to[24], most[24], on[40] = "";
	double low = isnan(l->bytes.low) ? l->bytes.value : l->bytes.low;
	double high = isnan(l->bytes.high) ? l->bytes.value : l->bytes.high;
	if (l->bytes.n < 2)
		snprintf(on, sizeof on, " (one invocation)");
	else if (!claims_is_sure(&l->bytes))
		snprintf(on, sizeof on, " (%zu invocations)", l->bytes.n);
	show_mib(low, from, sizeof from);
	show_mib(high, to, sizeof to);
	if (low >= EVERYWHERE)
		snprintf(text, CLAIM_FIGURE_BYTES, "at every size measured, up to %s%s",
			 units_show_size(l->most, most, sizeof most), on);
	else if (high <= 0)
		snprintf(text, CLAIM_FIGURE_BYTES, "at no size measured%s", on);
	else if (high >= EVERYWHERE)
		snprintf(text, CLAIM_FIGURE_BYTES, "up to %s MiB at least%s", from, on);
	else if (low <= 0)
		snprintf(text, CLAIM_FIGURE_BYTES, "up to %s MiB at most%s", to, on);
	else if (strcmp(from, to) == 0)
		snprintf(text, CLAIM_FIGURE_BYTES, "up to %s MiB%s", to, on);
	else
		snprintf(text, CLAIM_FIGURE_BYTES, "up to between %s and %s MiB%s", from, to, on);
	return text;
}

/* "; a fork is cheaper than a small new program in pages of 4 KiB up to between 10 and 14 MiB of the parent's
 * memory, in huge pages at every size measured, up to 1 GiB" */
static void say_limits(const struct summary *s, const char *program, char *reason)
{
	char text[CLAIM_FIGURE_BYTES];
	bool begun = false;
	for (size_t i = 0; i < sizeof kinds_of_pages / sizeof *kinds_of_pages; i++) {
		const struct limit limit = limit_of(s, kinds_of_pages[i].pages);
		if (!limit.bytes.n)
			continue;
		if (!begun)
			claims_add(reason, "%sa fork is cheaper than %s", *reason ? "; " : "", program);
		claims_add(reason, "%s %s %s%s", begun ? "," : "", kinds_of_pages[i].words,
			   show_limit(&limit, text), begun ? "" : " of the parent's memory");
		begun = true;
	}
}

/* ---- the judge ---- */

enum claim_verdict claims_judge_creation(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct case_summary *thread = life(s, "pthread", 0, NULL), *fork = life(s, "fork", 0, NULL),
				  *spawn = life(s, "spawn", 0, NULL);
	char text[CLAIM_FIGURE_BYTES], time[CLAIM_FIGURE_BYTES];
	if (!thread || !fork)
		return claims_unsure(&(struct estimate){.value = NAN}, c);
	struct estimate of_thread = pairing_reading(s, thread, reading_wall);
	struct estimate ratio = pairing_over(s, fork, thread, reading_wall);
	/* Of older versions it was pvt itself. */
	const char *program = spawn && readings_is_older(spawn) ? "a new program" : "a small new program";
	claims_stamp(c, "wall_ns");
	claims_add(c->measured, "creating and joining a thread takes %s, a forked process %s times as long",
		   claims_show_time(&of_thread, time), claims_show_ratio(&ratio, text));
	if (spawn) {
		struct estimate fresh = pairing_over(s, spawn, thread, reading_wall);
		claims_add(c->measured, ", %s %s times", program, claims_show_ratio(&fresh, text));
	}
	claims_say_older(fork, c);
	enum claim_verdict verdict = claims_more(&ratio, c);
	say_growth(s, c->reason);
	say_limits(s, program, c->reason);
	return verdict;
}
