/* Who computes more: in user code, and in the kernel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/claims_judges.h"
#include "bench/units.h"

/* ---- cases that differ one by one ---- */

enum { NAMED = 4 };

/* Of a pairing's cases: those where a is surely more than 5 % ahead of b, or behind. */
struct sides {
	const struct case_summary *ahead[NAMED], *behind[NAMED];
	struct estimate ratio_ahead[NAMED], ratio_behind[NAMED];
	size_t aheads, behinds, cases;
};

/* Keeps the most marked ones, the most marked first. */
static void keep(const struct case_summary **cases, struct estimate *ratios, size_t count,
		 const struct look *look)
{
	size_t at = count < NAMED ? count : NAMED;
	while (at && fabs(log(look->ratio.value)) > fabs(log(ratios[at - 1].value))) {
		at--;
		if (at + 1 < NAMED) {
			cases[at + 1] = cases[at];
			ratios[at + 1] = ratios[at];
		}
	}
	if (at < NAMED) {
		cases[at] = look->of;
		ratios[at] = look->ratio;
	}
}

/* All cases are looked at together; what differs is what is left of them after Holm's correction. */
static void find_sides(const struct summary *s, const struct pairing *p, struct sides *sides)
{
	struct look *look = calloc(s->count + 1, sizeof *look);
	*sides = (struct sides){0};
	for (size_t i = 0; look && i < s->count; i++) {
		const struct case_summary *other = pairing_counterpart(s, p, &s->cases[i]);
		if (other)
			look[sides->cases++] = look_at(s, &s->cases[i], other, p->reading, 1);
	}
	bool corrected = look && looks_correct(look, sides->cases) == 0;
	for (size_t i = 0; corrected && i < sides->cases; i++) {
		if (look_is_less(&look[i]))
			keep(sides->ahead, sides->ratio_ahead, sides->aheads++, &look[i]);
		if (look_is_more(&look[i]))
			keep(sides->behind, sides->ratio_behind, sides->behinds++, &look[i]);
	}
	free(look);
}

/* "mmap (0.17 [0.15, 0.2]), madvise (…) and 3 more" */
static void name(char *text, const struct case_summary *const *cases, const struct estimate *ratios,
		 size_t count)
{
	char figure[CLAIM_FIGURE_BYTES];
	for (size_t i = 0; i < count && i < NAMED; i++)
		claims_add(text, "%s%s (%s)", i ? ", " : "", cases[i]->kernel,
			   claims_show_ratio(&ratios[i], figure));
	if (count > NAMED)
		claims_add(text, " and %zu more", count - NAMED);
}

static void name_sides(char *text, const struct sides *sides)
{
	if (sides->aheads) {
		claims_add(text, "processes are ahead in ");
		name(text, sides->ahead, sides->ratio_ahead, sides->aheads);
	}
	if (sides->behinds) {
		claims_add(text, "%sthreads are ahead in ", sides->aheads ? "; " : "");
		name(text, sides->behind, sides->ratio_behind, sides->behinds);
	}
}

/* ---- the judges ---- */

/* Processes beside threads in all cases of a suite, at its most workers. */
struct field {
	uint64_t workers;
	struct estimate ratio;
	size_t cases;
	struct sides sides;
};

/* False, with the verdict, where there is nothing to judge. */
static bool survey(const struct summary *s, const char *suite, reading *read, struct field *f,
		   struct claim *c)
{
	const struct pairing p = {.suite = suite,
				  .a = "fork",
				  .b = "pthread",
				  .workers = pairing_most_workers(s, suite),
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = read};
	f->workers = p.workers;
	f->ratio = pairing_across(s, &p, &f->cases);
	find_sides(s, &p, &f->sides);
	if (p.workers != 1 && f->ratio.n)
		return true;
	c->verdict = p.workers == 1 ? claims_one_unit(c) : claims_unsure(&f->ratio, c);
	return false;
}

/* `holds`: the claim plainly holds, if the whole is sure; `on` says on what it depends. */
static enum claim_verdict conclude(const struct field *f, bool holds, const char *on, struct claim *c)
{
	if (!claims_is_sure(&f->ratio))
		return claims_unsure(&f->ratio, c);
	if (holds)
		return CLAIM_HOLDS;
	if (f->sides.aheads) {
		claims_add(c->reason, "%s: ", on);
		name_sides(c->reason, &f->sides);
		return CLAIM_DEPENDS;
	}
	if (!pairing_is_not_less(&f->ratio))
		return claims_unsure(&f->ratio, c);
	name_sides(c->reason, &f->sides);
	return CLAIM_FAILS;
}

enum claim_verdict claims_judge_compute(const struct evidence *e, struct claim *c)
{
	char figure[CLAIM_FIGURE_BYTES], of_kernels[32];
	struct field f;
	if (!survey(e->summary, "scaling", reading_span, &f, c))
		return c->verdict;
	claims_stamp(c, "span_ns");
	claims_add(c->measured,
		   "%llu forked processes take %s times as long as %llu threads for the same work (%s)",
		   (unsigned long long)f.workers, claims_show_ratio(&f.ratio, figure),
		   (unsigned long long)f.workers,
		   units_show_count(f.cases, "kernel", of_kernels, sizeof of_kernels));
	bool holds = pairing_standing(&f.ratio) == STANDING_LESS && !f.sides.behinds;
	return conclude(&f, holds, "on the work", c);
}

/* Names the columns; true where all of a suite's cases at these workers have a window. */
static bool stamp_operations(const struct summary *s, const struct field *f, struct claim *c)
{
	bool all = true;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *k = &s->cases[i];
		if (strcmp(k->suite, "contention") != 0 || k->workers != f->workers || !k->samples ||
		    strcmp(k->runner, "seq") == 0)
			continue;
		all = all && readings_has_window(k);
		claims_stamp(c, readings_has_window(k) ? "operation_ns" : "span_ns");
	}
	return all;
}

enum claim_verdict claims_judge_contention(const struct evidence *e, struct claim *c)
{
	char figure[CLAIM_FIGURE_BYTES];
	struct field f;
	if (!survey(e->summary, "contention", reading_operation, &f, c))
		return c->verdict;
	bool in_window = stamp_operations(e->summary, &f, c);
	claims_add(c->measured,
		   "at %llu workers an operation takes processes %s times as long as threads (%zu kinds%s); "
		   "markedly less in %zu, markedly more in %zu",
		   (unsigned long long)f.workers, claims_show_ratio(&f.ratio, figure), f.cases,
		   in_window ? "; operations of all workers in a fixed window" : "", f.sides.aheads,
		   f.sides.behinds);
	return conclude(&f, f.sides.aheads == f.cases, "on what is asked of the kernel", c);
}
