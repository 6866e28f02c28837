/* See wordtable.h: open addressing, at most half full, growing within memory that was reserved at once. */
#include "kernels/wordtable.h"

#include "kernels/mix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 1024 };

bool word_next(const unsigned char *text, uint64_t size, uint64_t end, uint64_t *at, struct word *word)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325), first = *at, past; /* FNV-1a: RFC 9923 */
	unsigned char byte;

	while (first < end && !word_byte(text[first]))
		first++;
	for (past = first; first < end && past < size && (byte = word_byte(text[past])); past++)
		hash = (hash ^ byte) * UINT64_C(0x100000001b3);
	*at = past;
	*word = (struct word){.offset = (uint32_t)first,
			      .length = (uint32_t)(past - first),
			      .hash = (uint32_t)(mix64(hash) >> 32),
			      .count = 1};
	return first < end;
}

int word_table_create(struct word_table *table, const unsigned char *text, uint64_t words_max)
{
	uint64_t slots = SLOTS_MIN;

	while (slots < 2 * words_max)
		slots *= 2;
	*table = (struct word_table){.text = text, .words_max = (uint32_t)words_max};
	table->words = malloc(words_max * sizeof(*table->words));
	table->slots = malloc(slots * sizeof(*table->slots));
	if (table->words && table->slots)
		return 0;
	word_table_free(table);
	return -ENOMEM;
}

void word_table_free(struct word_table *table)
{
	free(table->words);
	free(table->slots);
	*table = (struct word_table){0};
}

void word_table_clear(struct word_table *table)
{
	table->used = 0;
	table->mask = SLOTS_MIN - 1;
	memset(table->slots, 0, SLOTS_MIN * sizeof(*table->slots));
}

static void grow(struct word_table *table)
{
	table->mask = 2 * table->mask + 1;
	memset(table->slots, 0, (table->mask + UINT64_C(1)) * sizeof(*table->slots));
	for (uint32_t i = 0; i < table->used; i++) {
		uint32_t slot = table->words[i].hash & table->mask;

		while (table->slots[slot])
			slot = (slot + 1) & table->mask;
		table->slots[slot] = i + 1;
	}
}

static bool same(const unsigned char *text, const struct word *a, const struct word *b)
{
	if (a->hash != b->hash || a->length != b->length)
		return false;
	for (uint64_t i = 0; i < a->length; i++)
		if (word_byte(text[a->offset + i]) != word_byte(text[b->offset + i]))
			return false;
	return true;
}

void word_table_add(struct word_table *table, const struct word *word)
{
	uint32_t slot = word->hash & table->mask;

	for (; table->slots[slot]; slot = (slot + 1) & table->mask) {
		struct word *known = &table->words[table->slots[slot] - 1];

		if (same(table->text, known, word)) {
			known->count += word->count;
			return;
		}
	}
	table->words[table->used++] = *word;
	table->slots[slot] = table->used;
	if (2 * (uint64_t)table->used > table->mask && table->used < table->words_max)
		grow(table);
}

static uint64_t partition_of(const struct word *word, uint64_t partitions)
{
	return word->hash * partitions >> 32;
}

/* A counting sort. Placing moves each start to its partition's end, so the ends move up by one at last. */
void word_table_deal(const struct word_table *table, uint64_t partitions, uint32_t *starts,
		     struct word *words)
{
	memset(starts, 0, (partitions + 1) * sizeof(*starts));
	for (uint32_t i = 0; i < table->used; i++)
		starts[partition_of(&table->words[i], partitions) + 1]++;
	for (uint64_t p = 0; p < partitions; p++)
		starts[p + 1] += starts[p];
	for (uint32_t i = 0; i < table->used; i++)
		words[starts[partition_of(&table->words[i], partitions)]++] = table->words[i];
	memmove(starts + 1, starts, partitions * sizeof(*starts));
	starts[0] = 0;
}
