/* A worker's life: initialise, then take part in jobs and take tasks; spin a little when there are none, then
 * sleep. */
#include <unistd.h>

#include "runners/affinity.h"
#include "runners/clock.h"
#include "runners/futex.h"
#include "runners/pool/state.h"

static void set_bit(_Atomic uint64_t *bits, uint32_t rank)
{
	atomic_fetch_or(&bits[rank / POOL_BITS], UINT64_C(1) << rank % POOL_BITS);
}

static bool clear_bit(_Atomic uint64_t *bits, uint32_t rank)
{
	uint64_t bit = UINT64_C(1) << rank % POOL_BITS;
	return atomic_fetch_and(&bits[rank / POOL_BITS], ~bit) & bit;
}

void workers_forget(struct pool_shared *shared, uint32_t rank)
{
	clear_bit(shared->sleeping, rank);
	atomic_store(&shared->worker[rank].spins, 0);
}

/* Who clears a sleeper's bit has to wake it. */
static uint32_t wake_word(struct pool_shared *shared, uint32_t word, uint32_t n)
{
	uint32_t woken = 0;
	uint64_t bits = atomic_load(&shared->sleeping[word]);
	for (; bits && woken < n; bits &= bits - 1) {
		uint32_t rank = word * POOL_BITS + (uint32_t)__builtin_ctzll(bits);
		if (!clear_bit(shared->sleeping, rank))
			continue;
		atomic_fetch_add(&shared->worker[rank].wake, 1);
		futex_wake_all(&shared->worker[rank].wake);
		woken++;
	}
	return woken;
}

uint32_t workers_wake(struct pool_shared *shared, uint32_t workers, uint32_t n)
{
	uint32_t woken = 0;
	for (uint32_t word = 0; word <= (workers - 1) / POOL_BITS && woken < n; word++)
		woken += wake_word(shared, word, n - woken);
	return woken;
}

/* One that spins will see the task by itself; one that is about to sleep looks again after it has said so. */
void workers_wake_one(const struct pool *pool)
{
	struct pool_shared *shared = pool->shared;
	uint32_t spinners = pool->spinners < pool->workers ? pool->spinners : pool->workers;
	for (uint32_t r = pool->first_worker; r < spinners; r++)
		if (atomic_load(&shared->worker[r].spins))
			return;
	workers_wake(shared, pool->workers, 1);
}

static bool is_stopped(const struct pool_shared *shared)
{
	return atomic_load_explicit(&shared->stop, memory_order_relaxed) == STOP_NOW ||
	       atomic_load_explicit(&shared->broken, memory_order_relaxed);
}

static bool has_something(const struct pool *pool, const struct pool_worker *me)
{
	struct pool_shared *shared = pool->shared;
	uint64_t job = atomic_load(&shared->job.open);
	return (job && job != me->joined) || !queue_is_empty(shared) || atomic_load(&shared->stop) ||
	       atomic_load(&shared->broken);
}

static void spin(const struct pool *pool, const struct pool_worker *me)
{
	uint64_t until = clock_ns() + SPIN_NS;
	do
		for (int i = 0; i < 64; i++) {
			if (has_something(pool, me))
				return;
			clock_relax();
		}
	while (clock_ns() < until);
}

static void idle(const struct pool *pool, struct pool_worker *me, uint32_t rank)
{
	struct pool_shared *shared = pool->shared;
	if (rank < pool->spinners) {
		atomic_store(&me->spins, 1);
		spin(pool, me);
	}
	uint32_t wake = atomic_load(&me->wake);
	bool sleeps = !has_something(pool, me);
	if (sleeps)
		set_bit(shared->sleeping, rank);
	if (rank < pool->spinners)
		atomic_store(&me->spins, 0);
	if (!sleeps)
		return;
	if (!has_something(pool, me))
		futex_wait(&me->wake, wake, 0);
	clear_bit(shared->sleeping, rank);
}

