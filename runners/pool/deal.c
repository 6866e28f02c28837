/*
 * Dealing the chunks of a job: each worker has a range of its own and takes from its front; who has run dry
 * steals the rear half of another's. An owner and a thief meet in one compare-and-swap of one word, so that
 * taking one's own costs no contention. Compare Blumofe & Leiserson, JACM 46(5), 1999, on stealing; ranges
 * instead of queues because a map's tasks are numbers.
 */
#include "runners/pool/state.h"

static uint64_t make_range(uint32_t begin, uint32_t end)
{
	return (uint64_t)end << 32 | begin;
}

static bool take(struct pool_worker *me, uint32_t *chunk)
{
	uint64_t range = atomic_load_explicit(&me->range, memory_order_relaxed);
	while ((uint32_t)range < (uint32_t)(range >> 32))
		if (atomic_compare_exchange_weak_explicit(&me->range, &range, range + 1, memory_order_acq_rel,
							  memory_order_relaxed)) {
			*chunk = (uint32_t)range;
			return true;
		}
	return false;
}

/* The rear half of what the first victim with something left has; of a single chunk, that. */
static bool steal(struct pool_shared *shared, uint32_t workers, uint32_t rank)
{
	for (uint32_t i = 1; i < workers; i++) {
		struct pool_worker *victim = &shared->worker[(rank + i) % workers];
		uint64_t range = atomic_load_explicit(&victim->range, memory_order_relaxed);
		for (;;) {
			uint32_t begin = (uint32_t)range, end = (uint32_t)(range >> 32);
			if (begin >= end)
				break;
			uint32_t middle = begin + (end - begin) / 2;
			if (!atomic_compare_exchange_weak_explicit(
				    &victim->range, &range, make_range(begin, middle), memory_order_acq_rel,
				    memory_order_relaxed))
				continue;
			atomic_store_explicit(&shared->worker[rank].range, make_range(middle, end),
					      memory_order_release);
			return true;
		}
	}
	return false;
}

static void add_failures(struct pool_job *job, struct pool_worker *me, const struct failures *more)
{
	struct failures *all = &me->failures;
	if (me->failures_job != job->number)
		*all = (struct failures){0};
	me->failures_job = job->number;
	if (all->count == 0 || more->first < all->first) {
		all->first = more->first;
		all->code = more->code;
	}
	all->count += more->count;
	atomic_store_explicit(&job->any_failed, 1, memory_order_relaxed);
}

/*
 * The chunk's state is RUNNING before and DONE after: a worker that is killed leaves the one chunk that it
 * was at marked as such, whatever else happened to its range.
 */
static void run_chunk(struct pool_job *job, struct pool_worker *me, uint32_t k)
{
	uint32_t chunk = job->list ? job->list[k] : k;
	uint64_t begin = (uint64_t)chunk * job->chunk, left = job->count - begin;
	atomic_store_explicit(&me->chunk, chunk, memory_order_relaxed);
	atomic_store_explicit(&me->beats, atomic_load_explicit(&me->beats, memory_order_relaxed) + 1,
			      memory_order_relaxed);
	atomic_store_explicit(job_state(job, chunk), CHUNK_RUNNING, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	struct failures failures = {0};
	begin += job->first;
	enum chunk_state state = job->body(job, begin, begin + (left < job->chunk ? left : job->chunk),
					   &failures);
	if (failures.count)
		add_failures(job, me, &failures);
	atomic_store_explicit(job_state(job, chunk), state, memory_order_release);
}

uint64_t deal_work(struct pool_shared *shared, uint32_t workers, uint32_t rank, uint64_t most)
{
	struct pool_job *job = &shared->job;
	struct pool_worker *me = &shared->worker[rank];
	uint64_t done = 0;
	uint32_t chunk;
	do
		while (done < most && take(me, &chunk)) {
			run_chunk(job, me, chunk);
			done++;
		}
	while (done < most && steal(shared, workers, rank));
	if (done)
		atomic_store_explicit(&me->completed,
				      atomic_load_explicit(&me->completed, memory_order_relaxed) + done,
				      memory_order_release);
	return done;
}
