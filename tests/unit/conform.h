/*
 * What every kernel has to keep, tried without a runner: workers are simulated, one after the other, over
 * chunks of random lengths in random order. Failures fail the cmocka test that calls.
 */
#ifndef PVT_TESTS_CONFORM_H
#define PVT_TESTS_CONFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/kernel.h"

struct rig {
	const struct kernel *kernel;
	struct params params;
	void *shared; /* exactly as long as asked for: a sanitizer sees what is beyond */
	size_t bytes;
	bool generated; /* not read from a file */
};

/* Configures and prepares, then moves the area: what was prepared must hold at another address. */
void rig_setup(struct rig *rig, const struct kernel *kernel, uint64_t size, const char *input);
void rig_teardown(struct rig *rig);

/* One job by 1 to 7 simulated workers; returns its checksum. */
uint64_t rig_job(struct rig *rig, uint32_t workers, uint64_t seed);
int rig_verify(const struct rig *rig, uint64_t checksum); /* 0, or what the kernel's verify says */

/* Any partition gives one checksum, verify accepts it, and refuses results with a byte or their order
 * changed. */
void conform(const struct kernel *kernel, uint64_t size, const char *input);

/* The n-th size at which a kernel is tried, from n = 0 on; 0: these were all. */
uint64_t conform_size(const struct kernel *kernel, size_t n);

/*
 * The same for one whose workers do not share out items: its answer is the right one, and the same again.
 * Those whose workers come in groups are the runners' test.
 */
void conform_alone(const struct kernel *kernel);

#endif
