/* Writing to memory that others write to. No kernel is asked: the caches alone carry the lines to and fro. */
#include "kernels/contention/operation.h"

#include <errno.h>
#include <stdatomic.h>

#define LINE 128
#define WORKERS 4096

static size_t one_line(const struct params *params)
{
	(void)params;
	return LINE;
}

static size_t word_each(const struct params *params)
{
	(void)params;
	return WORKERS * sizeof(uint64_t);
}

static size_t line_each(const struct params *params)
{
	(void)params;
	return (size_t)WORKERS * LINE;
}

static uint64_t run_atomic(struct context *ctx, uint64_t begin, uint64_t end)
{
	_Atomic uint64_t *counter = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
		sum += operation_done(i, 1);
	}
	return sum;
}

/* volatile: each increment is a load and a store, as of a variable in a program. */
static uint64_t count(volatile uint64_t *counter, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0, before = *counter;
	for (uint64_t i = begin; i < end; i++) {
		++*counter;
		sum += operation_done(i, 1);
	}
	return *counter - before == end - begin ? sum : 0;
}

static uint64_t run_false_sharing(struct context *ctx, uint64_t begin, uint64_t end)
{
	return count((uint64_t *)ctx->shared + ctx->rank, begin, end);
}

static uint64_t run_own_line(struct context *ctx, uint64_t begin, uint64_t end)
{
	return count((uint64_t *)ctx->shared + ctx->rank * (LINE / sizeof(uint64_t)), begin, end);
}

const struct kernel kernel_atomic = {
	OPERATION("atomic", "adds to one atomic counter of all workers", "addition"),
	.sizes = {20000, 200000, 20000000},
	.shared_bytes = one_line,
	.run = run_atomic,
	.verify = operation_verify,
};

const struct kernel kernel_false_sharing = {
	OPERATION("false-sharing", "counts in a word of its own on a cache line of all workers", "addition"),
	.sizes = {50000, 500000, 50000000},
	.shared_bytes = word_each,
	.run = run_false_sharing,
	.verify = operation_verify,
};

const struct kernel kernel_own_line = {
	OPERATION("own-line", "counts in a word of its own on a cache line of its own", "addition"),
	.sizes = {50000, 500000, 50000000},
	.shared_bytes = line_each,
	.run = run_own_line,
	.verify = operation_verify,
};
