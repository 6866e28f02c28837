#include "bench/claims/claims.h"

#include "bench/claims/list.h"

void claims_make(const struct summary *summary, const struct grains *grains, const struct scale *scale,
		 const char *python, struct claims *claims)
{
	const struct evidence evidence = {summary, grains, scale, python && *python ? python : NULL};
	*claims = (struct claims){0};
	for (const struct claim_entry *entry = claims_list; entry->id; entry++) {
		struct claim *c = &claims->claim[claims->count++];
		c->id = entry->id;
		c->claim = entry->claim;
		c->brief = entry->brief;
		c->unit = entry->unit;
		c->command = entry->command;
		c->figure = entry->figure;
		c->verdict = entry->judge(&evidence, c);
		c->consequence = c->verdict < CLAIM_UNKNOWN ? entry->consequence[c->verdict] : NULL;
	}
}
