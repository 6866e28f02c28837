/* Tasks of a pool that do what they are told, the worst included. */
#ifndef PVT_TESTS_POOL_ORDERS_H
#define PVT_TESTS_POOL_ORDERS_H

#include "tests/unit/pools.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

enum order { ORDER_WELL, ORDER_EXIT_3, ORDER_ABORT, ORDER_SEGV, ORDER_KILL, ORDER_HANG, ORDER_EXIT_0 };

static inline int obey(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in_bytes;
	switch (*(const enum order *)in) {
	case ORDER_EXIT_0:
		_exit(0);
	case ORDER_EXIT_3:
		_exit(3);
	case ORDER_ABORT:
		signal(SIGABRT, SIG_DFL);
		abort();
	case ORDER_SEGV:
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		break;
	case ORDER_KILL:
		raise(SIGKILL);
		break;
	case ORDER_HANG:
		for (;;)
			usleep(1000);
	case ORDER_WELL:
		break;
	}
	if (out_bytes)
		*(int *)out = 7;
	return 0;
}

static inline void expect_well(struct pool *pool)
{
	enum order well = ORDER_WELL;
	struct pool_outcome outcome;
	int result = 0;
	assert_int_equal(pool_apply(pool, obey, &well, sizeof well, &result, sizeof result, &outcome), 0);
	assert_int_equal(outcome.state, POOL_DONE);
	assert_int_equal(result, 7);
}

/* Seen by children too; munmap() of 4096 bytes ends it. */
static inline _Atomic int *shared_counter(int value)
{
	_Atomic int *counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*counter = value;
	return counter;
}

#endif
