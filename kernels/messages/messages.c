/*
 * What messages between workers that share no memory cost: a round trip and a stream between neighbours, with
 * the payload of the kernels of channel/, a sum over all workers, and a counter that they all take from.
 * Where there are no messages a worker computes alone what its checksum has to be.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "kernels/contention/operation.h"
#include "kernels/params.h"
#include "kernels/payload.h"

#define MESSAGE_BYTES_MAX (UINT64_C(16) << 20)
#define BYTES_A_JOB (UINT64_C(8) << 20) /* fewer items where they are large */

/* Messages of a job while they are small: about a millisecond where one takes tens of microseconds. */
enum { ROUND_TRIPS = 32, STREAMED = 512, SUMS = 32, ITEMS_MIN = 8 };

enum { WINDOW = 64, ANSWER_BYTES = 8 };

struct local {
	size_t bytes; /* of each of the two */
	unsigned char *out, *in;
};

static int configure(struct params *params)
{
	return params_limit(params, MESSAGE_BYTES_MAX);
}

static uint64_t items_of(const struct params *params, uint64_t most)
{
	uint64_t fit = BYTES_A_JOB / params->size;
	fit = fit < most ? fit : most;
	return fit > ITEMS_MIN ? fit : ITEMS_MIN;
}

/* A mapping of its own goes back to the system in the end; the allocator of a thread would keep it. */
static int enter(struct context *ctx)
{
	struct local *local = calloc(1, sizeof *local);
	if (!local)
		return -ENOMEM;
	ctx->local = local;
	local->bytes = to_line(ctx->params->size);
	void *pages = mmap(NULL, 2 * local->bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (pages == MAP_FAILED)
		return -ENOMEM;
	local->out = pages;
	local->in = local->out + local->bytes;
	return 0;
}

static void leave(struct context *ctx)
{
	struct local *local = ctx->local;
	if (local && local->out)
		munmap(local->out, 2 * local->bytes);
	free(local);
}

/* ---- between neighbours ---- */

static unsigned side_of(const struct context *ctx)
{
	return (ctx->messages ? ctx->messages->rank : ctx->rank) % 2;
}

static void send_message(const struct context *ctx, unsigned direction, uint64_t number, size_t bytes)
{
	const struct messages *messages = ctx->messages;
	struct local *local = ctx->local;
	if (!messages)
		return;
	message_write(local->out, bytes, message_base(number, direction));
	messages->send(messages, messages->rank ^ 1, local->out, bytes);
}

static uint64_t receive_message(const struct context *ctx, unsigned direction, uint64_t number, size_t bytes)
{
	const struct messages *messages = ctx->messages;
	struct local *local = ctx->local;
	if (messages)
		messages->receive(messages, messages->rank ^ 1, local->in, bytes);
	else
		message_write(local->in, bytes, message_base(number, direction));
	return message_read(local->in, bytes);
}

static uint64_t round_trips(const struct params *params)
{
	return items_of(params, ROUND_TRIPS);
}

static uint64_t run_latency(struct context *ctx, uint64_t begin, uint64_t end)
{
	size_t bytes = ctx->params->size;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		if (side_of(ctx)) {
			sum += receive_message(ctx, 0, i, bytes);
			send_message(ctx, 1, i, bytes);
		} else {
			send_message(ctx, 0, i, bytes);
			sum += receive_message(ctx, 1, i, bytes);
		}
	}
	return sum;
}

static int verify_latency(const void *shared, const struct params *params, uint64_t checksum)
{
	uint64_t sum = 0;
	(void)shared;
	for (uint64_t i = 0; i < round_trips(params); i++)
		sum += message_sum(params->size, message_base(i, 0)) +
		       message_sum(params->size, message_base(i, 1));
	return sum == checksum ? 0 : -EBADMSG;
}

static uint64_t streamed(const struct params *params)
{
	return items_of(params, STREAMED);
}

static struct cost payload(const struct params *params)
{
	return (struct cost){.per_item = (double)params->size, .unit = "B"};
}

/* The last answer is there when all has been read. */
static bool is_answered(const struct params *params, uint64_t i)
{
	return i % WINDOW == WINDOW - 1 || i + 1 == streamed(params);
}

static uint64_t run_bandwidth(struct context *ctx, uint64_t begin, uint64_t end)
{
	size_t bytes = ctx->params->size;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		if (side_of(ctx)) {
			sum += receive_message(ctx, 0, i, bytes);
			if (is_answered(ctx->params, i))
				send_message(ctx, 1, i, ANSWER_BYTES);
		} else {
			send_message(ctx, 0, i, bytes);
			if (is_answered(ctx->params, i))
				sum += receive_message(ctx, 1, i, ANSWER_BYTES);
		}
	}
	return sum;
}

