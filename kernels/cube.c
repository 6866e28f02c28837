/*
 * The teaching notes' first pool task: cube a number. A store and next to no arithmetic, so that what is
 * measured is the handing out of items.
 */
#include "kernels/params.h"
#include "kernels/touch.h"

#include <errno.h>

static int configure(struct params *params)
{
	return params_fit(params, (double)params->size * sizeof(uint64_t));
}

static size_t shared_bytes(const struct params *params)
{
	return params->size * sizeof(uint64_t);
}

static int enter(struct context *ctx)
{
	touch_share(ctx, ctx->shared, shared_bytes(ctx->params));
	return 0;
}

/* Volatile: an item is one store and one load, not a share of a vector or of a closed form. */
static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	volatile uint64_t *out = ctx->shared;
	uint64_t sum = 0;

	for (uint64_t i = begin; i < end; i++) {
		out[i] = (i + 1) * (i + 1) * (i + 1);
		sum += out[i];
	}
	return sum;
}

static void writes(const struct params *params, uint32_t phase, uint64_t begin, uint64_t end,
		   kernel_piece *piece, void *arg)
{
	(void)params, (void)phase;
	piece(arg, begin * sizeof(uint64_t), (end - begin) * sizeof(uint64_t));
}

/* 1 + 8 + .. + n^3 = (n (n + 1) / 2)^2: Nicomachus; Graham, Knuth, Patashnik, Concrete Mathematics, 6.5. */
static int verify(const void *area, const struct params *params, uint64_t checksum)
{
	const uint64_t *out = area;
	uint64_t n = params->size;
	unsigned __int128 root = (unsigned __int128)n * (n + 1) / 2;

	for (uint64_t i = 0; i < n; i++)
		if (out[i] != (i + 1) * (i + 1) * (i + 1))
			return -EBADMSG;
	return (uint64_t)(root * root) == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_cube = {
	.abi = KERNEL_ABI,
	.name = "cube",
	.help = "cubes of 1, 2, .. size: the smallest of items",
	.item = "cube",
	.size_unit = "numbers",
	.sizes = {200000, 2000000, 20000000},
	.configure = configure,
	.shared_bytes = shared_bytes,
	.verify = verify,
	.writes = writes,
	.enter = enter,
	.run = run,
};
