/* What a cell leaves to the desk, and so does not link: planning with hwloc. */
#include <errno.h>
#include <stdio.h>

#include "runners/pool/state.h"

/* Of pools whose workers bind themselves, as a session's do, there is nothing to plan. */
int pool_plan(struct pool *pool, char *why, size_t why_bytes)
{
	for (uint32_t rank = 0; rank < pool->workers; rank++)
		pool->pu[rank] = -1;
	if (pool->options.placement == POOL_ANYWHERE)
		return 0;
	snprintf(why, why_bytes, "a cell plans no placement");
	return -ENOTSUP;
}
