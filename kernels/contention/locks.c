/*
 * Locks in the shared area, which all workers take. They guard two plain counters that are only equal where
 * nobody else is inside; and each worker keeps a tally of its own: the counters are their sum, and no tally
 * is short, only if all met at the same lock and the same memory, be they threads or processes.
 */
#include "kernels/contention/operation.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "kernels/params.h"

enum { WORKERS = 4096, LINE = 128, READS_A_WRITE = 9 };

struct tally {
	_Alignas(LINE) uint64_t operations;
};

struct shared {
	union {
		pthread_mutex_t mutex;
		pthread_rwlock_t rwlock;
		sem_t semaphore;
	} lock;
	_Alignas(LINE) uint64_t first, second; /* equal, but inside */
	_Alignas(LINE) uint32_t workers;
	struct tally tally[WORKERS];
};

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct shared);
}

/* Inside the lock. */
static int count(struct shared *s, uint32_t rank)
{
	int alone = s->first == s->second;
	s->first++;
	atomic_signal_fence(memory_order_seq_cst); /* the compiler may not make one step of the two */
	s->second++;
	s->tally[rank].operations++;
	return alone;
}

/* `each`: how often a worker has counted at the least. */
static int verify_count(const struct shared *s, const struct params *params, uint64_t checksum, uint64_t each)
{
	uint64_t sum = 0;
	for (uint32_t rank = 0; rank < s->workers; rank++) {
		if (s->tally[rank].operations < each)
			return -EBADMSG;
		sum += s->tally[rank].operations;
	}
	return sum == s->first && sum == s->second ? operation_verify(s, params, checksum) : -EBADMSG;
}

static int verify(const void *area, const struct params *params, uint64_t checksum)
{
	return verify_count(area, params, checksum, params->size);
}

static int verify_writes(const void *area, const struct params *params, uint64_t checksum)
{
	return verify_count(area, params, checksum, (params->size + READS_A_WRITE) / (READS_A_WRITE + 1));
}

static void open_counts(struct shared *s, uint32_t workers)
{
	s->first = s->second = 0;
	s->workers = workers;
	for (uint32_t rank = 0; rank < workers; rank++)
		s->tally[rank].operations = 0;
}

static int open_mutex(struct shared *s, int pshared)
{
	pthread_mutexattr_t attr;
	int error = pthread_mutexattr_init(&attr);
	if (!error)
		error = pthread_mutexattr_setpshared(&attr, pshared);
	if (!error)
		error = pthread_mutex_init(&s->lock.mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	return -error;
}

static int open_rwlock(struct shared *s, int pshared)
{
	pthread_rwlockattr_t attr;
	int error = pthread_rwlockattr_init(&attr);
	if (!error)
		error = pthread_rwlockattr_setpshared(&attr, pshared);
	if (!error)
		error = pthread_rwlock_init(&s->lock.rwlock, &attr);
	pthread_rwlockattr_destroy(&attr);
	return -error;
}

static int open_mutex_shared(void *area, struct params *params, uint32_t workers)
{
	(void)params;
	open_counts(area, workers);
	return open_mutex(area, PTHREAD_PROCESS_SHARED);
}

static int open_mutex_private(void *area, struct params *params, uint32_t workers)
{
	(void)params;
	open_counts(area, workers);
	return open_mutex(area, PTHREAD_PROCESS_PRIVATE);
}

static int open_rwlock_shared(void *area, struct params *params, uint32_t workers)
{
	(void)params;
	open_counts(area, workers);
	return open_rwlock(area, PTHREAD_PROCESS_SHARED);
}

static int open_rwlock_private(void *area, struct params *params, uint32_t workers)
{
	(void)params;
	open_counts(area, workers);
	return open_rwlock(area, PTHREAD_PROCESS_PRIVATE);
}

static int open_semaphore_shared(void *area, struct params *params, uint32_t workers)
{
	struct shared *s = area;
	open_counts(s, workers);
	return sem_init(&s->lock.semaphore, 1, 1) == 0 ? 0 : params_fail(params, errno, "no semaphore");
}

static int open_semaphore_private(void *area, struct params *params, uint32_t workers)
{
	struct shared *s = area;
	open_counts(s, workers);
	return sem_init(&s->lock.semaphore, 0, 1) == 0 ? 0 : params_fail(params, errno, "no semaphore");
}

static uint64_t run_mutex(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct shared *s = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		int well = pthread_mutex_lock(&s->lock.mutex) == 0;
		well = well && count(s, ctx->rank);
		sum += operation_done(i, pthread_mutex_unlock(&s->lock.mutex) == 0 && well);
	}
	return sum;
}

/* Every tenth time it writes. */
static uint64_t run_rwlock(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct shared *s = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		int writes = i % (READS_A_WRITE + 1) == 0;
		int well = (writes ? pthread_rwlock_wrlock(&s->lock.rwlock)
				   : pthread_rwlock_rdlock(&s->lock.rwlock)) == 0;
		if (writes)
			well = well && count(s, ctx->rank);
		else
			well = well && *(volatile uint64_t *)&s->first == *(volatile uint64_t *)&s->second;
		sum += operation_done(i, pthread_rwlock_unlock(&s->lock.rwlock) == 0 && well);
	}
	return sum;
}

static uint64_t run_semaphore(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct shared *s = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		int well = sem_wait(&s->lock.semaphore) == 0;
		well = well && count(s, ctx->rank);
		sum += operation_done(i, sem_post(&s->lock.semaphore) == 0 && well);
	}
	return sum;
}

/* What all locks have in common; the designators that follow it make the lock. */
#define LOCK(word, text) \
	OPERATION(word, text, "turn"), .sizes = {2000, 20000, 2000000}, .shared_bytes = shared_bytes

const struct kernel kernel_mutex = {
	LOCK("mutex", "takes a mutex that processes may share"),
	.open = open_mutex_shared,
	.run = run_mutex,
	.verify = verify,
};

const struct kernel kernel_mutex_private = {
	LOCK("mutex-private", "takes a mutex of one process"),
	.needs = KERNEL_NEEDS_ONE_PROCESS,
	.open = open_mutex_private,
	.run = run_mutex,
	.verify = verify,
};

const struct kernel kernel_rwlock = {
	LOCK("rwlock", "takes a lock that processes may share, nine times to read and once to write"),
	.open = open_rwlock_shared,
	.run = run_rwlock,
	.verify = verify_writes,
};

const struct kernel kernel_rwlock_private = {
	LOCK("rwlock-private", "takes a lock of one process, nine times to read and once to write"),
	.needs = KERNEL_NEEDS_ONE_PROCESS,
	.open = open_rwlock_private,
	.run = run_rwlock,
	.verify = verify_writes,
};

const struct kernel kernel_semaphore = {
	LOCK("semaphore", "takes a binary semaphore that processes may share"),
	.open = open_semaphore_shared,
	.run = run_semaphore,
	.verify = verify,
};

const struct kernel kernel_semaphore_private = {
	LOCK("semaphore-private", "takes a binary semaphore of one process"),
	.needs = KERNEL_NEEDS_ONE_PROCESS,
	.open = open_semaphore_private,
	.run = run_semaphore,
	.verify = verify,
};
