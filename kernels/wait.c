/*
 * Items that block instead of computing, as if they waited for a disk or a peer. Here more workers than cores
 * do help: the counter-example to all the other kernels.
 */
#include "kernels/mix.h"
#include "kernels/params.h"

#include <errno.h>
#include <time.h>

enum { ITEM_NS = 1000000 };

static int configure(struct params *params)
{
	return params_limit(params, 1000000);
}

static struct cost cost(const struct params *params)
{
	(void)params;
	return (struct cost){.per_item = ITEM_NS / 1e6, .unit = "ms"};
}

/* A signal only interrupts the wait: what remains is waited for. */
static void block(void)
{
	struct timespec left = {.tv_nsec = ITEM_NS};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;

	(void)ctx;
	for (uint64_t i = begin; i < end; i++) {
		block();
		sum += mix64(i + 1);
	}
	return sum;
}

/* Each item once. */
static int verify(const void *area, const struct params *params, uint64_t checksum)
{
	uint64_t sum = 0;

	(void)area;
	for (uint64_t i = 0; i < params->size; i++)
		sum += mix64(i + 1);
	return sum == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_wait = {
	.abi = KERNEL_ABI,
	.name = "wait",
	.help = "items that sleep 1 ms each and use no CPU",
	.item = "wait of 1 ms",
	.size_unit = "waits",
	.sizes = {8, 32, 200},
	.configure = configure,
	.cost = cost,
	.verify = verify,
	.writes = kernel_writes_nothing,
	.run = run,
};