static int verify_bandwidth(const void *shared, const struct params *params, uint64_t checksum)
{
	uint64_t sum = 0;
	(void)shared;
	for (uint64_t i = 0; i < streamed(params); i++) {
		sum += message_sum(params->size, message_base(i, 0));
		if (is_answered(params, i))
			sum += message_sum(ANSWER_BYTES, message_base(i, 1));
	}
	return sum == checksum ? 0 : -EBADMSG;
}

/* ---- of all workers ---- */

static uint64_t sums(const struct params *params)
{
	return items_of(params, SUMS);
}

/* Small integers, for sums that are exact in any order; no two ranks have the same. */
static double summand(uint64_t base, uint64_t j, uint64_t rank)
{
	return (double)((base + j) % 65536 + rank);
}

static double sum_of_summands(uint64_t base, uint64_t j, uint64_t ranks)
{
	uint64_t of_ranks = ranks * (ranks - 1) / 2;
	return (double)((base + j) % 65536 * ranks + of_ranks);
}

static uint64_t bits_of(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return bits;
}

/* 0 if each element is what it has to be; elements that change places are noticed, too. */
static uint64_t deviation(const double *values, uint64_t count, uint64_t base, uint64_t ranks)
{
	uint64_t sum = 0;
	for (uint64_t j = 0; j < count; j++)
		sum += (bits_of(values[j]) - bits_of(sum_of_summands(base, j, ranks))) * (2 * j + 1);
	return sum;
}

/* However many workers there are, each has the checksum of one alone. */
static uint64_t run_all_reduce(struct context *ctx, uint64_t begin, uint64_t end)
{
	const struct messages *messages = ctx->messages;
	uint64_t rank = messages ? messages->rank : 0, ranks = messages ? messages->ranks : 1;
	uint64_t count = ceil_div(ctx->params->size, sizeof(double)), sum = 0;
	struct local *local = ctx->local;
	double *values = (double *)(void *)local->in;
	for (uint64_t i = begin; i < end; i++) {
		uint64_t base = message_base(i, 0);
		for (uint64_t j = 0; j < count; j++)
			values[j] = summand(base, j, rank);
		if (messages)
			messages->sum(messages, values, count);
		sum += operation_done(i, 1) + deviation(values, count, base, ranks);
	}
	return sum;
}

static int verify_all_reduce(const void *shared, const struct params *params, uint64_t checksum)
{
	uint64_t sum = 0;
	(void)shared;
	for (uint64_t i = 0; i < sums(params); i++)
		sum += operation_done(i, 1);
	return sum == checksum ? 0 : -EBADMSG;
}

/*
 * The numbers 0 .. total - 1 are dealt once each, if all is well. What number n adds to the checksum says
 * which one it was, but sums up to the same for each worker's share of them: 2 n + 1 - total is 0 on the
 * average.
 */
static uint64_t run_deal(struct context *ctx, uint64_t begin, uint64_t end)
{
	const struct messages *messages = ctx->messages;
	uint64_t size = ctx->params->size, total = size * (messages ? messages->ranks : 1);
	uint64_t least = 0, sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		uint64_t number = messages ? messages->take(messages, 1) : i;
		if (number < least || number >= total)
			continue;
		least = number + 1;
		sum += operation_done(number % size, 1) + 2 * number + 1 - total;
	}
	return sum;
}

/* ---- what the kernels say of themselves ---- */

#define BYTES                                                                                         \
	.abi = KERNEL_ABI, .kind = KERNEL_RATE, .needs = KERNEL_NEEDS_MESSAGES, .size_unit = "bytes", \
	.configure = configure, .enter = enter, .leave = leave

const struct kernel kernel_message_latency = {
	BYTES,
	.group = 2,
	.name = "message-latency",
	.help = "a message and its answer between neighbours that share no memory",
	.item = "round trip",
	.sizes = {1, 4096, 1048576},
	.items = round_trips,
	.run = run_latency,
	.verify = verify_latency,
};

const struct kernel kernel_message_bandwidth = {
	BYTES,
	.group = 2,
	.name = "message-bandwidth",
	.help = "messages in one direction between neighbours that share no memory, 64 without an answer",
	.item = "message",
	.sizes = {1, 4096, 1048576},
	.items = streamed,
	.cost = payload,
	.run = run_bandwidth,
	.verify = verify_bandwidth,
};

const struct kernel kernel_all_reduce = {
	BYTES,
	.name = "all-reduce",
	.help = "sums of doubles over all workers, element by element, which all of them get",
	.item = "sum",
	.sizes = {8, 4096, 1048576},
	.items = sums,
	.run = run_all_reduce,
	.verify = verify_all_reduce,
};

const struct kernel kernel_deal = {
	OPERATION("deal", "takes the next number of a counter that all workers share by messages", "number"),
	.needs = KERNEL_NEEDS_MESSAGES,
	.sizes = {50, 500, 10000},
	.run = run_deal,
	.verify = operation_verify,
};
