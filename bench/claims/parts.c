/* Claims that have to hold in several situations: each part is decided or open by itself, and the words say
 * which. */
#include "bench/claims/judges.h"

static bool is_measured(const struct claim_part *part)
{
	return part->ratio.n > 0;
}

static bool is_not_more(const struct claim_part *part)
{
	return !part->more && pairing_is_not_more(&part->ratio);
}

static bool is_alike(const struct claim_part *part)
{
	return pairing_is_alike(&part->ratio);
}

static bool is_more(const struct claim_part *part)
{
	return part->more && claims_is_sure(&part->ratio);
}

static size_t count(const struct claim_parts *parts, bool (*is)(const struct claim_part *part))
{
	size_t n = 0;
	for (size_t i = 0; i < parts->count; i++)
		n += is(&parts->part[i]);
	return n;
}

size_t claims_parts_measured(const struct claim_parts *parts)
{
	return count(parts, is_measured);
}

size_t claims_parts_more(const struct claim_parts *parts)
{
	return count(parts, is_more);
}

size_t claims_parts_not_more(const struct claim_parts *parts)
{
	return count(parts, is_not_more);
}

/* The measured part whose bound is nearest to another verdict: the least of what is more, the most of what is
 * not. */
static const struct claim_part *nearest(const struct claim_parts *parts, bool more)
{
	const struct claim_part *found = NULL;
	for (size_t i = 0; i < parts->count; i++) {
		const struct claim_part *part = &parts->part[i];
		if (is_measured(part) && (!found || (more ? part->ratio.low < found->ratio.low
							  : part->ratio.high > found->ratio.high)))
			found = part;
	}
	return found;
}

enum claim_verdict claims_agree(const struct claim_parts *parts, struct claim *c)
{
	size_t measured = claims_parts_measured(parts);
	bool holds = claims_parts_more(parts) == measured;
	if (!holds && claims_parts_not_more(parts) < measured)
		return CLAIM_UNKNOWN;
	claims_rest_on(c, &nearest(parts, holds)->ratio);
	if (holds)
		return CLAIM_HOLDS;
	return count(parts, is_alike) == measured ? CLAIM_SAME : CLAIM_FAILS;
}

static void name(const struct claim_parts *parts, bool (*is)(const struct claim_part *part), const char *what,
		 struct claim *c)
{
	for (size_t i = 0; i < parts->count; i++)
		if (is(&parts->part[i]))
			claims_also(c->reason, "%s, %s", parts->part[i].where, what);
}

void claims_list_parts(const struct claim_parts *parts, bool more, const char *before, struct claim *c)
{
	for (size_t i = 0; i < parts->count; i++)
		if ((more ? is_more : is_not_more)(&parts->part[i])) {
			claims_add(c->reason, "%s%s", before, parts->part[i].where);
			before = ", ";
		}
}

static bool is_open(const struct claim_part *part)
{
	return is_measured(part) && !is_more(part) && !is_not_more(part);
}

enum claim_verdict claims_name_open(const struct claim_parts *parts, struct claim *c)
{
	const struct claim_part *open = NULL;
	char text[CLAIM_FIGURE_BYTES];
	name(parts, is_more, parts->more, c);
	name(parts, is_not_more, parts->not_more, c);
	for (size_t i = 0; i < parts->count; i++) {
		const struct claim_part *part = &parts->part[i];
		if (!is_open(part))
			continue;
		if (open)
			claims_add(c->reason, " and %s (%s)", part->where,
				   claims_show_ratio(&part->ratio, text));
		else
			claims_also(c->reason, "%s (%s)", part->where, claims_show_ratio(&part->ratio, text));
		open = open ? open : part;
	}
	claims_add(c->reason, " ");
	return open ? claims_unsure(&open->ratio, c) : CLAIM_UNKNOWN;
}

enum claim_verdict claims_decide(const struct claim_parts *parts, const char *more, const char *not_more,
				 struct claim *c)
{
	const struct claim_part *most = NULL;
	enum claim_verdict verdict = claims_agree(parts, c);
	if (verdict != CLAIM_UNKNOWN)
		return verdict;
	for (size_t i = 0; i < parts->count; i++)
		if (parts->part[i].more && (!most || parts->part[i].ratio.value > most->ratio.value))
			most = &parts->part[i];
	if (!most || !claims_parts_not_more(parts))
		return claims_name_open(parts, c);
	claims_rest_on(c, &most->ratio);
	claims_list_parts(parts, true, more, c);
	claims_list_parts(parts, false, not_more, c);
	return CLAIM_DEPENDS;
}

void claims_name_measured(const struct claim_parts *parts, struct claim *c)
{
	bool begun = false;
	if (claims_parts_measured(parts) == parts->count)
		return;
	for (size_t i = 0; i < parts->count; i++) {
		if (!is_measured(&parts->part[i]))
			continue;
		if (begun)
			claims_add(c->reason, ", %s", parts->part[i].where);
		else
			claims_also(c->reason, "measured only %s", parts->part[i].where);
		begun = true;
	}
}
