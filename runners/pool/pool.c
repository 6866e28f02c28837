/* Opening and ending a pool. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/futex.h"
#include "runners/pool/keeper.h"
#include "runners/pool/state.h"

enum { RETRIES = 3, SHARE_OF_LIMIT = 8, PAGE = 4096 };

void pool_break(struct pool_shared *shared, const char *format, ...)
{
	va_list arguments;
	uint32_t whole = 0;
	if (!atomic_compare_exchange_strong(&shared->broken, &whole, 1))
		return;
	va_start(arguments, format);
	vsnprintf(shared->reason, sizeof shared->reason, format, arguments);
	va_end(arguments);
	atomic_store(&shared->broken, 2);
	atomic_fetch_add(&shared->ready, 1);
	futex_wake_all(&shared->ready);
}

const char *pool_reason(const struct pool *pool)
{
	return atomic_load(&pool->shared->broken) == 2 ? pool->shared->reason : "";
}

int pool_refuses(struct pool *pool)
{
	if (!pool_is_own(pool))
		return -EPERM;
	if (atomic_load(&pool->shared->broken) || atomic_load(&pool->shared->stop) == STOP_NOW)
		return -ECANCELED;
	return atomic_load(&pool->closed) ? -ESHUTDOWN : 0;
}

bool pool_is_interrupted(const struct pool *pool)
{
	return pool->options.interrupted && *pool->options.interrupted;
}

/* ---- memory ---- */

/* Threads get the same kind of page as processes, so that the two can be compared. */
void *pool_take(struct pool *pool, size_t bytes)
{
	return heap_take(&pool->heap, bytes);
}

void pool_give(struct pool *pool, void *memory)
{
	if (memory)
		heap_give(&pool->heap, memory);
}

void *pool_alloc(struct pool *pool, size_t bytes)
{
	if (!pool_is_own(pool)) {
		errno = EPERM;
		return NULL;
	}
	void *memory = pool_take(pool, bytes);
	if (memory && bytes <= HEAP_DIRTY_MAX)
		memset(memory, 0, bytes);
	return memory;
}

void pool_unalloc(struct pool *pool, void *memory)
{
	if (pool_is_own(pool))
		pool_give(pool, memory);
}

bool pool_must_copy(const struct pool *pool, const void *memory, size_t bytes)
{
	return pool_is_processes(pool) && !heap_has(&pool->heap, memory, bytes);
}

/* ---- opening ---- */

/* As much as the machine has memory; of a limited address space a small share, for the program has to live in
 * it too. */
static uint64_t default_reserve(void)
{
	struct sysinfo info;
	struct rlimit space;
	uint64_t bytes = sysinfo(&info) == 0 ? (uint64_t)info.totalram * info.mem_unit : UINT64_C(1) << 30;
	if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
	    space.rlim_cur / SHARE_OF_LIMIT < bytes)
		bytes = space.rlim_cur / SHARE_OF_LIMIT;
	return bytes;
}

static const char *contradiction(const struct pool_options *o)
{
	if (o->kind != POOL_THREADS && o->kind != POOL_PROCESSES)
		return "kind is neither POOL_THREADS nor POOL_PROCESSES";
	if (o->workers > POOL_WORKERS_MAX)
		return "more than 1024 workers";
	if (o->placement > POOL_SMT)
		return "placement is none of enum pool_placement";
	if (o->on_loss > POOL_BREAK)
		return "on_loss is none of enum pool_on_loss";
	if (o->caller_works && o->workers == 1)
		return "caller_works needs 2 workers: one is the caller, who takes no single tasks";
	return NULL;
}

static void complete_options(struct pool *pool, const struct pool_options *given)
{
	struct pool_options *o = &pool->options;
	uint32_t cpus = pool_find_units(pool);
	*o = *given;
	if (o->workers == 0)
		o->workers = o->caller_works && cpus < 2 ? 2
			     : cpus < POOL_WORKERS_MAX   ? cpus
							 : POOL_WORKERS_MAX;
	if (o->retries == 0)
		o->retries = RETRIES;
	if (o->shared_bytes == 0)
		o->shared_bytes = default_reserve();
	pool->workers = o->workers;
	pool->first_worker = o->caller_works ? 1 : 0;
	/* As many spin as there are processors beside the caller's, or they would take them from those who
	 * work. */
	pool->spinners = cpus - (o->caller_works ? 0 : 1);
	pool->caller_spins = cpus > 1;
	pool->caller_spins_in_maps = cpus > 1 && (o->caller_works ? o->workers : o->workers + 1) <= cpus;
}

/* Linux 4.14 and later. */
static void mark_own(struct pool *pool)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pool->caller = getpid();
	if (page == MAP_FAILED)
		return;
	if (madvise(page, PAGE, MADV_WIPEONFORK) != 0) {
		munmap(page, PAGE);
		return;
	}
	*(unsigned char *)page = 1;
	pool->own_page = page;
}

static int map_shared(struct pool *pool)
{
	pool->shared_bytes = sizeof *pool->shared;
	void *base = mmap(NULL, pool->shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			  0);
	if (base == MAP_FAILED)
		return -errno;
	pool->shared = base;
	return heap_open(&pool->heap, pool->options.shared_bytes);
}

