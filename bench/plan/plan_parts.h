/* What the parts of the plan share: plan.c chooses kernels, sizes.c sizes, cases.c all else. */
#ifndef PVT_PLAN_PARTS_H
#define PVT_PLAN_PARTS_H

#include "bench/plan/lists.h"
#include "bench/plan/plan.h"
#include "bench/plan/suites.h"

/* How many workers a part of a suite has: on this machine, and over the hosts of a cluster. */
struct sweep {
	struct worker_counts here;
	const char *workers;     /* as given: beyond, their number follows from that of the hosts */
	struct cluster *cluster; /* NULL: none */
	bool weak;               /* sizes grow with the workers */
	uint32_t units;          /* of this machine */
	uint32_t nodes;          /* NUMA nodes of this machine, and so, as far as can be told, of each host */
};

/*
 * Sets the case's size, and what the kernel says of itself at this size. *out_of_reach: why there is no such
 * case on this machine (c->fate says how), or NULL; the caller frees it. 0, or EXIT_UNUSABLE after a message.
 */
int sizes_configure(struct plan *plan, const struct options *o, struct bench_case *c, uint64_t size,
		    char **out_of_reach);

/* Of a kernel in a part of a suite: a case, or several, for each size. 0, or EXIT_UNUSABLE after a message.
 */
int sizes_add(struct plan *plan, const struct options *o, const struct suite_part *part,
	      const struct sweep *sweep, const char *suite, const struct kernel *kernel);

/* Of one size: all ballasts, pages, placements, runners and workers. The same. */
int cases_add(struct plan *plan, const struct options *o, const struct suite_part *part,
	      const struct sweep *sweep, struct bench_case c);

#endif
