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

#define BYTES_A_JOB (UINT64_C(8) << 20) /* fewer messages where they are large */

enum { PAIRS_MAX = 4, MESSAGES_MIN = 8, TURN_BYTES = 8, PIPE_BYTES = 65536 };

struct shared {
	struct lane lane[PAIRS_MAX][2];
	_Alignas(4096) unsigned char slots[];
};

/* What a worker has: its two ends, and for `switch` the memory that it touches. */
struct local {
	struct end end[2];
	void *buffer[2];
	uint64_t *set;
	size_t set_bytes;
};

/* ---- opening ---- */

static size_t message_bytes(const struct params *params, bool turn)
{
	return turn ? TURN_BYTES : params->size;
}

/* A ring holds as much as a pipe does by default, or two messages. */
static uint32_t slots_for(const struct transport *t, size_t bytes)
{
	return t->slots > 1 && bytes * t->slots > PIPE_BYTES ? 2 : t->slots;
}

static size_t area_bytes(const struct params *params, const struct transport *t, bool turn)
{
	size_t bytes = message_bytes(params, turn);
	return sizeof(struct shared) + (size_t)2 * PAIRS_MAX * slots_for(t, bytes) * to_line(bytes);
}

static int open_lanes(struct shared *s, struct params *params, uint32_t workers, const struct transport *t,
		      bool turn)
{
	size_t bytes = message_bytes(params, turn);
	if (workers / 2 > PAIRS_MAX)
		return params_fail(params, ENOTSUP, "at most %d pairs of workers have channels", PAIRS_MAX);
	memset(s->lane, 0, sizeof s->lane);
	for (uint32_t i = 0; i < 2 * (workers / 2); i++) {
		struct lane *lane = &s->lane[i / 2][i % 2];
		int error = t->open(lane, bytes);
		lane->slots = slots_for(t, bytes);
		lane->slot = (uint64_t)i * lane->slots * to_line(bytes);
		if (!error)
			continue;
		while (i-- > 0)
			t->close(&s->lane[i / 2][i % 2]);
		return params_fail(params, -error, "the channel cannot be opened: %s%s", strerror(-error),
				   error == -EMFILE ? " (open files: ulimit -n; message queues: ulimit -q)"
						    : "");
	}
	params->extent[0] = workers / 2;
	return 0;
}

