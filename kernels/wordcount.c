/*
 * Counting the words of a text by map and reduce (J. Dean, S. Ghemawat: MapReduce, 2004): hashing, branches
 * and memory in no order. The map counts a chunk of text and deals its words by hash into partitions; the
 * reduce merges one partition of all chunks. Chunks never write to a common table, so nothing is locked.
 */
#include "kernels/corpus.h"
#include "kernels/mix.h"
#include "kernels/params.h"
#include "kernels/wordtable.h"

#include <errno.h>
#include <stdlib.h>

#define TEXT_MAX UINT64_C(0x7fffffff) /* offsets and counts have 32 bits */

enum { CHUNK_MIN = 2048, CHUNKS_MAX = 256 };

/* A chunk's own slot: words of partition p lie at words[starts[p]] .. words[starts[p + 1]]. */
struct slot {
	uint32_t starts[CHUNKS_MAX + 1];
	struct word words[];
};

struct layout {
	struct corpus *results; /* one a partition */
	struct corpus *known;   /* of the whole text */
	unsigned char *text;
	char *slots;
	size_t slot_bytes, bytes;
};

/* Chunks and partitions. */
static uint64_t items(const struct params *params)
{
	uint64_t chunks = params->extent[0] / CHUNK_MIN;

	return chunks < 1 ? 1 : chunks < CHUNKS_MAX ? chunks : CHUNKS_MAX;
}

/* How many distinct words can begin in so many bytes: 154 of one byte, all others take three with the gap. */
static uint64_t distinct_max(uint64_t bytes)
{
	return 26 + 128 + bytes / 3 + 2;
}

static struct layout layout(const void *shared, const struct params *params)
{
	uintptr_t base = (uintptr_t)shared; /* a number: shared may be NULL */
	uint64_t chunks = items(params), chunk = ceil_div(params->extent[0], chunks);
	size_t known = chunks * sizeof(struct corpus), text = to_line(known + sizeof(struct corpus));
	size_t slots = text + to_line(params->extent[0]);
	size_t slot = to_line(sizeof(struct slot) + distinct_max(chunk) * sizeof(struct word));

	return (struct layout){.results = (struct corpus *)base,
			       .known = (struct corpus *)(base + known),
			       .text = (unsigned char *)(base + text),
			       .slots = (char *)(base + slots),
			       .slot_bytes = slot,
			       .bytes = slots + chunks * slot};
}

static struct slot *slot_of(const struct layout *area, uint64_t chunk)
{
	return (struct slot *)(area->slots + chunk * area->slot_bytes);
}

static int configure(struct params *params)
{
	int error = corpus_measure(params, TEXT_MAX);

	return error ? error : params_fit(params, (double)layout(NULL, params).bytes);
}

static uint32_t phases(const struct params *params)
{
	(void)params;
	return 2;
}

static struct cost cost(const struct params *params)
{
	return (struct cost){.per_item = (double)params->extent[0] / (double)items(params), .unit = "B"};
}

static size_t shared_bytes(const struct params *params)
{
	return layout(NULL, params).bytes;
}

static int prepare(void *shared, struct params *params)
{
	struct layout area = layout(shared, params);

	return corpus_load(params, area.text, area.known);
}

static int enter(struct context *ctx)
{
	struct word_table *table = malloc(sizeof(*table));
	struct layout area = layout(ctx->shared, ctx->params);
	int error = table ? word_table_create(table, area.text, distinct_max(ctx->params->extent[0]))
			  : -ENOMEM;

	if (error) {
		free(table);
		return error;
	}
	ctx->local = table;
	return 0;
}

static void leave(struct context *ctx)
{
	if (ctx->local)
		word_table_free(ctx->local);
	free(ctx->local);
	ctx->local = NULL;
}

/* A word belongs to the chunk in which it begins. */
static void map(struct word_table *table, const struct layout *area, const struct params *params,
		uint64_t chunk)
{
	uint64_t size = params->extent[0], chunks = items(params);
	uint64_t at = split(size, chunk, chunks), end = split(size, chunk + 1, chunks);
	struct word word;

	word_table_clear(table);
	while (at > 0 && at < end && word_byte(area->text[at - 1]) && word_byte(area->text[at]))
		at++;
	while (word_next(area->text, size, end, &at, &word))
		word_table_add(table, &word);
	word_table_deal(table, chunks, slot_of(area, chunk)->starts, slot_of(area, chunk)->words);
}

/* Depends on nothing but the word, so that words and occurrences can be summed in any order. */
static uint64_t weight(const struct word *word)
{
	return mix64((uint64_t)word->length << 32 | word->hash);
}

static uint64_t reduce(struct word_table *table, const struct layout *area, uint64_t partition,
		       uint64_t chunks)
{
	struct corpus result = {0};
	uint64_t checksum = 0;

	word_table_clear(table);
	for (uint64_t chunk = 0; chunk < chunks; chunk++) {
		const struct slot *slot = slot_of(area, chunk);

		for (uint32_t i = slot->starts[partition]; i < slot->starts[partition + 1]; i++)
			word_table_add(table, &slot->words[i]);
	}
	for (uint32_t i = 0; i < table->used; i++) {
		result.words += table->words[i].count;
		checksum += table->words[i].count * weight(&table->words[i]);
	}
	result.distinct = table->used;
	area->results[partition] = result;
	return checksum;
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct layout area = layout(ctx->shared, ctx->params);
	uint64_t chunks = items(ctx->params), checksum = 0;

	for (uint64_t i = begin; i < end; i++)
		if (ctx->phase == 0)
			map(ctx->local, &area, ctx->params, i);
		else
			checksum += reduce(ctx->local, &area, i, chunks);
	return checksum;
}

/* How much of a slot is used only the text tells. */
static void writes(const struct params *params, uint32_t phase, uint64_t begin, uint64_t end,
		   kernel_piece *piece, void *arg)
{
	struct layout area = layout(NULL, params);

	if (phase == 0)
		piece(arg, (size_t)(uintptr_t)slot_of(&area, begin), (end - begin) * area.slot_bytes);
	else
		piece(arg, begin * sizeof(struct corpus), (end - begin) * sizeof(struct corpus));
}

/* The text word by word, with no table; and what the generator knows. */
static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	struct layout area = layout(shared, params);
	uint64_t size = params->extent[0], at = 0, sum = 0, words = 0;
	struct corpus total = {0};
	struct word word;

	for (; word_next(area.text, size, size, &at, &word); words++)
		sum += weight(&word);
	for (uint64_t p = 0; p < items(params); p++) {
		total.words += area.results[p].words;
		total.distinct += area.results[p].distinct;
	}
	if (total.words != words || total.distinct > words || sum != checksum)
		return -EBADMSG;
	if (area.known->words != CORPUS_UNKNOWN &&
	    (area.known->words != words || area.known->distinct != total.distinct))
		return -EBADMSG;
	return 0;
}

const struct kernel kernel_wordcount = {
	.abi = KERNEL_ABI,
	.name = "wordcount",
	.help = "words of a text counted by map and reduce; generated or read with --input",
	.item = "chunk of text, then partition of the words",
	.size_unit = "bytes of text",
	.sizes = {180000, 1500000, 25000000},
	.input = "text",
	.configure = configure,
	.items = items,
	.phases = phases,
	.cost = cost,
	.shared_bytes = shared_bytes,
	.prepare = prepare,
	.verify = verify,
	.writes = writes,
	.enter = enter,
	.leave = leave,
	.run = run,
};
