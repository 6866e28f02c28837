/* No work at all: what a job of it takes is the runner's own. */
#include "kernels/kernel.h"

#include <errno.h>

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	(void)ctx;
	return end - begin;
}

static uint64_t items(const struct params *params)
{
	(void)params;
	return 1;
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	(void)params;
	return checksum == 1 ? 0 : -EBADMSG;
}

const struct kernel kernel_empty = {
	.abi = KERNEL_ABI,
	.kind = KERNEL_RATE,
	.name = "empty",
	.help = "no work at all: a job of it takes what the runner costs",
	.item = "nothing",
	.size_unit = "nothing: the size has no meaning",
	.sizes = {1, 2, 3},
	.items = items,
	.verify = verify,
	.writes = kernel_writes_nothing,
	.run = run,
};