static void close_lanes(struct shared *s, const struct params *params, const struct transport *t)
{
	for (uint64_t i = 0; i < 2 * params->extent[0]; i++)
		t->close(&s->lane[i / 2][i % 2]);
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

static int enter_with(struct context *ctx, const struct transport *t, size_t bytes, size_t set_bytes)
{
	struct shared *s = ctx->shared;
	struct local *local = calloc(1, sizeof *local);
	size_t stride = to_line(bytes);
	if (!local)
		return -ENOMEM;
	ctx->local = local;
	for (int i = 0; i < 2; i++) {
		struct lane *lane = &s->lane[ctx->rank / 2][i];
		local->buffer[i] = take_pages(LOANS * stride);
		if (!local->buffer[i])
			return -ENOMEM;
		local->end[i] = (struct end){.lane = lane,
					     .slot = s->slots + lane->slot,
					     .buffer = local->buffer[i],
					     .bytes = bytes,
					     .stride = stride,
					     .pid = (int32_t)getpid()};
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
		give_pages(local->buffer[i], LOANS * local->end[i].stride);
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

/* The last answer is there when all has been read. */
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

static uint64_t count_messages(uint64_t bytes, const struct transport *t)
{
	uint64_t most = BYTES_A_JOB / bytes;
	most = most < t->messages ? most : t->messages;
	return most > MESSAGES_MIN ? most : MESSAGES_MIN;
}

static int no_limit(struct params *params)
{
	return params_limit(params, CHANNEL_BYTES_MAX);
}

static int verify_latency(const struct params *params, uint64_t count, bool turn, uint64_t checksum)
{
	uint64_t sum = 0;
	for (uint64_t i = 0; i < count; i++)
		sum += message_sum(message_bytes(params, turn), message_base(i, 0)) +
		       message_sum(message_bytes(params, turn), message_base(i, 1));
	return sum == checksum ? 0 : -EBADMSG;
}

static int verify_bandwidth(const struct params *params, uint64_t count, uint64_t checksum)
{
	uint64_t sum = message_sum(params->size, message_base(count, 1));
	for (uint64_t i = 0; i < count; i++)
		sum += message_sum(params->size, message_base(i, 0));
	return sum == checksum ? 0 : -EBADMSG;
}

static struct cost payload(const struct params *params)
{
	return (struct cost){.per_item = (double)params->size, .unit = "B"};
}

/* The functions that know their transport. `turn`: the size is of the working set, and the message is small.
 */
#define FUNCTIONS(prefix, t, turn)                                                                        \
	static int prefix##_enter(struct context *ctx)                                                    \
	{                                                                                                 \
		uint64_t size = ctx->params->size;                                                        \
		return enter_with(ctx, &transport_##t, (turn) ? TURN_BYTES : size, (turn) ? size : 0);    \
	}                                                                                                 \
	static uint64_t prefix##_items(const struct params *params)                                       \
	{                                                                                                 \
		return count_messages(params->size, &transport_##t);                                      \
	}                                                                                                 \
	static size_t prefix##_bytes(const struct params *params)                                         \
	{                                                                                                 \
		return area_bytes(params, &transport_##t, turn);                                          \
	}                                                                                                 \
	static int prefix##_open(void *shared, struct params *params, uint32_t workers)                   \
	{                                                                                                 \
		return open_lanes(shared, params, workers, &transport_##t, turn);                         \
	}                                                                                                 \
	static void prefix##_close(void *shared, const struct params *params)                             \
	{                                                                                                 \
		close_lanes(shared, params, &transport_##t);                                              \
	}                                                                                                 \
	static uint64_t prefix##_latency(struct context *ctx, uint64_t begin, uint64_t end)               \
	{                                                                                                 \
		return run_latency(ctx, &transport_##t, begin, end);                                      \
	}                                                                                                 \
	static int prefix##_verify_latency(const void *shared, const struct params *params, uint64_t sum) \
	{                                                                                                 \
		(void)shared;                                                                             \
		return verify_latency(params, prefix##_items(params), turn, sum);                         \
	}

#define DESCRIPTOR(prefix, more_needs)                                             \
	.abi = KERNEL_ABI, .kind = KERNEL_RATE, .group = 2,                        \
	.needs = KERNEL_NEEDS_INHERITANCE | (more_needs), .items = prefix##_items, \
	.shared_bytes = prefix##_bytes, .open = prefix##_open, .close = prefix##_close, .leave = leave

// NOLINTBEGIN(bugprone-macro-parentheses): names and texts that are put together cannot have any
#define CHANNEL(t, name_of, what, fits, small, more_needs)                                             \
	FUNCTIONS(t, t, false)                                                                         \
	static uint64_t t##_bandwidth(struct context *ctx, uint64_t begin, uint64_t end)               \
	{                                                                                              \
		return run_bandwidth(ctx, &transport_##t, begin, end);                                 \
	}                                                                                              \
	static int t##_verify_bandwidth(const void *shared, const struct params *params, uint64_t sum) \
	{                                                                                              \
		(void)shared;                                                                          \
		return verify_bandwidth(params, t##_items(params), sum);                               \
	}                                                                                              \
	const struct kernel kernel_latency_##t = {                                                     \
		DESCRIPTOR(t, more_needs),                                                             \
		.name = "latency-" name_of,                                                            \
		.help = "a message and its answer through " what,                                      \
		.item = "round trip",                                                                  \
		.size_unit = "bytes",                                                                  \
		.sizes = {small, 65536, 1048576},                                                      \
		.configure = fits,                                                                     \
		.enter = t##_enter,                                                                    \
		.verify = t##_verify_latency,                                                          \
		.run = t##_latency,                                                                    \
	};                                                                                             \
	const struct kernel kernel_bandwidth_##t = {                                                   \
		DESCRIPTOR(t, more_needs),                                                             \
		.name = "bandwidth-" name_of,                                                          \
		.help = "messages in one direction through " what,                                     \
		.item = "message",                                                                     \
		.size_unit = "bytes",                                                                  \
		.sizes = {small, 65536, 1048576},                                                      \
		.configure = fits,                                                                     \
		.cost = payload,                                                                       \
		.enter = t##_enter,                                                                    \
		.verify = t##_verify_bandwidth,                                                        \
		.run = t##_bandwidth,                                                                  \
	};
#include "kernels/channel/channels.def"

#define SWITCH(t, name_of, what)                                                       \
	FUNCTIONS(switch_##t, t, true)                                                 \
	const struct kernel kernel_switch_##t = {                                      \
		DESCRIPTOR(switch_##t, 0),                                             \
		.name = "switch-" name_of,                                             \
		.help = "two workers take turns by " what ", each with a working set", \
		.item = "turn of both",                                                \
		.size_unit = "bytes of working set each",                              \
		.sizes = {64, 262144, 4194304},                                        \
		.configure = no_limit,                                                 \
		.enter = switch_##t##_enter,                                           \
		.verify = switch_##t##_verify_latency,                                 \
		.run = switch_##t##_latency,                                           \
	};
SWITCH(futex, "futex", "a futex")
SWITCH(pipe, "pipe", "a pipe")
SWITCH(yield, "yield", "sched_yield()")
// NOLINTEND(bugprone-macro-parentheses)