static void unmap(struct pool *pool)
{
	if (pool->shared)
		munmap(pool->shared, pool->shared_bytes);
	if (pool->command_fd >= 0)
		close(pool->command_fd);
	if (pool->own_page)
		munmap((void *)(uintptr_t)pool->own_page, PAGE);
}

/* Of a forked child: no lock is taken and no list is walked, for another thread may have been at them. */
static void let_go(struct pool *pool)
{
	heap_let_go(&pool->heap);
	if (pool->keeper_fd >= 0)
		close(pool->keeper_fd);
	unmap(pool);
	free(pool->units);
	free(pool);
}

static void release(struct pool *pool)
{
	keeper_join(pool);
	tasks_close(pool);
	pool_give(pool, (void *)(uintptr_t)pool->chunk_states);
	heap_close(&pool->heap);
	unmap(pool);
	pthread_mutex_destroy(&pool->map_lock);
	free(pool->units);
	free(pool);
}

static int build(struct pool *pool, char *why, size_t why_bytes)
{
	int error = map_shared(pool);
	if (!error)
		error = pool_plan(pool, why, why_bytes);
	if (!error)
		error = tasks_open(pool);
	return error ? error : keeper_start(pool);
}

/* 0 when all workers are ready; not, when the pool broke before. */
static int await_workers(struct pool *pool)
{
	struct pool_shared *shared = pool->shared;
	for (;;) {
		uint32_t news = atomic_load(&shared->ready), ready = 0;
		for (uint32_t r = pool->first_worker; r < pool->workers; r++)
			ready += atomic_load(&shared->worker[r].life) == LIFE_READY;
		if (atomic_load(&shared->broken))
			return -ECANCELED;
		if (ready == pool->workers - pool->first_worker)
			return 0;
		if (pool_is_interrupted(pool))
			return -EINTR;
		futex_wait(&shared->ready, news, NAP_NS);
		keeper_check(pool);
	}
}

struct pool *pool_open(const struct pool_options *options, char *why, size_t why_bytes)
{
	const char *wrong = contradiction(options);
	struct pool *pool = wrong ? NULL : calloc(1, sizeof *pool);
	if (!pool) {
		snprintf(why, why_bytes, "%s", wrong ? wrong : strerror(ENOMEM));
		errno = wrong ? EINVAL : ENOMEM;
		return NULL;
	}
	pool->keeper_fd = pool->command_fd = -1;
	pthread_mutex_init(&pool->map_lock, NULL);
	complete_options(pool, options);
	mark_own(pool);
	if (why_bytes)
		*why = '\0';
	int error = build(pool, why, why_bytes);
	if (!error)
		error = await_workers(pool);
	if (!error)
		return pool;
	if (error == -ECANCELED)
		snprintf(why, why_bytes, "%s", pool->shared->reason);
	else if (why_bytes && !*why)
		snprintf(why, why_bytes, "%s", strerror(-error));
	if (pool->kept)
		pool_terminate(pool);
	release(pool);
	errno = -error;
	return NULL;
}

/* ---- ending ---- */

void pool_close(struct pool *pool)
{
	uint32_t running = STOP_NOT;
	if (!pool_is_own(pool))
		return;
	tasks_refuse(pool);
	/* A map that was begun goes on: workers leave when it is over. */
	pthread_mutex_lock(&pool->map_lock);
	atomic_compare_exchange_strong(&pool->shared->stop, &running, STOP_DRAIN);
	pthread_mutex_unlock(&pool->map_lock);
	keeper_command(pool);
}

void pool_terminate(struct pool *pool)
{
	if (!pool_is_own(pool))
		return;
	tasks_refuse(pool);
	atomic_store(&pool->shared->stop, STOP_NOW);
	keeper_command(pool);
}

int pool_join(struct pool *pool)
{
	struct pool_shared *shared = pool->shared;
	if (!pool_is_own(pool))
		return -EPERM;
	if (!atomic_load(&pool->closed) && !atomic_load(&shared->broken))
		return -EINVAL;
	while (!atomic_load(&shared->gone)) {
		if (pool_is_interrupted(pool))
			pool_terminate(pool);
		futex_wait(&shared->gone, 0, NAP_NS);
		keeper_check(pool);
	}
	keeper_join(pool);
	tasks_join(pool);
	return 0;
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	if (!pool_is_own(pool)) {
		let_go(pool);
		return;
	}
	pool_terminate(pool);
	pool_join(pool);
	release(pool);
}

/* ---- looking ---- */

const char *pool_isolation(const struct pool *pool)
{
	return pool_is_processes(pool) ? "process" : "none";
}

uint32_t pool_workers(const struct pool *pool)
{
	return pool->workers;
}

void pool_pids(const struct pool *pool, int *pids)
{
	for (uint32_t r = 0; r < pool->workers; r++)
		pids[r] = r < pool->first_worker ? (int)gettid() : atomic_load(&pool->shared->worker[r].pid);
}

const char *pool_state_name(enum pool_state state)
{
	static const char *const names[] = {
		[POOL_PENDING] = "pending", [POOL_DONE] = "done",           [POOL_FAILED] = "failed",
		[POOL_LOST] = "lost",       [POOL_CANCELLED] = "cancelled", [POOL_TIMED_OUT] = "timed out",
	};
	return state <= POOL_TIMED_OUT ? names[state] : "?";
}
