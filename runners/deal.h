/* Dealing a phase's items out to the workers: the schedules of OpenMP, by the same names. */
#ifndef PVT_DEAL_H
#define PVT_DEAL_H

#include "runners/worker.h"

/*
 * Does this worker's share of phase ctx->phase and returns its checksum.
 *   static:  one contiguous share a worker, or, with a chunk, chunks dealt round robin;
 *   dynamic: `chunk` items (1) at a time from a shared counter;
 *   (a rate kernel's items are not dealt: each worker does them all)
 *   guided:  what remains / workers at a time, at least `chunk` (1).
 */
uint64_t deal_items(const struct worker *worker, struct context *ctx);

/* The ranges of a static deal: calls run() for each that `rank` of `workers` has; the sum of what it returns.
 */
uint64_t deal_static(uint64_t items, uint64_t chunk, uint32_t rank, uint32_t workers,
		     uint64_t (*run)(void *arg, uint64_t begin, uint64_t end), void *arg);

#endif
