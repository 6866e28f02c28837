/*
 * What words there are in a text and how often: wordcount's hash table. A worker has one of its own, so there
 * is nothing to lock. Words are not copied; two are the same if their bytes are, whatever their hashes.
 */
#ifndef PVT_WORDTABLE_H
#define PVT_WORDTABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Words are runs of ASCII letters and of bytes from 0x80, which keeps UTF-8 in one piece. */
struct word {
	uint32_t offset, length; /* in the text */
	uint32_t hash, count;
};

struct word_table {
	const unsigned char *text;
	struct word *words; /* `used` of them, in no order of interest */
	uint32_t *slots;    /* index + 1 into words, 0: free */
	uint32_t used, mask, words_max;
};

/* A byte of a word in lower case, or 0: not of a word. */
static inline unsigned char word_byte(unsigned char byte)
{
	unsigned char lower = byte | 0x20;

	return byte >= 0x80 ? byte : lower >= 'a' && lower <= 'z' ? lower : 0;
}

/* The first word of text[*at .. size) that begins before `end`, and *at behind it; false: there is none. */
bool word_next(const unsigned char *text, uint64_t size, uint64_t end, uint64_t *at, struct word *word);

/* Room for `words_max` distinct words. Memory is used only as words come. 0 or -ENOMEM. */
int word_table_create(struct word_table *table, const unsigned char *text, uint64_t words_max);
void word_table_free(struct word_table *table);

void word_table_clear(struct word_table *table);

/* Adds word->count to the same word's count, or the word itself. */
void word_table_add(struct word_table *table, const struct word *word);

/*
 * Deals the words by hash: those of partition p go to words[starts[p]] .. words[starts[p + 1]]. `starts` has
 * partitions + 1 places, `words` has table->used.
 */
void word_table_deal(const struct word_table *table, uint64_t partitions, uint32_t *starts,
		     struct word *words);

#endif
