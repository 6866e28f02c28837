/*
 * One pass of a map: the caller opens the job, helps if it is a worker itself, waits until the workers'
 * counts add up, and closes it.
 */
#include <unistd.h>

#include "runners/clock.h"
#include "runners/futex.h"
#include "runners/pool/keeper.h"
#include "runners/pool/map.h"

enum { SPINS = 1000, SPINS_BEFORE_EVICTION = 1100 };

/* Chunks of the open job that were reported as done. Its lines are read without waiting for each other. */
static uint64_t completed(const struct pool *pool)
{
	uint64_t sum = 0, number = pool->job_number;
	for (uint32_t r = 0; r < pool->workers; r++) {
		uint64_t told = atomic_load_explicit(&pool->shared->worker[r].report, memory_order_acquire);
		sum += job_number(told) == number ? job_chunks(told) : 0;
	}
	return sum;
}

bool pass_must_stop(struct pool *pool)
{
	const struct pool_shared *shared = pool->shared;
	return atomic_load(&shared->stop) == STOP_NOW || atomic_load(&shared->broken) ||
	       pool_is_interrupted(pool);
}

/* Spins, then sleeps, until a worker has run dry or something has to be looked at. */
static void await_news(struct pool *pool, uint32_t chunks, uint64_t *spin_until)
{
	struct pool_job *job = &pool->shared->job;
	uint64_t now = clock_ns();
	if (*spin_until == 0)
		*spin_until = now + (pool->caller_spins_in_maps ? SPIN_NS : 0);
	if (now < *spin_until) {
		for (int i = 0; i < 64 && completed(pool) < chunks; i++)
			clock_relax();
		return;
	}
	workers_wake(pool->shared, pool->workers, chunks); /* who should have woken them may be dead */
	uint32_t news = atomic_load(&job->ended);
	atomic_store(&job->waits, 1);
	if (completed(pool) < chunks)
		futex_wait(&job->ended, news, NAP_NS);
	atomic_store(&job->waits, 0);
	keeper_check(pool);
}

/* Once nobody wants the job any more, it is left after the item that runs. */
static void stop_if_must(struct pool *pool)
{
	if (pass_must_stop(pool))
		atomic_store(&pool->shared->job.stopping, 1);
}

/* Processes that do not come out of it in time are killed. */
static void evict(struct pool *pool)
{
	struct pool_job *job = &pool->shared->job;
	if (!pool_is_processes(pool) || !atomic_load(&job->stopping) ||
	    atomic_load(&job->evicted) == pool->job_number)
		return;
	atomic_store(&job->evicted, pool->job_number);
	keeper_evict(pool);
}

/*
 * Nobody may enter, and all are waited for who are in it, or late in another; `early`: they find nothing more
 * to do. False: a thread hangs in it.
 */
static bool close_job(struct pool *pool, bool early)
{
	struct pool_shared *shared = pool->shared;
	if (early)
		stop_if_must(pool);
	atomic_store(&shared->job.open, 0);
	for (uint32_t r = pool->first_worker, spins = 0; r < pool->workers;) {
		/* Again and again: a thief may be about to write what it has stolen into its own. */
		deal_close(pool, pool->job_number);
		if (atomic_load(&shared->worker[r].in_job) == 0) {
			r++;
		} else if (atomic_load(&shared->hung)) {
			return false;
		} else if (++spins < SPINS) {
			clock_relax();
		} else {
			keeper_check(pool);
			if (early)
				stop_if_must(pool);
			if (spins > SPINS_BEFORE_EVICTION)
				evict(pool);
			usleep(spins < 2000 ? 0 : 1000);
		}
	}
	return true;
}

/* The caller's own part; between chunks it sees that it is interrupted. */
static void work_oneself(struct pool *pool, uint64_t job,
			 uint64_t (*deal)(struct pool *, uint32_t, uint64_t, uint64_t))
{
	if (!pool->first_worker)
		return;
	if (!pool->options.interrupted)
		deal(pool, 0, job, UINT64_MAX);
	else
		while (!pool_is_interrupted(pool) && deal(pool, 0, job, 1))
			;
}

/* Its word, and how many workers had to be woken for it. */
static uint64_t open_job(struct pool *pool, uint32_t chunks, uint32_t *woken)
{
	struct pool_job *job = &pool->shared->job;
	if (pool->job_number % DEAL_JOBS_MAX == 0)
		close_job(pool, false);
	if (atomic_load_explicit(&pool->shared->casualties, memory_order_relaxed))
		atomic_store(&pool->shared->casualties, 0);
	if (atomic_load_explicit(&job->stopping, memory_order_relaxed))
		atomic_store(&job->stopping, 0);
	uint64_t word = job_word(++pool->job_number, chunks);
	atomic_store(&job->open, word);
	uint32_t wanted = chunks < pool->workers ? chunks : pool->workers;
	if (job_wakes_on(pool, word))
		wanted = POOL_WAKES;
	*woken = workers_wake(pool->shared, pool->workers, wanted);
	return word;
}

/* Where each has one chunk and all are awake, the others are about to end theirs: to look for something to
 * steal would hold them up. */
static void linger(const struct pool *pool, uint32_t chunks)
{
	if (chunks > pool->workers)
		return;
	for (int i = 0; pool->caller_spins_in_maps && i < POOL_LINGERS && completed(pool) != chunks; i++)
		clock_relax();
}

void pass_run(struct pool *pool, uint32_t chunks)
{
	const struct pool_job *job = &pool->shared->job;
	uint32_t woken;
	uint64_t deaths = atomic_load(&job->deaths), spin_until = 0, word = open_job(pool, chunks, &woken);
	work_oneself(pool, word, deal_own);
	if (!woken)
		linger(pool, chunks);
	while (completed(pool) != chunks) {
		if (atomic_load(&job->deaths) != deaths || pass_must_stop(pool)) {
			close_job(pool, true);
			return;
		}
		work_oneself(pool, word, deal_others);
		await_news(pool, chunks, &spin_until);
	}
}
