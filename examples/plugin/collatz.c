/*
 * A kernel of your own, outside pvt: how many steps the Collatz sequences of 1 … n take to reach 1. Built
 * twice, it is two versions to measure against each other: `collatz` halves one step at a time, `collatz-ctz`
 * all halvings at once.
 *
 *   pvt run --plugin ./collatz.so --plugin ./collatz-ctz.so --kernel collatz,collatz-ctz
 *
 * Known answer, by which each result is verified: the sequences of 1 … 10 take 67 steps (OEIS A006577).
 */
#include <errno.h>
#include <pvt/kernel.h>

enum { BLOCK = 1000 }; /* numbers an item, so that one item is some microseconds */

static uint64_t steps(uint64_t n)
{
	uint64_t count = 0;
	while (n != 1) {
#ifdef COLLATZ_CTZ
		int halvings = __builtin_ctzll(n);
#else
		int halvings = n % 2 == 0;
#endif
		n = halvings ? n >> halvings : 3 * n + 1;
		count += halvings ? (uint64_t)halvings : 1;
	}
	return count;
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t n = begin * BLOCK + 1; n <= end * BLOCK; n++)
		sum += steps(n);
	return sum;
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	uint64_t ten = 0;
	(void)shared;
	for (uint64_t n = 1; n <= 10; n++)
		ten += steps(n);
	return ten == 67 && checksum >= params->size * BLOCK ? 0 : -EBADMSG;
}

static const struct kernel collatz = {
	.abi = KERNEL_ABI,
#ifdef COLLATZ_CTZ
	.name = "collatz-ctz",
	.help = "steps of the Collatz sequences, all halvings at once",
#else
	.name = "collatz",
	.help = "steps of the Collatz sequences, one at a time",
#endif
	.item = "block of 1000 numbers",
	.size_unit = "blocks",
	.sizes = {8, 80, 1600},
	.uneven = true,
	.run = run,
	.verify = verify,
	.writes = kernel_writes_nothing, /* it has no shared area, so any host's workers can do any item */
};

extern const struct kernel *const pvt_kernels[];
const struct kernel *const pvt_kernels[] = {&collatz, NULL};
