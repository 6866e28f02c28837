/* See corpus.h. Word r of the vocabulary comes up about as 1 / r (G. Zipf, 1949). */
#include "kernels/corpus.h"

#include "kernels/mix.h"
#include "kernels/params.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { VOCABULARY = 20000, SYLLABLES = 100, WORD_MAX = 8 };

/* Rank in bijective base 100, a digit being a consonant and a vowel: frequent words are short. */
static uint64_t spell(uint64_t rank, unsigned char *word)
{
	static const char consonants[] = "bcdfghjklmnpqrstvwxz", vowels[] = "aeiou";
	uint64_t length = 0;

	for (uint64_t rest = rank + 1; rest > 0; rest /= SYLLABLES) {
		rest--;
		word[length++] = (unsigned char)consonants[rest % SYLLABLES / 5];
		word[length++] = (unsigned char)vowels[rest % 5];
	}
	return length;
}

/* The logarithm of the rank is uniform: P(r) is proportional to log((r + 2) / (r + 1)). */
static uint64_t draw(uint64_t random)
{
	double uniform = (double)(random >> 11) * 0x1p-53;
	uint64_t rank = (uint64_t)exp2(uniform * log2(VOCABULARY + 1)) - 1;

	return rank < VOCABULARY ? rank : VOCABULARY - 1;
}

static struct corpus fill(unsigned char *text, uint64_t bytes)
{
	bool seen[VOCABULARY] = {false}, sentence_begins = true;
	struct corpus corpus = {0};
	uint64_t state = 0, at = 0;

	for (;;) {
		uint64_t random = splitmix64(&state), rank = draw(random);
		unsigned char word[WORD_MAX];
		uint64_t length = spell(rank, word);

		if (length + 2 > bytes - at)
			break;
		if (sentence_begins)
			word[0] = (unsigned char)(word[0] - 'a' + 'A');
		memcpy(text + at, word, length);
		at += length;
		sentence_begins = random % 16 == 0;
		if (sentence_begins)
			text[at++] = '.';
		text[at++] = random / 16 % 16 == 0 ? '\n' : ' ';
		corpus.words++;
		corpus.distinct += !seen[rank];
		seen[rank] = true;
	}
	memset(text + at, '\n', bytes - at);
	return corpus;
}

int corpus_measure(struct params *params, uint64_t limit)
{
	FILE *file;

	params->extent[0] = params->size;
	if (params->input) {
		int error = params_open(params, &file, &params->extent[0]);

		if (error)
			return error;
		fclose(file);
	}
	if (params->extent[0] <= limit)
		return 0;
	return params_fail(params, EFBIG, "a text of %llu bytes: more than %llu are not supported",
			   (unsigned long long)params->extent[0], (unsigned long long)limit);
}

static int read_file(struct params *params, unsigned char *text)
{
	uint64_t bytes, got;
	FILE *file;
	int error = params_open(params, &file, &bytes);

	if (error)
		return error;
	got = fread(text, 1, params->extent[0], file);
	fclose(file);
	if (got == params->extent[0])
		return 0;
	return params_fail(params, ENODATA, "%.120s: truncated: %llu bytes expected, %llu read",
			   params->input, (unsigned long long)params->extent[0], (unsigned long long)got);
}

int corpus_load(struct params *params, unsigned char *text, struct corpus *corpus)
{
	*corpus = (struct corpus){CORPUS_UNKNOWN, CORPUS_UNKNOWN};
	if (params->input)
		return read_file(params, text);
	*corpus = fill(text, params->extent[0]);
	return 0;
}
