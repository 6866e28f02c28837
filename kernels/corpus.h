/*
 * Text for wordcount: read from --input, or made with the word frequencies of natural language, in which case
 * it is known what must be found.
 */
#ifndef PVT_CORPUS_H
#define PVT_CORPUS_H

#include "kernels/kernel.h"

#define CORPUS_UNKNOWN UINT64_MAX

struct corpus {
	uint64_t words, distinct;
};

/* Sets extent[0] to the bytes of the text; -errno with why if there is none or it has more than `limit`. */
int corpus_measure(struct params *params, uint64_t limit);

/* Puts extent[0] bytes at `text`. What a file has in it is CORPUS_UNKNOWN. 0, or -errno with why. */
int corpus_load(struct params *params, unsigned char *text, struct corpus *corpus);

#endif
