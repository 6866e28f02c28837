/*
 * Jobs in which a worker crashes on purpose, and work goes on: kernels with crash(). Its processes are
 * replaced where they die (supervise.c) or by the pool library. What is done and what was begun is kept in
 * the records, which outlive the worker, so that nothing counts twice.
 */
#ifndef PVT_CRASH_H
#define PVT_CRASH_H

#include "runners/session.h"

/* Before each job. */
void crash_arm(struct session *s);

/* Does items [begin, end), and crashes if one of them is the item to do so. Their checksum. */
uint64_t crash_run(struct control *c, const struct kernel *kernel, struct context *ctx, uint64_t begin,
		   uint64_t end);

/* Was this end foreseen, so that another worker may take its place? */
bool crash_foreseen(const struct session *s, uint32_t rank);

/* Kills the workers that hang. */
void crash_end_silent(const struct session *s);

void crash_look(const struct control *c, struct crash *crash);

#endif
