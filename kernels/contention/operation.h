/*
 * What the kernels of this folder share: an operation that each worker repeats, to see what the workers'
 * number does to its rate. An operation that fails adds nothing to the checksum, so that it is noticed.
 */
#ifndef PVT_OPERATION_H
#define PVT_OPERATION_H

#include "kernels/kernel.h"
#include "kernels/mix.h"

/* What operation `i` adds to the checksum if it went well. */
static inline uint64_t operation_done(uint64_t i, int well)
{
	return well ? mix64(i + 1) : 0;
}

/* The designators that all operations have in common. A lock replaces verify by its own. */
// NOLINTBEGIN(bugprone-macro-parentheses): these are initialisers, not expressions
#define OPERATION_UNCONFIGURED(word, text, what)                                          \
	.abi = KERNEL_ABI, .kind = KERNEL_RATE, .name = word, .help = text, .item = what, \
	.size_unit = "operations per worker"
#define OPERATION(word, text, what) OPERATION_UNCONFIGURED(word, text, what), .configure = operation_configure
// NOLINTEND(bugprone-macro-parentheses)

/* verify(): every operation went well, in each copy. */
int operation_verify(const void *shared, const struct params *params, uint64_t checksum);

/* configure(): at most 10^9 operations. */
int operation_configure(struct params *params);

#endif
