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

#endif
