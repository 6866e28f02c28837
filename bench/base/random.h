/*
 * splitmix64, for shuffling: any seed is good and the order can be reproduced.
 * Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
 */
#ifndef PVT_RANDOM_H
#define PVT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Fisher and Yates; Knuth, The Art of Computer Programming 2, algorithm 3.4.2 P. */
static inline void random_shuffle(size_t *x, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = (size_t)((unsigned __int128)random_next(state) * i >> 64);
		size_t other = x[k];
		x[k] = x[i - 1];
		x[i - 1] = other;
	}
}

#endif
