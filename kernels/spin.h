/* The work of the kernel `spin`, for kernels that do the same and something else besides. */
#ifndef PVT_SPIN_H
#define PVT_SPIN_H

#include "kernels/kernel.h"

/* As in struct kernel; how large a grain may be is for each to say. */
uint64_t spin_items(const struct params *params);
struct cost spin_cost(const struct params *params);
size_t spin_shared_bytes(const struct params *params);
int spin_prepare(void *area, struct params *params);
uint64_t spin_run(struct context *ctx, uint64_t begin, uint64_t end);
int spin_verify(const void *area, const struct params *params, uint64_t checksum);

#define SPIN_WORK                                                                            \
	.item = "chain", .size_unit = "ns per item", .items = spin_items, .cost = spin_cost, \
	.shared_bytes = spin_shared_bytes, .prepare = spin_prepare, .run = spin_run, .verify = spin_verify

#endif
