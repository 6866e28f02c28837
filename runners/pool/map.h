/* Maps, between their files: map_calls.c has what callers call, map.c runs it, pass.c makes one pass. */
#ifndef PVT_POOL_MAP_H
#define PVT_POOL_MAP_H

#include "runners/pool/state.h"

/* What a map asks for. */
struct map_request {
	job_body *body;
	void *task, *arg;
	const unsigned char *inputs;
	unsigned char *outputs;
	size_t input_bytes, output_bytes;
	const struct pool_column *column;
	uint32_t columns;
	uint64_t count, chunk;
};

/*
 * Runs it; one map at a time, the others wait. `chunk` 0: a share of the items, which is written there. 0;
 * -EIO, -EINTR or -ECANCELED if items were not done; -ENOMEM. `outcome` may be NULL, and is left alone where
 * no item was tried.
 */
int map_run(struct pool *pool, struct map_request *request, struct pool_map_outcome *outcome);

/*
 * Until all chunks of the job that is set up are done; or, where a worker dies or it must stop, until nobody
 * is in it any more but a thread that hangs.
 */
void pass_run(struct pool *pool, uint32_t chunks);
/* The pool is broken or told to stop, or the caller is interrupted. */
bool pass_must_stop(struct pool *pool);

#endif
