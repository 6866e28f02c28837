/*
 * The protocols: round trips, a stream in one direction, and the hand-over of a turn with a working set.
 */
#include "kernels/channel/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels/mix.h"
#include "kernels/params.h"
#include "kernels/payload.h"
#include "kernels/touch.h"

#define BYTES_A_JOB (UINT64_C(8) << 20) /* fewer messages where they are large */

/*
 * Of a stream the wait for its first message and the answer to its last one are timed, and no bytes of
 * theirs are counted. In 64 messages they are at most two parts in 66; a round trip contains nothing else.
 */
enum { ROUND_TRIPS_MIN = 8, STREAM_MIN = 64, TURN_BYTES = 8, ANSWER_BYTES = 1, PIPE_BYTES = 65536 };

enum protocol {
	ROUND_TRIPS, /* messages there and back */
	STREAM,      /* messages there, one short answer at the end */
	TURNS,       /* a turn, there and back: the size is that of the working set */
};

/* The shared area: two lanes per pair, and from a page of their own on the slots of all lanes. */
struct pair {
	struct lane lane[2];
};

/* What a worker has: its two ends, and for `switch` the memory that it touches. */
struct local {
	struct end end[2];
	void *buffer[2];
	uint64_t *set;
	size_t set_bytes;
};

/* ---- opening ---- */

static size_t message_bytes(const struct params *params, enum protocol protocol, unsigned direction)
{
	if (protocol == TURNS)
		return TURN_BYTES;
	return protocol == STREAM && direction == 1 ? ANSWER_BYTES : params->size;
}

/* A ring holds as much as a pipe does by default, or two messages. */
static uint32_t slots_for(const struct transport *t, size_t bytes)
{
	return t->slots > 1 && bytes * t->slots > PIPE_BYTES ? 2 : t->slots;
}

static size_t lane_bytes(const struct params *params, const struct transport *t, enum protocol protocol,
			 unsigned direction)
{
	size_t bytes = message_bytes(params, protocol, direction);
	return slots_for(t, bytes) * to_line(bytes);
}

static size_t pair_bytes(const struct params *params, const struct transport *t, enum protocol protocol)
{
	return lane_bytes(params, t, protocol, 0) + lane_bytes(params, t, protocol, 1);
}

static uint32_t pairs_of(const struct params *params)
{
	return params->workers > 2 ? params->workers / 2 : 1;
}

static size_t slots_begin(const struct params *params)
{
	size_t bytes = pairs_of(params) * sizeof(struct pair);
	return (bytes + TOUCH_PAGE - 1) / TOUCH_PAGE * TOUCH_PAGE;
}

static size_t area_bytes(const struct params *params, const struct transport *t, enum protocol protocol)
{
	return slots_begin(params) + pairs_of(params) * pair_bytes(params, t, protocol);
}

/* What the system has no more of, or this user may not have: so many pairs cannot be asked for here. */
static bool is_limit(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOSPC || error == -ENOBUFS;
}

static int refuse_lane(struct params *params, int error, uint32_t number, uint32_t pairs)
{
	return params_fail(params, is_limit(error) ? EOPNOTSUPP : -error,
			   "channel %u of %u cannot be opened: %s%s", number + 1, 2 * pairs, strerror(-error),
			   error == -EMFILE ? " (open files: ulimit -n; message queues: ulimit -q)" : "");
}

static int open_lanes(struct pair *pair, struct params *params, uint32_t workers, const struct transport *t,
		      enum protocol protocol)
{
	uint32_t pairs = workers / 2;
	if (pairs > pairs_of(params))
		return params_fail(params, ENOSPC, "the area has room for %u pairs of workers, not for %u",
				   pairs_of(params), pairs);
	memset(pair, 0, pairs * sizeof *pair);
	for (uint32_t i = 0; i < 2 * pairs; i++) {
		struct lane *lane = &pair[i / 2].lane[i % 2];
		size_t bytes = message_bytes(params, protocol, i % 2);
		int error = t->open(lane, bytes);
		lane->slots = slots_for(t, bytes);
		lane->slot = slots_begin(params) + i / 2 * pair_bytes(params, t, protocol) +
			     i % 2 * lane_bytes(params, t, protocol, 0);
		if (!error)
			continue;
		for (uint32_t opened = i; opened-- > 0;)
			t->close(&pair[opened / 2].lane[opened % 2]);
		return refuse_lane(params, error, i, pairs);
	}
	params->extent[0] = pairs;
	return 0;
}

static void close_lanes(struct pair *pair, const struct params *params, const struct transport *t)
{
	for (uint64_t i = 0; i < 2 * params->extent[0]; i++)
		t->close(&pair[i / 2].lane[i % 2]);
}

