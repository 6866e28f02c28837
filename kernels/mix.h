/*
 * What most kernels need and no library has in this form: a generator whose numbers are known for ever, a
 * checksum mixer, and the split of a range into near-equal parts. All of it wraps mod 2^64.
 */
#ifndef PVT_MIX_H
#define PVT_MIX_H

#include <stddef.h>
#include <stdint.h>

/* The finaliser of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static inline uint64_t mix64(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* The generator itself: every 64-bit number once a period. */
static inline uint64_t splitmix64(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	return mix64(*state);
}

/* Where part `part` of `total` things begins when `parts` share them; split(total, parts, parts) == total. */
static inline uint64_t split(uint64_t total, uint64_t part, uint64_t parts)
{
	return total / parts * part + total % parts * part / parts;
}

static inline uint64_t ceil_div(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}

/* The next multiple of 64: arrays of a shared area begin on a cache line. */
static inline size_t to_line(size_t bytes)
{
	return (bytes + 63) & ~(size_t)63;
}

#endif
