/* Where a pool's workers belong: the one part of the pool that loads hwloc. */
#include <errno.h>
#include <stdlib.h>

#include "runners/affinity.h"
#include "runners/placement.h"
#include "runners/pool/state.h"

int pool_plan(struct pool *pool, char *why, size_t why_bytes)
{
	static const enum policy policies[] = {[POOL_ANYWHERE] = PLACE_NONE,
					       [POOL_COMPACT] = PLACE_COMPACT,
					       [POOL_SCATTER] = PLACE_SCATTER,
					       [POOL_SMT] = PLACE_SMT};
	struct machine *machine;
	for (uint32_t r = 0; r < pool->workers; r++)
		pool->pu[r] = -1;
	if (pool->options.placement == POOL_ANYWHERE)
		return 0;
	struct pu *plan = calloc((size_t)pool->workers + 1, sizeof *plan);
	void *callers = pool->units ? affinity_save() : NULL; /* hwloc plans with what its caller may use */
	affinity_restore(pool->units);
	int error = plan ? machine_load(&machine, NULL, why, why_bytes) : -ENOMEM;
	affinity_restore(callers);
	free(callers);
	if (!error) {
		placement_plan(machine, policies[pool->options.placement], pool->workers, plan);
		for (uint32_t r = 0; r < pool->workers; r++)
			pool->pu[r] = plan[r].pu;
		machine_free(machine);
	}
	free(plan);
	return error;
}
