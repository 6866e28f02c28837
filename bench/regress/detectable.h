/*
 * The smallest slowdown that a gate finds, from the log ratios of a binary against itself, block by block: a
 * slowdown is put in by adding its logarithm to all of them, which is what it would have done to each of the
 * times, and the gate's own two tests are made on blocks in a row.
 */
#ifndef PVT_DETECTABLE_H
#define PVT_DETECTABLE_H

#include <stddef.h>
#include <stdint.h>

struct detectable {
	double alpha, margin;
	size_t comparisons; /* in one gate */
	double second;      /* noise of a block of stage 2 over one of stage 1, which has fewer turns */
	uint64_t seed;
};

/*
 * The slowdown (0.05: 5 %) that 95 of 100 gates drawn from d[n] find; NaN where there are fewer blocks than a
 * gate has, or where 100 % is not found. 0 or -ENOMEM.
 */
int detectable_slowdown(const struct detectable *power, const double *d, size_t n, double *slowdown);

#endif