/* A mapping of its own goes back to the system in the end; the allocator of a thread would keep it. */
static void *take_pages(size_t bytes)
{
	void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
			   -1, 0);
	return pages == MAP_FAILED ? NULL : pages;
}

static void give_pages(void *pages, size_t bytes)
{
	if (pages)
		munmap(pages, bytes);
}

/*
 * A new process has neither the pages of the slots in its page table nor their lines in its cache, and its
 * first messages would pay for that. Who sends writes to them before, as the system does to the pages of a
 * private buffer; who receives only maps them, so that the two do not meet.
 */
static void warm_slots(const struct end *end, bool sends)
{
	size_t bytes = end->lane->slots * end->stride, before = (uintptr_t)end->slot % TOUCH_PAGE;
	if (sends)
		memset(end->slot, 0, bytes);
	else if (bytes)
		madvise(end->slot - before, before + bytes, MADV_POPULATE_READ);
}

/* What has slots has its messages there, and needs no buffers. */
static int enter_with(struct context *ctx, const struct transport *t, enum protocol protocol)
{
	struct pair *pairs = ctx->shared;
	struct local *local = calloc(1, sizeof *local);
	size_t set_bytes = protocol == TURNS ? ctx->params->size : 0;
	if (!local)
		return -ENOMEM;
	ctx->local = local;
	for (unsigned i = 0; i < 2; i++) {
		struct lane *lane = &pairs[ctx->rank / 2].lane[i];
		size_t bytes = message_bytes(ctx->params, protocol, i), stride = to_line(bytes);
		local->buffer[i] = t->slots ? NULL : take_pages(CHANNEL_LOANS * stride);
		if (!local->buffer[i] && !t->slots)
			return -ENOMEM;
		local->end[i] = (struct end){.lane = lane,
					     .slot = (unsigned char *)ctx->shared + lane->slot,
					     .buffer = local->buffer[i],
					     .bytes = bytes,
					     .stride = stride,
					     .pid = (int32_t)getpid()};
		warm_slots(&local->end[i], ctx->rank % 2 == i);
	}
	local->set_bytes = to_line(set_bytes);
	local->set = set_bytes ? take_pages(local->set_bytes) : NULL;
	if (set_bytes && !local->set)
		return -ENOMEM;
	return t->enter ? t->enter() : 0;
}

static void leave(struct context *ctx)
{
	struct local *local = ctx->local;
	if (!local)
		return;
	for (int i = 0; i < 2; i++)
		give_pages(local->buffer[i], CHANNEL_LOANS * local->end[i].stride);
	give_pages(local->set, local->set_bytes);
	free(local);
}

/* ---- the protocols ---- */

static bool send_message(struct context *ctx, const struct transport *t, unsigned direction, uint64_t number)
{
	struct local *local = ctx->local;
	struct end *end = &local->end[direction];
	unsigned char *at = t->claim(end);
	if (!at)
		return false;
	message_write(at, end->bytes, message_base(number, direction));
	return t->publish(end) == 0;
}

static uint64_t receive_message(struct context *ctx, const struct transport *t, unsigned direction)
{
	struct local *local = ctx->local;
	struct end *end = &local->end[direction];
	const unsigned char *at = t->await(end);
	uint64_t sum = at ? message_read(at, end->bytes) : 0;
	return at && t->release(end) == 0 ? sum : 0;
}

static void touch_set(struct context *ctx)
{
	struct local *local = ctx->local;
	if (local->set)
		for (uint64_t at = 0; at < ctx->params->size / sizeof(uint64_t); at += 64 / sizeof(uint64_t))
			local->set[at]++;
}

static uint64_t run_latency(struct context *ctx, const struct transport *t, uint64_t begin, uint64_t end)
{
	unsigned side = ctx->rank % 2;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		if (side) {
			sum += receive_message(ctx, t, 0);
			touch_set(ctx);
			send_message(ctx, t, 1, i);
		} else {
			touch_set(ctx);
			send_message(ctx, t, 0, i);
			sum += receive_message(ctx, t, 1);
		}
	}
	return sum;
}

/* The answer, of one byte, is there when all has been read. */
static uint64_t run_bandwidth(struct context *ctx, const struct transport *t, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	if (ctx->rank % 2 == 0) {
		for (uint64_t i = begin; i < end; i++)
			send_message(ctx, t, 0, i);
		return receive_message(ctx, t, 1);
	}
	for (uint64_t i = begin; i < end; i++)
		sum += receive_message(ctx, t, 0);
	send_message(ctx, t, 1, end);
	return sum;
}

/* ---- what the kernels say of themselves ---- */

static uint64_t count_messages(uint64_t bytes, const struct transport *t, enum protocol protocol)
{
	uint64_t most = BYTES_A_JOB / bytes, least = protocol == STREAM ? STREAM_MIN : ROUND_TRIPS_MIN;
	most = most < t->messages ? most : t->messages;
	return most > least ? most : least;
}

