/*
 * Writing to what was inherited. After a fork parent and child share their private pages until one of them
 * writes: then the page is copied, in the kernel. A thread writes to the very page.
 */
#include "kernels/mix.h"
#include "kernels/params.h"
#include "kernels/touch.h"

#include <errno.h>

static int configure(struct params *params)
{
	return params_fit(params, (double)params->size * TOUCH_PAGE);
}

/* What a thread writes it finds again at the next job, so the bytes are only ever added to. */
static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	unsigned char *byte = ctx->ballast;
	uint64_t sum = 0, pages = ctx->params->ballast / TOUCH_PAGE;

	for (uint64_t i = begin; i < end && i < pages && byte; i++) {
		__atomic_fetch_add(&byte[i * TOUCH_PAGE], 1, __ATOMIC_RELAXED);
		sum += mix64(i + 1);
	}
	return sum;
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	uint64_t sum = 0;

	(void)shared;
	for (uint64_t i = 0; i < params->size; i++)
		sum += mix64(i + 1);
	return sum == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_copy = {
	.abi = KERNEL_ABI,
	.kind = KERNEL_RATE,
	.needs = KERNEL_NEEDS_INHERITANCE | KERNEL_NEEDS_BALLAST,
	.name = "copy",
	.help = "writes a byte to each page of the ballast: after a fork a page is copied then",
	.item = "page",
	.size_unit = "pages of 4 KiB, at most the ballast's",
	.sizes = {256, 4096, 16384},
	.configure = configure,
	.verify = verify,
	.run = run,
};
