/*
 * Grain made to measure: an item keeps one core busy for `size` nanoseconds and touches no memory. This is
 * how the smallest task worth handing out is found, METG (Slaughter et al.: Task Bench, SC 2020). `spin` is a
 * stream of such items to be shared out; of `task` each worker has one a job.
 */
#include "kernels/spin.h"

#include "kernels/params.h"

#include <errno.h>
#include <time.h>

#define MULTIPLIER UINT64_C(6364136223846793005) /* Knuth's MMIX generator, TAOCP 2, 3.3.4 */
#define INCREMENT UINT64_C(1442695040888963407)
#define TOTAL_NS UINT64_C(10000000)
#define GRAIN_MAX_NS UINT64_C(10000000000)

enum { ITEMS_MIN = 100, TRIALS = 100, TRIAL_STEPS = 20000 };

struct shared {
	uint64_t steps_per_100ns; /* coarse on purpose: two calibrations agree */
};

/* The empty asm makes each x a fact: compilers may neither fold two steps into one nor run chains abreast. */
static uint64_t chain(uint64_t x, uint64_t steps)
{
	for (; steps; steps--) {
		x = x * MULTIPLIER + INCREMENT;
		__asm__("" : "+r"(x));
	}
	return x;
}

static uint64_t item_steps(const struct shared *shared, const struct params *params)
{
	uint64_t steps = params->size * shared->steps_per_100ns / 100;

	return steps ? steps : 1;
}

static int configure(struct params *params)
{
	return params_limit(params, GRAIN_MAX_NS);
}

uint64_t spin_items(const struct params *params)
{
	uint64_t count = TOTAL_NS / params->size;

	return count > ITEMS_MIN ? count : ITEMS_MIN;
}

struct cost spin_cost(const struct params *params)
{
	return (struct cost){.per_item = (double)params->size, .unit = "ns"};
}

size_t spin_shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct shared);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The fastest trial is the one that nobody disturbed. */
int spin_prepare(void *area, struct params *params)
{
	struct shared *shared = area;
	double best = 1e9;
	uint64_t x = 0;

	(void)params;
	for (int trial = 0; trial < TRIALS; trial++) {
		double start = seconds(), took;

		x = chain(x, TRIAL_STEPS);
		__asm__ volatile("" : : "r"(x));
		took = seconds() - start;
		if (took > 0 && took < best)
			best = took;
	}
	shared->steps_per_100ns = (uint64_t)(TRIAL_STEPS * 100e-9 / best + 0.5);
	if (shared->steps_per_100ns == 0)
		shared->steps_per_100ns = 1;
	return 0;
}

uint64_t spin_run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t steps = item_steps(ctx->shared, ctx->params), sum = 0;

	for (uint64_t i = begin; i < end; i++)
		sum += chain(i, steps);
	return sum;
}

/* The chain's end in O(log steps): F. Brown, Random number generation with arbitrary strides, 1994. */
static uint64_t jump(uint64_t x, uint64_t steps)
{
	uint64_t multiplier = MULTIPLIER, increment = INCREMENT;

	for (; steps; steps >>= 1) {
		if (steps & 1)
			x = x * multiplier + increment;
		increment *= multiplier + 1;
		multiplier *= multiplier;
	}
	return x;
}

int spin_verify(const void *area, const struct params *params, uint64_t checksum)
{
	uint64_t steps = item_steps(area, params), count = spin_items(params), sum = 0;

	for (uint64_t i = 0; i < count; i++)
		sum += jump(i, steps);
	return sum == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_spin = {
	.abi = KERNEL_ABI,
	.name = "spin",
	.help = "a dependent chain of multiply-adds; size is the grain of one item, not the total of about "
		"10 ms",
	.sizes = {1000, 10000, 100000},
	.configure = configure,
	.writes = kernel_writes_nothing,
	SPIN_WORK,
};

static uint64_t one(const struct params *params)
{
	(void)params;
	return 1;
}

static int verify_task(const void *area, const struct params *params, uint64_t checksum)
{
	return jump(0, item_steps(area, params)) == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_task = {
	.abi = KERNEL_ABI,
	.kind = KERNEL_RATE,
	.name = "task",
	.help = "one dependent chain of multiply-adds per worker and job; size is its grain",
	.item = "chain",
	.size_unit = "ns",
	.sizes = {10000, 1000000, 100000000},
	.configure = configure,
	.items = one,
	.cost = spin_cost,
	.shared_bytes = spin_shared_bytes,
	.prepare = spin_prepare,
	.verify = verify_task,
	.writes = kernel_writes_nothing,
	.run = spin_run,
};
