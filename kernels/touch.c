/*
 * Workers that have memory and do nothing more with it, so that one can look at what they occupy: each its
 * own, or all the same.
 */
#include "kernels/touch.h"
#include "kernels/params.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define KIB UINT64_C(1024)

static int configure(struct params *params)
{
	return params_fit(params, (double)params->size * 1024);
}

static uint64_t one(const struct params *params)
{
	(void)params;
	return 1;
}

/* At the start of the memory of all: who is not at the same memory is not counted. */
struct guests {
	uint32_t workers;
	_Atomic uint32_t entered;
	unsigned char touched;
};

static int open_shared(void *shared, struct params *params, uint32_t workers)
{
	struct guests *guests = shared;

	(void)params;
	guests->workers = workers;
	atomic_store(&guests->entered, 0);
	return 0;
}

static size_t shared_bytes(const struct params *params)
{
	return params->size * KIB;
}

/* A byte a page, the first one at `from`. */
static void touch(const struct params *params, void *memory, size_t from)
{
	unsigned char *byte = memory;

	for (uint64_t at = from; at < params->size * KIB; at += TOUCH_PAGE)
		__atomic_store_n(&byte[at], 1,
				 __ATOMIC_RELAXED); /* others may do the same at the same time */
}

/* Not from the heap: what an earlier worker has given back to it would count as there before. */
static int enter_private(struct context *ctx)
{
	void *memory = mmap(NULL, ctx->params->size * KIB, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -errno;
	ctx->local = memory;
	touch(ctx->params, memory, 0);
	return 0;
}

static void leave_private(struct context *ctx)
{
	munmap(ctx->local, ctx->params->size * KIB);
}

static int enter_shared(struct context *ctx)
{
	struct guests *guests = ctx->shared;

	touch(ctx->params, guests, offsetof(struct guests, touched));
	atomic_fetch_add(&guests->entered, 1);
	return 0;
}

/* The first byte is there. */
static uint64_t run_private(struct context *ctx, uint64_t begin, uint64_t end)
{
	return (end - begin) * *(const unsigned char *)ctx->local;
}

static uint64_t run_shared(struct context *ctx, uint64_t begin, uint64_t end)
{
	return (end - begin) * ((const struct guests *)ctx->shared)->touched;
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	(void)params;
	return checksum == 1 ? 0 : -EBADMSG;
}

static int verify_shared(const void *shared, const struct params *params, uint64_t checksum)
{
	const struct guests *guests = shared;

	/* All of them in each job since open(). */
	bool all = guests->entered && guests->entered % guests->workers == 0;
	return all ? verify(shared, params, checksum) : -EBADMSG;
}

const struct kernel kernel_touch_private = {
	.abi = KERNEL_ABI,
	.kind = KERNEL_RATE,
	.name = "touch-private",
	.help = "workers that each have memory of their own and do nothing",
	.item = "nothing",
	.size_unit = "KiB per worker",
	.sizes = {64, 1024, 16384},
	.configure = configure,
	.items = one,
	.enter = enter_private,
	.verify = verify,
	.run = run_private,
	.leave = leave_private,
};

const struct kernel kernel_touch_shared = {
	.abi = KERNEL_ABI,
	.kind = KERNEL_RATE,
	.name = "touch-shared",
	.help = "workers that all have the same memory and do nothing",
	.item = "nothing",
	.size_unit = "KiB in all",
	.sizes = {64, 1024, 16384},
	.configure = configure,
	.items = one,
	.shared_bytes = shared_bytes,
	.open = open_shared,
	.enter = enter_shared,
	.verify = verify_shared,
	.run = run_shared,
};
