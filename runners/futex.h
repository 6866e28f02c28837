/*
 * futex(2), for which glibc has no wrapper. Never FUTEX_PRIVATE_FLAG: threads and processes have to wait in
 * the same way, or a comparison of the two would compare two kinds of futex.
 */
#ifndef PVT_FUTEX_H
#define PVT_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runners/clock.h"

/* Sleeps while *word == value, for at most timeout_ns (0: for ever). May return early. */
static inline void futex_wait(_Atomic uint32_t *word, uint32_t value, uint64_t timeout_ns)
{
	struct timespec t = {.tv_sec = (time_t)(timeout_ns / NS_PER_S),
			     .tv_nsec = (long)(timeout_ns % NS_PER_S)};
	syscall(SYS_futex, word, FUTEX_WAIT, value, timeout_ns ? &t : NULL, NULL, 0);
}

static inline void futex_wake_all(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

#endif
