/*
 * Transports through shared memory: a message is written and read where it lies, in one slot. They differ in
 * how one waits for it to be full, or empty again.
 */
#include "kernels/channel/channel.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels/relax.h"

void channel_relax(void)
{
	relax();
}

/* ---- spinning, and yielding the processor ---- */

static int count_open(struct token *t, uint32_t count)
{
	atomic_store(&t->count, count);
	return 0;
}

static void count_close(struct token *t)
{
	(void)t;
}

static int spin_wait(struct token *t)
{
	while (atomic_load_explicit(&t->count, memory_order_acquire) == 0)
		channel_relax();
	atomic_store_explicit(&t->count, 0, memory_order_relaxed);
	return 0;
}

static int yield_wait(struct token *t)
{
	while (atomic_load_explicit(&t->count, memory_order_acquire) == 0)
		sched_yield();
	atomic_store_explicit(&t->count, 0, memory_order_relaxed);
	return 0;
}

static int spin_post(struct token *t)
{
	atomic_store_explicit(&t->count, 1, memory_order_release);
	return 0;
}

/* ---- sleeping on the word ---- */

static int futex_token_wait(struct token *t)
{
	while (atomic_load_explicit(&t->count, memory_order_acquire) == 0)
		syscall(SYS_futex, &t->count, FUTEX_WAIT, 0, NULL, NULL, 0);
	atomic_store_explicit(&t->count, 0, memory_order_relaxed);
	return 0;
}

static int futex_token_post(struct token *t)
{
	atomic_store_explicit(&t->count, 1, memory_order_release);
	return syscall(SYS_futex, &t->count, FUTEX_WAKE, 1, NULL, NULL, 0) < 0 ? -errno : 0;
}

/* A count that only grows. The wake is a system call: it is spared where nobody sleeps. */
int count_sleep(struct token *t, uint32_t seen)
{
	atomic_store(&t->sleeper, 1);
	if (atomic_load(&t->count) == seen)
		syscall(SYS_futex, &t->count, FUTEX_WAIT, seen, NULL, NULL, 0);
	atomic_store(&t->sleeper, 0);
	return 0;
}

int count_raise(struct token *t)
{
	atomic_store(&t->count, atomic_load_explicit(&t->count, memory_order_relaxed) + 1);
	if (!atomic_load(&t->sleeper))
		return 0;
	return syscall(SYS_futex, &t->count, FUTEX_WAKE, 1, NULL, NULL, 0) < 0 ? -errno : 0;
}

/* ---- eventfd ---- */

static int eventfd_open(struct token *t, uint32_t count)
{
	t->fd = eventfd(count, EFD_CLOEXEC | EFD_SEMAPHORE);
	return t->fd < 0 ? -errno : 0;
}

static void eventfd_close(struct token *t)
{
	close(t->fd);
}

static int eventfd_wait(struct token *t)
{
	eventfd_t value;
	int error;
	do
		error = eventfd_read(t->fd, &value) == 0 ? 0 : -errno;
	while (error == -EINTR);
	return error;
}

static int eventfd_post(struct token *t)
{
	return eventfd_write(t->fd, 1) == 0 ? 0 : -errno;
}

/* ---- POSIX semaphore ---- */

static int semaphore_open(struct token *t, uint32_t count)
{
	return sem_init(&t->semaphore, 1, count) == 0 ? 0 : -errno;
}

static void semaphore_close(struct token *t)
{
	sem_destroy(&t->semaphore);
}

static int semaphore_wait(struct token *t)
{
	int error;
	do
		error = sem_wait(&t->semaphore) == 0 ? 0 : -errno;
	while (error == -EINTR);
	return error;
}

static int semaphore_post(struct token *t)
{
	return sem_post(&t->semaphore) == 0 ? 0 : -errno;
}

/* ---- a plain variable under a mutex ---- */

