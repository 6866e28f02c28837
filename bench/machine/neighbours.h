/*
 * Virtual CPUs that share a physical core, which a host often does not say. Two units at once: a chain of
 * vector operations that fills a core's vector units slows down where they share one, and a dependent chain
 * of scalar operations, which leaves most of a core idle, does not. What slows down both is something else.
 */
#ifndef PVT_NEIGHBOURS_H
#define PVT_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runners/placement.h"

enum neighbours { NEIGHBOURS_APART, NEIGHBOURS_SHARE, NEIGHBOURS_UNKNOWN };

/* How many times as long a chain takes together with the other CPU's as alone. */
struct slowdown {
	double vector, scalar;
};

/* The rule. */
enum neighbours neighbours_judge(struct slowdown slowdown);

enum { NEIGHBOURS_PAIRS_MAX = 64, NEIGHBOURS_ALL_UNITS = 8 };

/* Places in a list of units. */
struct unit_pair {
	uint32_t a, b;
};

/*
 * Which of `units` units are tried together: all pairs of up to NEIGHBOURS_ALL_UNITS; of more a sample of how
 * hosts number them, next to each other and half of all apart. At most NEIGHBOURS_PAIRS_MAX; how many.
 */
size_t neighbours_choose(uint32_t units, struct unit_pair pair[static NEIGHBOURS_PAIRS_MAX]);

/* What was found of the pairs that were chosen and of which hwloc does not know already that they share a
 * core. */
struct neighbourhood {
	size_t tried, unknown, shared; /* tried: of all, those that a verdict was looked for */
	struct {
		int a, b;             /* PUs as the system numbers them */
	} pair[NEIGHBOURS_PAIRS_MAX]; /* the shared ones */
	struct slowdown most;         /* of the shared pair whose vector work is slowed down most; with
				       * none, of the unknown one */
};

/* Tries the pairs, which takes some 4 ms each and at most about a second. False: no threads, or out of
 * memory. */
bool neighbours_find(const struct machine *machine, struct neighbourhood *found);

/* In words, at most `bytes` of them: "0+1, 2+3 share a core (2 of 28 pairs tried)". */
void neighbours_tell(const struct neighbourhood *found, char *text, size_t bytes);

#endif
