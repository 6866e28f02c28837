/*
 * Parallel merge sort: phase 0 sorts blocks, then each phase halves the number of runs, and all workers merge
 * at once to the very last, each its slice of the output (S. Odeh, O. Green, Z. Mwassi, O. Shmueli, Y. Birk:
 * Merge path - parallel merging made simple, 2012). Memory moves between cores in every phase.
 */
#include "kernels/keysort.h"
#include "kernels/mix.h"
#include "kernels/params.h"
#include "kernels/touch.h"

#include <errno.h>
#include <string.h>

enum { MERGES = 7, BLOCKS = 1 << MERGES };

/* Merge p reads what merge p - 1 wrote; the last one writes to `sorted`. */
struct layout {
	uint64_t *sorted, *other, *input;
	size_t bytes;
};

static struct layout layout(const void *shared, const struct params *params)
{
	uintptr_t base = (uintptr_t)shared; /* a number: shared may be NULL */
	size_t array = to_line(params->size * sizeof(uint64_t));

	return (struct layout){(uint64_t *)base, (uint64_t *)(base + array), (uint64_t *)(base + 2 * array),
			       3 * array};
}

static int configure(struct params *params)
{
	return params_fit(params, 3.0 * (double)params->size * sizeof(uint64_t));
}

static uint64_t items(const struct params *params)
{
	(void)params;
	return BLOCKS;
}

static uint32_t phases(const struct params *params)
{
	(void)params;
	return 1 + MERGES;
}

static struct cost cost(const struct params *params)
{
	return (struct cost){.per_item = (double)params->size / BLOCKS, .unit = "key"};
}

static size_t shared_bytes(const struct params *params)
{
	return layout(NULL, params).bytes;
}

/* One key in eight is a duplicate of a few, for ties. */
static int prepare(void *shared, struct params *params)
{
	struct layout keys = layout(shared, params);
	uint64_t state = 0;

	for (uint64_t i = 0; i < params->size; i++) {
		uint64_t key = splitmix64(&state);

		keys.input[i] = key % 8 ? key : mix64(key / 8 % 16);
	}
	return 0;
}

/* Both buffers, which lie one behind the other. */
static int enter(struct context *ctx)
{
	struct layout keys = layout(ctx->shared, ctx->params);

	touch_share(ctx, keys.sorted, (size_t)((char *)keys.input - (char *)keys.sorted));
	return 0;
}

/* How many of the first `rank` keys of the merged output come from a; the rest from b. a wins ties. */
static uint64_t co_rank(uint64_t rank, const uint64_t *a, uint64_t a_count, const uint64_t *b,
			uint64_t b_count)
{
	uint64_t low = rank > b_count ? rank - b_count : 0, high = rank < a_count ? rank : a_count;

	while (low < high) {
		uint64_t from_a = low + (high - low) / 2, from_b = rank - from_a;

		if (a[from_a] <= b[from_b - 1])
			low = from_a + 1;
		else
			high = from_a;
	}
	return low;
}

static void merge(const uint64_t *a, const uint64_t *a_end, const uint64_t *b, const uint64_t *b_end,
		  uint64_t *out)
{
	while (a < a_end && b < b_end) {
		bool from_a = *a <= *b;

		*out++ = from_a ? *a : *b;
		a += from_a;
		b += !from_a;
	}
	memcpy(out, a, (size_t)(a_end - a) * sizeof(*a));
	memcpy(out + (a_end - a), b, (size_t)(b_end - b) * sizeof(*b));
}

/* Slice `item` of the output of a merge of runs of `width` blocks. */
static void merge_slice(const uint64_t *from, uint64_t *to, uint64_t size, uint64_t item, uint64_t width)
{
	uint64_t pair = item & ~(2 * width - 1);
	uint64_t start = split(size, pair, BLOCKS), middle = split(size, pair + width, BLOCKS);
	uint64_t first = split(size, item, BLOCKS), past = split(size, item + 1, BLOCKS);
	const uint64_t *a = from + start, *b = from + middle;
	uint64_t a_count = middle - start, b_count = split(size, pair + 2 * width, BLOCKS) - middle;
	uint64_t a_first = co_rank(first - start, a, a_count, b, b_count);
	uint64_t a_past = co_rank(past - start, a, a_count, b, b_count);

	merge(a + a_first, a + a_past, b + (first - start - a_first), b + (past - start - a_past),
	      to + first);
}

static uint64_t weigh(const uint64_t *keys, uint64_t first, uint64_t past)
{
	uint64_t sum = 0;

	for (uint64_t i = first; i < past; i++)
		sum += keys[i] * (2 * i + 1);
	return sum;
}

static bool to_sorted(uint32_t phase)
{
	return (MERGES - phase) % 2 == 0;
}

/* Every phase reads one buffer and writes the other; the checksum is that of the last. */
static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct layout keys = layout(ctx->shared, ctx->params);
	uint64_t size = ctx->params->size, sum = 0;
	bool sorted = to_sorted(ctx->phase);
	uint64_t *to = sorted ? keys.sorted : keys.other, *from = sorted ? keys.other : keys.sorted;

	for (uint64_t i = begin; i < end; i++) {
		uint64_t first = split(size, i, BLOCKS), past = split(size, i + 1, BLOCKS);

		if (ctx->phase == 0) {
			memcpy(to + first, keys.input + first, (past - first) * sizeof(*to));
			keysort(to + first, past - first);
		} else {
			merge_slice(from, to, size, i, UINT64_C(1) << (ctx->phase - 1));
		}
		if (ctx->phase == MERGES)
			sum += weigh(to, first, past);
	}
	return sum;
}

static void writes(const struct params *params, uint32_t phase, uint64_t begin, uint64_t end,
		   kernel_piece *piece, void *arg)
{
	struct layout keys = layout(NULL, params);
	uint64_t first = split(params->size, begin, BLOCKS), past = split(params->size, end, BLOCKS);
	uint64_t *to = to_sorted(phase) ? keys.sorted : keys.other;

	piece(arg, (size_t)(uintptr_t)to + first * sizeof(*to), (past - first) * sizeof(*to));
}

/* Ordered, and the same keys as in the input: their sum, exclusive or and sum of mixes. */
static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	struct layout keys = layout(shared, params);
	uint64_t sum = 0, xor = 0, mixed = 0;

	for (uint64_t i = 0; i < params->size; i++) {
		uint64_t in = keys.input[i], out = keys.sorted[i];

		if (i > 0 && keys.sorted[i - 1] > out)
			return -EBADMSG;
		sum += in - out;
		xor ^= in ^ out;
		mixed += mix64(in) - mix64(out);
	}
	if (sum || xor || mixed)
		return -EBADMSG;
	return weigh(keys.sorted, 0, params->size) == checksum ? 0 : -EBADMSG;
}

const struct kernel kernel_sort = {
	.abi = KERNEL_ABI,
	.name = "sort",
	.help = "merge sort of 64-bit keys: blocks sorted, then seven merges divided by merge path",
	.item = "128th part of the keys",
	.size_unit = "keys",
	.sizes = {35000, 350000, 6500000},
	.configure = configure,
	.items = items,
	.phases = phases,
	.cost = cost,
	.shared_bytes = shared_bytes,
	.prepare = prepare,
	.verify = verify,
	.writes = writes,
	.enter = enter,
	.run = run,
};
