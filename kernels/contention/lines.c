/* Writing to memory that others write to. No kernel is asked: the caches alone carry the lines to and fro. */
#include "kernels/contention/operation.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define LINE 128
#define WORKERS 4096

/* Each worker leaves here what it has added: the counter is the sum only if all were at the same memory. */
struct sum {
	_Atomic uint64_t counter;
	_Alignas(LINE) uint32_t workers;
	uint64_t added[WORKERS];
};

static size_t sum_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct sum);
}

static int open_sum(void *shared, struct params *params, uint32_t workers)
{
	(void)params;
	memset(shared, 0, sizeof(struct sum));
	((struct sum *)shared)->workers = workers;
	return 0;
}

static uint64_t run_atomic(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct sum *s = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		atomic_fetch_add_explicit(&s->counter, 1, memory_order_relaxed);
		sum += operation_done(i, 1);
	}
	s->added[ctx->rank] += end - begin;
	return sum;
}

static int verify_sum(const void *shared, const struct params *params, uint64_t checksum)
{
	const struct sum *s = shared;
	uint64_t sum = 0;
	for (uint32_t rank = 0; rank < s->workers; rank++) {
		if (s->added[rank] < params->size)
			return -EBADMSG;
		sum += s->added[rank];
	}
	return sum == s->counter ? operation_verify(shared, params, checksum) : -EBADMSG;
}

/* Words of the workers, `stride` apart; behind them, on a line of its own, how many workers there are. */
static size_t words_bytes(size_t stride)
{
	return WORKERS * stride * sizeof(uint64_t) + LINE;
}

static int open_words(uint64_t *word, uint32_t workers, size_t stride)
{
	for (uint32_t rank = 0; rank < workers; rank++)
		word[rank * stride] = 0;
	word[WORKERS * stride] = workers;
	return 0;
}

/* A worker at other memory than the harness's has left nothing in its word. */
static int verify_words(const uint64_t *word, const struct params *params, uint64_t checksum, size_t stride)
{
	for (uint64_t rank = 0; rank < word[WORKERS * stride]; rank++)
		if (word[rank * stride] < params->size)
			return -EBADMSG;
	return operation_verify(word, params, checksum);
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

/* The functions that know how far the words are apart. */
#define WORDS(prefix, stride)                                                                          \
	static size_t prefix##_bytes(const struct params *params)                                      \
	{                                                                                              \
		(void)params;                                                                          \
		return words_bytes(stride);                                                            \
	}                                                                                              \
	static int prefix##_open(void *shared, struct params *params, uint32_t workers)                \
	{                                                                                              \
		(void)params;                                                                          \
		return open_words(shared, workers, stride);                                            \
	}                                                                                              \
	static uint64_t prefix##_run(struct context *ctx, uint64_t begin, uint64_t end)                \
	{                                                                                              \
		return count((uint64_t *)ctx->shared + ctx->rank * (stride), begin, end);              \
	}                                                                                              \
	static int prefix##_verify(const void *shared, const struct params *params, uint64_t checksum) \
	{                                                                                              \
		return verify_words(shared, params, checksum, stride);                                 \
	}

WORDS(false_sharing, (size_t)1)
WORDS(own_line, LINE / sizeof(uint64_t))

const struct kernel kernel_atomic = {
	OPERATION("atomic", "adds to one atomic counter of all workers", "addition"),
	.sizes = {20000, 200000, 20000000},
	.shared_bytes = sum_bytes,
	.open = open_sum,
	.run = run_atomic,
	.verify = verify_sum,
};

const struct kernel kernel_false_sharing = {
	OPERATION("false-sharing", "counts in a word of its own on a cache line of all workers", "addition"),
	.sizes = {50000, 500000, 50000000},
	.shared_bytes = false_sharing_bytes,
	.open = false_sharing_open,
	.run = false_sharing_run,
	.verify = false_sharing_verify,
};

const struct kernel kernel_own_line = {
	OPERATION("own-line", "counts in a word of its own on a cache line of its own", "addition"),
	.sizes = {50000, 500000, 50000000},
	.shared_bytes = own_line_bytes,
	.open = own_line_open,
	.run = own_line_run,
	.verify = own_line_verify,
};
