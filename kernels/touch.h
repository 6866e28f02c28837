/*
 * First touch: a page comes into being, and near the worker that first writes to it, in `enter`, so that the
 * first timed job does not pay for it.
 */
#ifndef PVT_TOUCH_H
#define PVT_TOUCH_H

#include "kernels/kernel.h"
#include "kernels/mix.h"

enum { TOUCH_PAGE = 4096 };

/* Zeroes a byte in each page of this worker's share of `bytes` at `array`, output that no job has written
 * yet. */
static inline void touch_share(const struct context *ctx, void *array, size_t bytes)
{
	volatile char *byte = array;
	uint64_t pages = ceil_div(bytes, TOUCH_PAGE),
		 past = split(pages, ctx->rank + UINT64_C(1), ctx->workers);

	for (uint64_t page = split(pages, ctx->rank, ctx->workers); page < past; page++)
		byte[page * TOUCH_PAGE] = 0;
}

#endif
