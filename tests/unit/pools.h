/* What the tests of the pool share: a test runs once with threads and once with processes. */
#ifndef PVT_TESTS_POOLS_H
#define PVT_TESTS_POOLS_H

#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "runners/pool/pool.h"

#define FOREVER UINT64_MAX

static enum pool_kind kind_threads = POOL_THREADS, kind_processes = POOL_PROCESSES;

/* A test under both kinds; with PVT_THREADS_ONLY set, for tools that cannot follow forks, the latter does
 * nothing. */
#define both(test)                                                      \
	{#test " (threads)", test, NULL, NULL, &kind_threads},          \
	{                                                               \
#test " (processes)", test, NULL, NULL, &kind_processes \
	}
#define processes(test)                                  \
	{                                                \
#test, test, NULL, NULL, &kind_processes \
	}

static inline struct pool_options kind_of(void **state)
{
	struct pool_options o = {.kind = *(enum pool_kind *)*state, .workers = 3, .shared_bytes = 1u << 30};
	if (o.kind == POOL_PROCESSES && getenv("PVT_THREADS_ONLY"))
		skip();
	return o;
}

static inline struct pool *open_pool(const struct pool_options *options)
{
	char why[256] = "";
	struct pool *pool = pool_open(options, why, sizeof why);
	if (!pool)
		fail_msg("pool_open: %s", why);
	return pool;
}

#endif
