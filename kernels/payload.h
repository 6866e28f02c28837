/*
 * What is in a message, whatever carries it: it is written by a rule of its number and its direction and read
 * in full, so that the sum of what was read is known beforehand.
 */
#ifndef PVT_PAYLOAD_H
#define PVT_PAYLOAD_H

#include <string.h>

#include "kernels/mix.h"

static inline uint64_t message_base(uint64_t number, unsigned direction)
{
	return mix64(2 * number + direction + 1);
}

/* The last word is cut where the message ends. */
static inline uint64_t tail_of(uint64_t word, size_t bytes)
{
	uint64_t tail = 0;
	memcpy(&tail, &word, bytes);
	return tail;
}

static inline void message_write(unsigned char *at, size_t bytes, uint64_t base)
{
	uint64_t words = bytes / sizeof(uint64_t), tail = base + words;
	for (uint64_t j = 0; j < words; j++) {
		uint64_t word = base + j;
		memcpy(at + j * sizeof word, &word, sizeof word);
	}
	memcpy(at + words * sizeof tail, &tail, bytes % sizeof tail);
}

static inline uint64_t message_read(const unsigned char *at, size_t bytes)
{
	uint64_t words = bytes / sizeof(uint64_t), sum = 0, tail = 0;
	for (uint64_t j = 0; j < words; j++) {
		uint64_t word;
		memcpy(&word, at + j * sizeof word, sizeof word);
		sum += word;
	}
	memcpy(&tail, at + words * sizeof tail, bytes % sizeof tail);
	return sum + tail;
}

static inline uint64_t message_sum(size_t bytes, uint64_t base)
{
	uint64_t words = bytes / sizeof(uint64_t);
	return words * base + words * (words - 1) / 2 + tail_of(base + words, bytes % sizeof(uint64_t));
}

#endif
