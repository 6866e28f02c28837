/* The one clock of pvt: CLOCK_MONOTONIC in nanoseconds, comparable between all processes of a machine. */
#ifndef PVT_CLOCK_H
#define PVT_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "kernels/relax.h"

#define NS_PER_US 1000ull
#define NS_PER_MS 1000000ull
#define NS_PER_S 1000000000ull

static inline uint64_t clock_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* CPU time of the calling thread so far, in user mode and in the kernel. A system call. */
static inline uint64_t clock_cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* Tells the core that this is a spin loop. */
static inline void clock_relax(void)
{
	relax();
}

#endif
