/*
 * a = b + s * c, the triad of STREAM (J. McCalpin: Memory bandwidth and machine balance, 1995): next to no
 * arithmetic, so that workers share one thing, the memory bus. Medium and large follow STREAM's rule, arrays
 * of four times the last cache (32 MiB where they were chosen); small stays in cache.
 */
#include "kernels/mix.h"
#include "kernels/params.h"

#include <errno.h>

enum { BLOCK = 4096, SCALE = 3 };

struct layout {
	double *a, *b, *c;
	size_t bytes;
};

static struct layout layout(const void *shared, const struct params *params)
{
	uintptr_t base = (uintptr_t)shared; /* a number: shared may be NULL */
	size_t array = to_line(params->size * sizeof(double));

	return (struct layout){(double *)base, (double *)(base + array), (double *)(base + 2 * array),
			       3 * array};
}

static int configure(struct params *params)
{
	return params_fit(params, 3.0 * (double)params->size * sizeof(double));
}

static uint64_t items(const struct params *params)
{
	return ceil_div(params->size, BLOCK);
}

/* STREAM's count: two loads and a store; the store's own fetch of its line is not counted. */
static struct cost cost(const struct params *params)
{
	return (struct cost){.per_item = 3.0 * sizeof(double) * (double)params->size / (double)items(params),
			     .unit = "B"};
}

static size_t shared_bytes(const struct params *params)
{
	return layout(NULL, params).bytes;
}

/* Small integers: the triad is exact. */
static double b_at(uint64_t i)
{
	return (double)(i % 1021);
}

static double c_at(uint64_t i)
{
	return (double)(i % 509);
}

static uint64_t past_item(const struct params *params, uint64_t item)
{
	return (item + 1) * BLOCK < params->size ? (item + 1) * BLOCK : params->size;
}

/* A block that a worker of an earlier job has filled; its second elements are not zero. */
static bool is_filled(const struct layout *array, uint64_t item, uint64_t past)
{
	uint64_t probe = item * BLOCK + 1 < past ? item * BLOCK + 1 : past - 1;

	return array->b[probe] == b_at(probe) && array->c[probe] == c_at(probe) && b_at(probe) != 0;
}

/*
 * Each worker touches first the share that a static deal gives it: there the pages come to lie. Only the
 * first job of an area pays for that. Workers count among those of their host, so each host fills all of its
 * copy, and items of any share find b and c there.
 */
static int enter(struct context *ctx)
{
	struct layout array = layout(ctx->shared, ctx->params);
	uint64_t count = items(ctx->params), past = split(count, ctx->rank + UINT64_C(1), ctx->workers);

	for (uint64_t item = split(count, ctx->rank, ctx->workers); item < past; item++) {
		uint64_t end = past_item(ctx->params, item);

		if (is_filled(&array, item, end))
			continue;
		for (uint64_t i = item * BLOCK; i < end; i++) {
			array.a[i] = 0;
			array.b[i] = b_at(i);
			array.c[i] = c_at(i);
		}
	}
	return 0;
}

/* The checksum takes one element a block, so as not to add to the traffic that is measured. */
static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct layout array = layout(ctx->shared, ctx->params);
	double *restrict a = array.a;
	const double *restrict b = array.b, *restrict c = array.c;
	uint64_t sum = 0;

	for (uint64_t item = begin; item < end; item++) {
		uint64_t past = past_item(ctx->params, item);

		for (uint64_t i = item * BLOCK; i < past; i++)
			a[i] = b[i] + SCALE * c[i];
		sum += (uint64_t)a[past - 1];
	}
	return sum;
}

static void writes(const struct params *params, uint32_t phase, uint64_t begin, uint64_t end,
		   kernel_piece *piece, void *arg)
{
	(void)phase;
	piece(arg, begin * BLOCK * sizeof(double),
	      (past_item(params, end - 1) - begin * BLOCK) * sizeof(double));
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	const double *a = layout(shared, params).a;
	uint64_t sum = 0;

	for (uint64_t item = 0; item < items(params); item++) {
		uint64_t past = past_item(params, item);

		for (uint64_t i = item * BLOCK; i < past; i++)
			if (a[i] != b_at(i) + SCALE * c_at(i))
				return -EBADMSG;
		sum += (past - 1) % 1021 + SCALE * ((past - 1) % 509);
	}
	return sum == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_triad = {
	.abi = KERNEL_ABI,
	.name = "triad",
	.help = "a = b + 3 c as in STREAM: memory bandwidth; the small size stays in cache",
	.item = "block of 4096 elements",
	.size_unit = "elements of each array",
	.sizes = {1 << 20, 1 << 24, 1 << 26},
	.configure = configure,
	.items = items,
	.cost = cost,
	.shared_bytes = shared_bytes,
	.verify = verify,
	.writes = writes,
	.enter = enter,
	.run = run,
};
