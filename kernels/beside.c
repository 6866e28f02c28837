/*
 * No work, for a parent that has threads: what it takes until a worker's first result is there then. The
 * threads sleep; a fork copies their stacks' mappings, but not them.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels/params.h"

#define THREADS_MAX 1024

struct crowd {
	_Atomic uint32_t leave; /* they sleep until it is set */
	uint32_t begun;
	uintptr_t thread; /* pthread_t[begun], in the process of open() and close(), and looked at by nobody
			     else */
};

static int configure(struct params *params)
{
	return params_limit(params, THREADS_MAX);
}

static uint64_t one(const struct params *params)
{
	(void)params;
	return 1;
}

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct crowd);
}

static void *sleep_until_told(void *crowd)
{
	struct crowd *c = crowd;
	while (!atomic_load(&c->leave))
		syscall(SYS_futex, &c->leave, FUTEX_WAIT, 0, NULL, NULL, 0);
	return NULL;
}

static void close_crowd(void *shared, const struct params *params)
{
	struct crowd *c = shared;
	pthread_t *thread = (pthread_t *)c->thread; // NOLINT(performance-no-int-to-ptr)
	(void)params;
	atomic_store(&c->leave, 1);
	syscall(SYS_futex, &c->leave, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	for (uint32_t i = 0; i < c->begun; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	c->begun = 0;
	c->thread = 0;
}

/* So many that with the caller there are params->size. */
static int open_crowd(void *shared, struct params *params, uint32_t workers)
{
	struct crowd *c = shared;
	uint32_t wanted = (uint32_t)params->size - 1;
	pthread_t *thread = calloc(wanted ? wanted : 1, sizeof *thread);
	(void)workers;
	if (!thread)
		return -ENOMEM;
	atomic_store(&c->leave, 0);
	c->thread = (uintptr_t)thread;
	for (c->begun = 0; c->begun < wanted; c->begun++) {
		int error = pthread_create(&thread[c->begun], NULL, sleep_until_told, c);
		if (!error)
			continue;
		close_crowd(shared, params);
		return params_fail(params, error, "not so many threads can be had (RLIMIT_NPROC, memory)");
	}
	return 0;
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	(void)ctx;
	return end - begin;
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	(void)params;
	return checksum == 1 ? 0 : -EBADMSG;
}

const struct kernel kernel_beside = {
	.abi = KERNEL_ABI,
	.kind = KERNEL_RATE,
	.name = "beside",
	.help = "no work, for a parent with threads that sleep: the time to a worker's first result",
	.item = "nothing",
	.size_unit = "threads of the parent, its first included",
	.sizes = {1, 9, 65},
	.configure = configure,
	.items = one,
	.shared_bytes = shared_bytes,
	.open = open_crowd,
	.close = close_crowd,
	.verify = verify,
	.writes = kernel_writes_nothing,
	.run = run,
};