static int mutex_open_as(struct token *t, uint32_t count, int pshared)
{
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;
	pthread_mutexattr_init(&mutex);
	pthread_condattr_init(&cond);
	int error = pthread_mutexattr_setpshared(&mutex, pshared);
	if (!error)
		error = pthread_condattr_setpshared(&cond, pshared);
	if (!error)
		error = pthread_mutex_init(&t->mutex, &mutex);
	if (!error)
		error = pthread_cond_init(&t->posted, &cond);
	pthread_mutexattr_destroy(&mutex);
	pthread_condattr_destroy(&cond);
	atomic_store(&t->count, count);
	return -error;
}

static int mutex_open(struct token *t, uint32_t count)
{
	return mutex_open_as(t, count, PTHREAD_PROCESS_SHARED);
}

static int mutex_private_open(struct token *t, uint32_t count)
{
	return mutex_open_as(t, count, PTHREAD_PROCESS_PRIVATE);
}

/* Not destroyed: to destroy a condition that a killed worker waited for would be to wait for it. */
static int mutex_wait(struct token *t)
{
	int error = pthread_mutex_lock(&t->mutex);
	while (!error && atomic_load_explicit(&t->count, memory_order_relaxed) == 0)
		error = pthread_cond_wait(&t->posted, &t->mutex);
	if (error)
		return -error;
	atomic_store_explicit(&t->count, 0, memory_order_relaxed);
	return -pthread_mutex_unlock(&t->mutex);
}

static int mutex_post(struct token *t)
{
	int error = pthread_mutex_lock(&t->mutex);
	if (error)
		return -error;
	atomic_store_explicit(&t->count, 1, memory_order_relaxed);
	pthread_cond_signal(&t->posted);
	return -pthread_mutex_unlock(&t->mutex);
}

/*
 * A transport of a token's four functions; the slot's part is the same for all. A list of definitions,
 * without control flow.
 */
#define SLOT_TRANSPORT(name, token_open, token_close, token_wait, token_post, count) \
	static int name##_lane_open(struct lane *lane, size_t bytes)                 \
	{                                                                            \
		int error = token_open(&lane->full, 0);                              \
		(void)bytes;                                                         \
		return error ? error : token_open(&lane->empty, 1);                  \
	}                                                                            \
	static void name##_lane_close(struct lane *lane)                             \
	{                                                                            \
		token_close(&lane->full);                                            \
		token_close(&lane->empty);                                           \
	}                                                                            \
	static unsigned char *name##_claim(struct end *end)                          \
	{                                                                            \
		return token_wait(&end->lane->empty) ? NULL : end->slot;             \
	}                                                                            \
	static int name##_publish(struct end *end)                                   \
	{                                                                            \
		return token_post(&end->lane->full);                                 \
	}                                                                            \
	static unsigned char *name##_await(struct end *end)                          \
	{                                                                            \
		return token_wait(&end->lane->full) ? NULL : end->slot;              \
	}                                                                            \
	static int name##_release(struct end *end)                                   \
	{                                                                            \
		return token_post(&end->lane->empty);                                \
	}                                                                            \
	const struct transport transport_##name = {name##_lane_open,                 \
						   name##_lane_close,                \
						   name##_claim,                     \
						   name##_publish,                   \
						   name##_await,                     \
						   name##_release,                   \
						   count,                            \
						   1,                                \
						   NULL};

SLOT_TRANSPORT(spin, count_open, count_close, spin_wait, spin_post, 5000)
SLOT_TRANSPORT(yield, count_open, count_close, yield_wait, spin_post, 1000)
SLOT_TRANSPORT(futex, count_open, count_close, futex_token_wait, futex_token_post, 100)
SLOT_TRANSPORT(eventfd, eventfd_open, eventfd_close, eventfd_wait, eventfd_post, 100)
SLOT_TRANSPORT(semaphore, semaphore_open, semaphore_close, semaphore_wait, semaphore_post, 100)
SLOT_TRANSPORT(mutex, mutex_open, count_close, mutex_wait, mutex_post, 100)
SLOT_TRANSPORT(mutex_private, mutex_private_open, count_close, mutex_wait, mutex_post, 100)