static int no_limit(struct params *params)
{
	return params_limit(params, CHANNEL_BYTES_MAX);
}

static int verify_messages(const struct params *params, uint64_t count, enum protocol protocol,
			   uint64_t checksum)
{
	size_t there = message_bytes(params, protocol, 0), back = message_bytes(params, protocol, 1);
	uint64_t sum = protocol == STREAM ? message_sum(back, message_base(count, 1)) : 0;
	for (uint64_t i = 0; i < count; i++) {
		sum += message_sum(there, message_base(i, 0));
		sum += protocol == STREAM ? 0 : message_sum(back, message_base(i, 1));
	}
	return sum == checksum ? 0 : -EBADMSG;
}

static struct cost payload(const struct params *params)
{
	return (struct cost){.per_item = (double)params->size, .unit = "B"};
}

/* The functions that know their transport and their protocol. */
#define FUNCTIONS(prefix, t, protocol, run_protocol)                                              \
	static int prefix##_enter(struct context *ctx)                                            \
	{                                                                                         \
		return enter_with(ctx, &transport_##t, protocol);                                 \
	}                                                                                         \
	static uint64_t prefix##_items(const struct params *params)                               \
	{                                                                                         \
		return count_messages(params->size, &transport_##t, protocol);                    \
	}                                                                                         \
	static size_t prefix##_bytes(const struct params *params)                                 \
	{                                                                                         \
		return area_bytes(params, &transport_##t, protocol);                              \
	}                                                                                         \
	static int prefix##_open(void *shared, struct params *params, uint32_t workers)           \
	{                                                                                         \
		return open_lanes(shared, params, workers, &transport_##t, protocol);             \
	}                                                                                         \
	static void prefix##_close(void *shared, const struct params *params)                     \
	{                                                                                         \
		close_lanes(shared, params, &transport_##t);                                      \
	}                                                                                         \
	static uint64_t prefix##_run(struct context *ctx, uint64_t begin, uint64_t end)           \
	{                                                                                         \
		return run_protocol(ctx, &transport_##t, begin, end);                             \
	}                                                                                         \
	static int prefix##_verify(const void *shared, const struct params *params, uint64_t sum) \
	{                                                                                         \
		(void)shared;                                                                     \
		return verify_messages(params, prefix##_items(params), protocol, sum);            \
	}

#define DESCRIPTOR(prefix, more_needs)                                                  \
	.abi = KERNEL_ABI, .kind = KERNEL_RATE, .group = 2,                             \
	.needs = KERNEL_NEEDS_INHERITANCE | (more_needs), .items = prefix##_items,      \
	.shared_bytes = prefix##_bytes, .open = prefix##_open, .close = prefix##_close, \
	.enter = prefix##_enter, .run = prefix##_run, .verify = prefix##_verify, .leave = leave

// NOLINTBEGIN(bugprone-macro-parentheses): names and texts that are put together cannot have any
#define CHANNEL(t, name_of, what, fits, small, more_needs)         \
	FUNCTIONS(latency_##t, t, ROUND_TRIPS, run_latency)        \
	FUNCTIONS(bandwidth_##t, t, STREAM, run_bandwidth)         \
	const struct kernel kernel_latency_##t = {                 \
		DESCRIPTOR(latency_##t, more_needs),               \
		.name = "latency-" name_of,                        \
		.help = "a message and its answer through " what,  \
		.item = "round trip",                              \
		.size_unit = "bytes",                              \
		.sizes = {small, 65536, 1048576},                  \
		.configure = fits,                                 \
	};                                                         \
	const struct kernel kernel_bandwidth_##t = {               \
		DESCRIPTOR(bandwidth_##t, more_needs),             \
		.name = "bandwidth-" name_of,                      \
		.help = "messages in one direction through " what, \
		.item = "message",                                 \
		.size_unit = "bytes",                              \
		.sizes = {small, 65536, 1048576},                  \
		.configure = fits,                                 \
		.cost = payload,                                   \
	};
#include "kernels/channel/channels.def"

#define SWITCH(t, name_of, what)                                                       \
	FUNCTIONS(switch_##t, t, TURNS, run_latency)                                   \
	const struct kernel kernel_switch_##t = {                                      \
		DESCRIPTOR(switch_##t, 0),                                             \
		.name = "switch-" name_of,                                             \
		.help = "two workers take turns by " what ", each with a working set", \
		.item = "turn of both",                                                \
		.size_unit = "bytes of working set each",                              \
		.sizes = {64, 262144, 4194304},                                        \
		.configure = no_limit,                                                 \
	};
SWITCH(futex, "futex", "a futex")
SWITCH(pipe, "pipe", "a pipe")
SWITCH(yield, "yield", "sched_yield()")
// NOLINTEND(bugprone-macro-parentheses)
