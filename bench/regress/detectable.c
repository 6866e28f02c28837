#include "bench/regress/detectable.h"

#include <math.h>

#include "bench/base/random.h"
#include "bench/regress/gate.h"
#include "bench/stats/ranks.h"

#define FOUND 0.95
enum { DRAWS = 200, HALVINGS = 10, BLOCKS = GATE_BLOCKS_1 + GATE_BLOCKS_2 };

/* One gate whose blocks begin at `first`, going round at the end. */
static int finds(const struct detectable *power, const double *d, size_t n, size_t first, double shift,
		 bool *found)
{
	double block[BLOCKS];
	struct rank_test any, beyond;
	for (size_t i = 0; i < BLOCKS; i++)
		block[i] = d[(first + i) % n] * (i < GATE_BLOCKS_1 ? 1 : power->second) + shift;
	int error = rank_signed(block, GATE_BLOCKS_1, 0, &any);
	error = error ? error
		      : rank_signed(block + GATE_BLOCKS_1, GATE_BLOCKS_2, log1p(power->margin), &beyond);
	*found = !error && any.p <= GATE_SUSPICION &&
		 beyond.p <= gate_level(power->alpha, power->comparisons);
	return error;
}

static int share_found(const struct detectable *power, const double *d, size_t n, double slowdown,
		       double *share)
{
	uint64_t random = power->seed; /* the same draws for each slowdown: more is never found less often */
	size_t count = 0;
	int error = 0;
	for (size_t i = 0; i < DRAWS && !error; i++) {
		bool found = false;
		error = finds(power, d, n, random_next(&random) % n, log1p(slowdown), &found);
		count += found;
	}
	*share = (double)count / DRAWS;
	return error;
}

int detectable_slowdown(const struct detectable *power, const double *d, size_t n, double *slowdown)
{
	double low = 0, high = 1, share = 0;
	*slowdown = NAN;
	int error = n < BLOCKS ? 0 : share_found(power, d, n, high, &share);
	if (error || share < FOUND)
		return error;
	for (int i = 0; i < HALVINGS && !error; i++) {
		double middle = (low + high) / 2;
		error = share_found(power, d, n, middle, &share);
		*(share >= FOUND ? &high : &low) = middle;
	}
	*slowdown = high;
	return error;
}
