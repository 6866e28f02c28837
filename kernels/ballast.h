/*
 * Kernels whose items are pages: those of the ballast, private memory that the harness has written to, and
 * fresh ones.
 */
#ifndef PVT_KERNELS_BALLAST_H
#define PVT_KERNELS_BALLAST_H

#include "kernels/contention/operation.h"
#include "kernels/params.h"
#include "kernels/touch.h"

// NOLINTBEGIN(bugprone-macro-parentheses): these are initialisers, not expressions
#define PAGES_KERNEL(word, text)                                                            \
	.abi = KERNEL_ABI, .kind = KERNEL_RATE, .name = word, .help = text, .item = "page", \
	.sizes = {256, 4096, 16384}, .configure = pages_configure, .verify = operation_verify
#define BALLAST_KERNEL(word, text) \
	PAGES_KERNEL(word, text), .size_unit = "pages of 4 KiB, at most the ballast's"
// NOLINTEND(bugprone-macro-parentheses)

static inline int pages_configure(struct params *params)
{
	return params_fit(params, (double)params->size * TOUCH_PAGE);
}

static inline uint64_t ballast_pages(const struct context *ctx)
{
	return ctx->ballast ? ctx->params->ballast / TOUCH_PAGE : 0;
}

/*
 * Adds 1 to a byte of each of the pages begin .. end - 1, as far as there are any; the checksum of operations
 * that went well. The bytes are only ever added to: a thread finds in them what the job before has written.
 */
static inline uint64_t ballast_write(struct context *ctx, uint64_t begin, uint64_t end)
{
	unsigned char *byte = ctx->ballast;
	uint64_t sum = 0, pages = ballast_pages(ctx);

	for (uint64_t i = begin; i < end && i < pages; i++) {
		__atomic_fetch_add(&byte[i * TOUCH_PAGE], 1, __ATOMIC_RELAXED);
		sum += operation_done(i, 1);
	}
	return sum;
}

#endif
