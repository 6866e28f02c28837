/*
 * Counting primes by trial division: no memory, no writes, and later blocks cost more than earlier ones, so
 * that equal shares of the numbers are unequal shares of the work.
 */
#include "kernels/mix.h"
#include "kernels/params.h"

#include <errno.h>
#include <string.h>

#define SIZE_MAX_NUMBERS UINT64_C(10000000000)

enum { BLOCK = 1000, ROOT_MAX = 100000, SEGMENT = 65536 };

static int configure(struct params *params)
{
	return params_limit(params, SIZE_MAX_NUMBERS);
}

static uint64_t items(const struct params *params)
{
	return ceil_div(params->size, BLOCK);
}

static struct cost cost(const struct params *params)
{
	return (struct cost){.per_item = (double)params->size / (double)items(params), .unit = "number"};
}

static bool is_prime(uint64_t n)
{
	if (n < 4)
		return n > 1;
	if (n % 2 == 0)
		return false;
	for (uint64_t d = 3; d * d <= n; d += 2)
		if (n % d == 0)
			return false;
	return true;
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t last = end * BLOCK, count = 0;

	if (last > ctx->params->size)
		last = ctx->params->size;
	for (uint64_t n = begin * BLOCK + 1; n <= last; n++)
		count += is_prime(n);
	return count;
}

/* Crosses out the multiples of the primes up to the root, a segment that fits the cache at a time. */
static uint64_t sieve_segment(const bool *composite, uint64_t root, uint64_t first, uint64_t past)
{
	bool crossed[SEGMENT] = {false};
	uint64_t count = 0;

	for (uint64_t p = 2; p <= root; p++) {
		uint64_t multiple = ceil_div(first, p) * p;

		if (composite[p])
			continue;
		for (multiple = multiple > p * p ? multiple : p * p; multiple < past; multiple += p)
			crossed[multiple - first] = true;
	}
	for (uint64_t n = first; n < past; n++)
		count += n > 1 && !crossed[n - first];
	return count;
}

/* The sieve of Eratosthenes, which divides nothing: independent of run. */
static uint64_t sieve(uint64_t size)
{
	bool composite[ROOT_MAX + 1] = {false};
	uint64_t root = 1, count = 0;

	while ((root + 1) * (root + 1) <= size)
		root++;
	for (uint64_t p = 2; p * p <= root; p++)
		for (uint64_t multiple = p * p; multiple <= root; multiple += p)
			composite[multiple] = true;
	for (uint64_t first = 0; first <= size; first += SEGMENT)
		count += sieve_segment(composite, root, first,
				       first + SEGMENT <= size ? first + SEGMENT : size + 1);
	return count;
}

/* pi(10^k): OEIS A006880. */
static int verify(const void *area, const struct params *params, uint64_t checksum)
{
	static const uint64_t pi[] = {0, 4, 25, 168, 1229, 9592, 78498, 664579, 5761455, 50847534, 455052511};
	uint64_t power = 1;

	(void)area;
	for (size_t k = 0; k < sizeof(pi) / sizeof(pi[0]); k++, power *= 10)
		if (params->size == power)
			return checksum == pi[k] ? 0 : -EBADMSG;
	return checksum == sieve(params->size) ? 0 : -EBADMSG;
}

const struct kernel kernel_primes = {
	.abi = KERNEL_ABI,
	.name = "primes",
	.help = "primes up to size, counted by trial division; later items cost more",
	.item = "block of 1000 numbers",
	.size_unit = "numbers",
	.sizes = {70000, 300000, 2500000},
	.uneven = true,
	.configure = configure,
	.items = items,
	.cost = cost,
	.verify = verify,
	.writes = kernel_writes_nothing,
	.run = run,
};
