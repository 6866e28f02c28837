/* What more workers gain while they wait. */
#include <string.h>

#include "bench/claims/judges.h"

enum { WAITERS = 4 };
_Static_assert((int)WAITERS <= (int)CLAIM_PARTS, "more kinds of waiting workers than a claim has parts");

static const struct {
	const char *runner, *where;
} waiters[WAITERS] = {{"pthread", "in threads"},
		      {"fork", "in forked processes"},
		      {"pthread-pool", "in pooled threads"},
		      {"fork-pool", "in pooled processes"}};

/* The most workers of a runner, and as many as can run at once. False: not measured. */
static bool find_waiters(const struct summary *s, const char *runner, const struct case_summary **few,
			 const struct case_summary **most)
{
	*few = *most = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->id.suite, "waiting") != 0 || strcmp(c->id.runner, runner) != 0 || !c->samples)
			continue;
		if (!c->oversubscribed && (!*few || c->id.workers > (*few)->id.workers))
			*few = c;
		if (c->oversubscribed && (!*most || c->id.workers > (*most)->id.workers))
			*most = c;
	}
	return *few && *most;
}

/* Of each kind of worker what the most of them gain over the few; n is 0 where it was not measured. All are
 * looked at together. */
static enum claim_verdict judge_gains(struct look look[static WAITERS], struct claim_parts *parts,
				      struct claim *c)
{
	enum claim_verdict verdict = claims_agree(parts, c);
	if (verdict != CLAIM_UNKNOWN)
		return verdict;
	looks_correct(look, WAITERS);
	const struct claim_part *gains = NULL;
	for (size_t i = WAITERS; i-- > 0;) {
		parts->part[i].more = claims_is_sure(&look[i].ratio) && look_is_more(&look[i]);
		if (parts->part[i].more)
			gains = &parts->part[i];
	}
	if (!gains || !claims_parts_not_more(parts))
		return claims_name_open(parts, c);
	claims_rest_on(c, &gains->ratio);
	claims_list_parts(parts, true, "on the workers: a gain ", c);
	claims_list_parts(parts, false, "; none ", c);
	return CLAIM_DEPENDS;
}

static void say_waiters(const struct claim_parts *parts, const struct case_summary *few,
			const struct case_summary *most, struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	for (size_t i = 0; i < WAITERS; i++) {
		const struct claim_part *part = &parts->part[i];
		if (!part->ratio.n)
			continue;
		if (*c->measured)
			claims_add(c->measured, ", %s times %s", claims_show_ratio(&part->ratio, text),
				   part->where);
		else
			claims_add(c->measured, "%llu workers are %s times as fast as %llu %s",
				   (unsigned long long)most->id.workers,
				   claims_show_ratio(&part->ratio, text), (unsigned long long)few->id.workers,
				   part->where);
	}
}

enum claim_verdict claims_judge_waiting(const struct evidence *e, struct claim *c)
{
	const struct case_summary *few, *most, *some_few = NULL, *some_most = NULL;
	struct look look[WAITERS];
	struct claim_parts parts = {
		.more = "more workers gain", .not_more = "more workers gain nothing", .count = WAITERS};
	for (size_t i = WAITERS; i-- > 0;) {
		bool measured = find_waiters(e->summary, waiters[i].runner, &few, &most);
		look[i] = look_at(e->summary, few, measured ? most : NULL, reading_wall, 1);
		if (look[i].ratio.n)
			some_few = few, some_most = most;
		parts.part[i] = (struct claim_part){waiters[i].where, look[i].ratio,
						    pairing_is_more(&look[i].ratio)};
	}
	if (!some_most)
		return claims_unsure(&claims_nothing, c);
	claims_stamp(c, "wall_ns");
	say_waiters(&parts, some_few, some_most, c);
	claims_say_older(some_most, c);
	enum claim_verdict verdict = judge_gains(look, &parts, c);
	claims_name_measured(&parts, c);
	return verdict;
}