static void run_task(struct pool *pool, struct pool_worker *me, uint32_t rank, struct slot *slot)
{
	struct pool_shared *shared = pool->shared;
	if (!queue_is_empty(shared))
		workers_wake_one(pool);
	uint32_t attempts = atomic_fetch_add_explicit(&slot->attempts, 1, memory_order_relaxed) + 1;
	atomic_store_explicit(&me->beats, atomic_load_explicit(&me->beats, memory_order_relaxed) + 1,
			      memory_order_relaxed);
	atomic_store(&me->busy, 1);
	int code = slot->task(slot->input, slot->input_bytes, slot->output, slot->output_bytes);
	atomic_store(&me->busy, 0);
	slot->outcome[SLOT_BY_WORKER] = (struct pool_outcome){
		.state = code ? POOL_FAILED : POOL_DONE, .code = code, .attempts = attempts};
	if (slot_change(slot, SLOT_RUNNING, rank, SLOT_ENDED))
		slot_wake(shared, slot);
}

/* Who sleeps until some worker has run dry looks at the reports once more after it has said so. */
static void tell_caller(struct pool_job *job)
{
	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load(&job->waits))
		return;
	atomic_fetch_add(&job->ended, 1);
	futex_wake_all(&job->ended);
}

/* Where each has one chunk, the others are probably about to begin theirs: to look at their ranges would hold
 * them up. */
static void linger(const struct pool_job *job, uint64_t word, uint32_t workers)
{
	if (job_chunks(word) > workers)
		return;
	for (int i = 0; i < POOL_LINGERS && atomic_load_explicit(&job->open, memory_order_relaxed) == word;
	     i++)
		clock_relax();
}

/* Where it must, the caller closes the job and waits for all who are in it; so: say that one is in, then
 * look.
 */
static uint64_t take_part(struct pool *pool, struct pool_worker *me, uint32_t rank, uint64_t word,
			  uint64_t most)
{
	struct pool_job *job = &pool->shared->job;
	uint64_t done = 0;
	atomic_store(&me->in_job, job_number(word));
	if (atomic_load(&job->open) == word) {
		if (job_wakes_on(pool, word))
			workers_wake(pool->shared, pool->workers, POOL_WAKES);
		done = deal_own(pool, rank, word, most);
		tell_caller(job);
		linger(job, word, pool->workers);
		uint64_t stolen = deal_others(pool, rank, word, most - done);
		if (stolen)
			tell_caller(job);
		done += stolen;
	}
	me->joined = word;
	atomic_store(&me->in_job, 0);
	return done;
}

static void serve(struct pool *pool, struct pool_worker *me, uint32_t rank)
{
	struct pool_shared *shared = pool->shared;
	uint64_t left = pool->options.tasks_per_worker ? pool->options.tasks_per_worker : UINT64_MAX;
	while (left && !is_stopped(shared)) {
		uint64_t job = atomic_load(&shared->job.open);
		int slot;
		if (job && job != me->joined)
			left -= take_part(pool, me, rank, job, left);
		else if ((slot = queue_take(shared, rank)) >= 0) {
			run_task(pool, me, rank, &shared->slot[slot]);
			left--;
		} else if (atomic_load(&shared->stop) == STOP_DRAIN)
			return;
		else
			idle(pool, me, rank);
	}
}

static void tell(struct pool_shared *shared, struct pool_worker *me, enum life life)
{
	atomic_store(&me->life, life);
	atomic_fetch_add(&shared->ready, 1);
	futex_wake_all(&shared->ready);
}

/* The one thing that a task cannot be told: its signature is the user's data, and a thread has no other
 * place. */
static _Thread_local uint32_t own_rank;

uint32_t pool_rank(void)
{
	return own_rank;
}

void worker_main(struct pool *pool, uint32_t rank)
{
	own_rank = rank;
	struct pool_worker *me = &pool->shared->worker[rank];
	atomic_store(&me->pid, (int)gettid()); /* the keeper knows it too, but perhaps later */
	affinity_restore(pool->units);
	affinity_bind(pool->pu[rank]);
	int code = 0;
	if (pool->options.init) {
		atomic_store(&me->life, LIFE_INITIALISING);
		code = pool->options.init(pool->options.init_arg, rank);
	}
	if (code) {
		atomic_store(&me->init_code, code);
	} else {
		tell(pool->shared, me, LIFE_READY);
		serve(pool, me, rank);
		if (pool->options.leave)
			pool->options.leave(pool->options.init_arg, rank);
	}
	tell(pool->shared, me, LIFE_ENDED);
}
