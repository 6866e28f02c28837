#include "bench/machine/neighbours.h"

#include <math.h>
#include <stdio.h>

/*
 * Two that share a core have half of its vector units each: 2, less what one alone leaves unused (16 workers
 * on 16 units of such a machine gained 7 to 9 times, and 15 times in a dependent chain: 1.8 to 2.3,
 * and 1.07). Apart it is 1. The bounds lie between, a quarter off on each side.
 */
#define SHARES_FROM 1.5
#define APART_TO 1.25
#define SCALAR_MOST 1.25

enum neighbours neighbours_judge(struct slowdown s)
{
	if (!isfinite(s.vector) || !isfinite(s.scalar) || s.vector <= 0 || s.scalar <= 0 ||
	    s.scalar > SCALAR_MOST)
		return NEIGHBOURS_UNKNOWN;
	return s.vector >= SHARES_FROM ? NEIGHBOURS_SHARE
	       : s.vector <= APART_TO  ? NEIGHBOURS_APART
				       : NEIGHBOURS_UNKNOWN;
}

static size_t choose_all(uint32_t units, struct unit_pair *pair)
{
	size_t n = 0;
	for (uint32_t a = 0; a < units; a++)
		for (uint32_t b = a + 1; b < units; b++)
			pair[n++] = (struct unit_pair){a, b};
	return n;
}

/* So many pairs of one layout, spread over the machine: of `groups` of them the first, …, the last. */
static size_t choose_spread(uint32_t groups, uint32_t step, uint32_t apart, struct unit_pair *pair)
{
	uint32_t most = NEIGHBOURS_PAIRS_MAX / 2, count = groups < most ? groups : most;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t a = step * (uint32_t)((uint64_t)i * groups / count);
		pair[i] = (struct unit_pair){a, a + apart};
	}
	return count;
}

size_t neighbours_choose(uint32_t units, struct unit_pair pair[static NEIGHBOURS_PAIRS_MAX])
{
	if (units <= NEIGHBOURS_ALL_UNITS)
		return choose_all(units, pair);
	size_t n = choose_spread(units / 2, 2, 1, pair);
	return n + choose_spread(units / 2, 1, units / 2, pair + n);
}

enum { NAMED = 16 };

void neighbours_tell(const struct neighbourhood *f, char *text, size_t bytes)
{
	size_t n = 0, named = f->shared < NAMED ? f->shared : NAMED;
	const char *pairs = f->tried == 1 ? "pair" : "pairs";
	*text = '\0';
	for (size_t i = 0; i < named && n < bytes; i++)
		n += (size_t)snprintf(text + n, bytes - n, "%s%d+%d", i ? ", " : "", f->pair[i].a,
				      f->pair[i].b);
	if (f->shared > named && n < bytes)
		n += (size_t)snprintf(text + n, bytes - n, " and %zu more", f->shared - named);
	if (n >= bytes)
		return;
	if (!f->tried)
		snprintf(text, bytes, "there are no two cores to try");
	else if (f->shared)
		snprintf(text + n, bytes - n,
			 " share a core (%zu %s tried; side by side vector work takes %.2f× as long, a "
			 "dependent chain %.2f×)",
			 f->tried, pairs, f->most.vector, f->most.scalar);
	else if (f->unknown)
		snprintf(text, bytes,
			 "cannot tell for %zu of %zu %s tried: side by side vector work takes up to %.2f× as "
			 "long, a dependent chain %.2f×",
			 f->unknown, f->tried, pairs, f->most.vector, f->most.scalar);
	else
		snprintf(text, bytes, "none in %zu %s tried", f->tried, pairs);
}
