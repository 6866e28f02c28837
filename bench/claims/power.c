/* Who computes more, in user code. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

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
		claims_add(text, "%s%s (%s)", i ? ", " : "", cases[i]->id.kernel,
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

/* ---- the judge ---- */

/* Processes beside threads in all kernels, at the most workers. */
struct field {
	uint64_t workers;
	struct estimate ratio;
	size_t cases;
	struct sides sides;
};

static struct field survey(const struct summary *s)
{
	const struct pairing p = {.suite = "scaling",
				  .a = "fork",
				  .b = "pthread",
				  .workers = pairing_most_workers(s, "scaling"),
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_span};
	struct field f = {.workers = p.workers};
	f.ratio = pairing_across(s, &p, &f.cases);
	find_sides(s, &p, &f.sides);
	return f;
}

/* A verdict on the whole, with the kernels that are apart from it. */
static enum claim_verdict judge_power(const struct field *f, struct claim *c)
{
	const struct sides *sides = &f->sides;
	bool less = pairing_is_less(&f->ratio);
	claims_rest_on(c, &f->ratio);
	if (!claims_is_sure(&f->ratio))
		return claims_unsure(&f->ratio, c);
	if (less && !sides->behinds)
		return CLAIM_HOLDS;
	if (sides->aheads || less) {
		claims_rest_on(c, sides->aheads ? &sides->ratio_ahead[0] : &f->ratio);
		claims_add(c->reason, "on the work: ");
		name_sides(c->reason, sides);
		return CLAIM_DEPENDS;
	}
	name_sides(c->reason, sides);
	if (pairing_is_alike(&f->ratio) && !sides->behinds)
		return CLAIM_SAME;
	if (pairing_is_not_less(&f->ratio))
		return CLAIM_FAILS;
	if (sides->behinds)
		claims_add(c->reason, "; over all kernels, ");
	return claims_unsure(&f->ratio, c);
}

enum claim_verdict claims_judge_compute(const struct evidence *e, struct claim *c)
{
	char figure[CLAIM_FIGURE_BYTES], of_kernels[32];
	const struct field f = survey(e->summary);
	if (f.workers == 1)
		return claims_one_unit(c);
	if (!f.ratio.n)
		return claims_unsure(&f.ratio, c);
	claims_stamp(c, "span_ns");
	claims_add(c->measured,
		   "%llu forked processes take %s times as long as %llu threads for the same work (%s)",
		   (unsigned long long)f.workers, claims_show_ratio(&f.ratio, figure),
		   (unsigned long long)f.workers,
		   units_show_count(f.cases, "kernel", of_kernels, sizeof of_kernels));
	return judge_power(&f, c);
}
