/*
 * Dealing the chunks of a job: each worker has a range of its own and takes from its front; who has run dry
 * steals the rear half of another's. An owner and a thief meet in one compare-and-swap of one word, so that
 * taking one's own costs no contention. Compare Blumofe & Leiserson, JACM 46(5), 1999, on stealing; ranges
 * instead of queues because a map's tasks are numbers.
 *
 * Nobody hands the ranges out. A range bears the number of its job: one that is older than the job at hand
 * is as good as the worker's whole share of it, whoever comes first, its owner or a thief; one that is newer
 * tells who finds it that its own job is over.
 */
#include "runners/pool/state.h"

enum { BOUND_BITS = 23, TAG_BITS = 64 - 2 * BOUND_BITS };
_Static_assert((int)JOB_CHUNK_BITS > (int)BOUND_BITS, "a job's word holds as many chunks as a range");
_Static_assert((int)DEAL_JOBS_MAX <= 1 << ((int)TAG_BITS - 2), "older and newer cannot be mixed up");

struct range {
	uint32_t begin, end;
};

static uint64_t pack(uint64_t number, struct range r)
{
	return number << 2 * BOUND_BITS | (uint64_t)r.end << BOUND_BITS | r.begin;
}

/* Below zero: the word is of an older job. */
static int64_t age(uint64_t word, uint64_t number)
{
	uint64_t difference = (word >> 2 * BOUND_BITS) - number;
	return (int64_t)(difference << 2 * BOUND_BITS) >> 2 * BOUND_BITS;
}

/* What is left of a worker's share of the job. False: nothing, or the job is over. */
static bool unpack(uint64_t word, uint64_t job, uint32_t rank, uint32_t workers, struct range *r)
{
	const uint64_t mask = (UINT64_C(1) << BOUND_BITS) - 1, chunks = job_chunks(job);
	int64_t is = age(word, job_number(job));
	if (is < 0)
		*r = (struct range){(uint32_t)(chunks * rank / workers),
				    (uint32_t)(chunks * (rank + 1) / workers)};
	else
		*r = (struct range){(uint32_t)(word & mask), (uint32_t)(word >> BOUND_BITS & mask)};
	return is <= 0 && r->begin < r->end;
}

static bool take(struct pool *pool, uint32_t rank, uint64_t job, uint32_t *chunk)
{
	struct pool_worker *me = &pool->shared->worker[rank];
	uint64_t word = atomic_load_explicit(&me->range, memory_order_relaxed);
	for (struct range r; unpack(word, job, rank, pool->workers, &r);) {
		*chunk = r.begin++;
		if (atomic_compare_exchange_weak_explicit(&me->range, &word, pack(job_number(job), r),
							  memory_order_acq_rel, memory_order_relaxed))
			return true;
	}
	return false;
}

/* The rear half of what is left to the victim; of a single chunk, that. */
static bool steal_from(struct pool *pool, uint32_t victim, uint32_t rank, uint64_t job)
{
	_Atomic uint64_t *from = &pool->shared->worker[victim].range;
	uint64_t word = atomic_load_explicit(from, memory_order_relaxed), number = job_number(job);
	for (struct range r; unpack(word, job, victim, pool->workers, &r);) {
		struct range mine = {r.begin + (r.end - r.begin) / 2, r.end};
		r.end = mine.begin;
		if (!atomic_compare_exchange_weak_explicit(from, &word, pack(number, r), memory_order_acq_rel,
							   memory_order_relaxed))
			continue;
		atomic_store_explicit(&pool->shared->worker[rank].range, pack(number, mine),
				      memory_order_release);
		return true;
	}
	return false;
}

static bool is_open(const struct pool *pool, uint64_t job)
{
	return atomic_load_explicit(&pool->shared->job.open, memory_order_relaxed) == job;
}

static bool steal(struct pool *pool, uint32_t rank, uint64_t job)
{
	uint32_t workers = pool->workers;
	for (uint32_t i = 1; i < workers && is_open(pool, job); i++)
		if (steal_from(pool, (rank + i) % workers, rank, job))
			return true;
	return false;
}

void deal_close(struct pool *pool, uint64_t number)
{
	for (uint32_t r = 0; r < pool->workers; r++)
		atomic_store(&pool->shared->worker[r].range, pack(number, (struct range){0, 0}));
}

/* ---- the chunks' states ---- */

enum { STATE_BITS = 8 };

enum chunk_state job_state(const struct pool_job *job, uint64_t number, uint32_t chunk)
{
	if (job->work.state)
		return (enum chunk_state)atomic_load_explicit(&job->work.state[chunk], memory_order_acquire);
	uint64_t word = atomic_load_explicit(&job->few[chunk].word, memory_order_acquire);
	return word >> STATE_BITS == number ? (enum chunk_state)(word & ((1 << STATE_BITS) - 1)) : CHUNK_NEW;
}

void job_set_state(struct pool_job *job, uint64_t number, uint32_t chunk, enum chunk_state state)
{
	if (job->work.state)
		atomic_store_explicit(&job->work.state[chunk], (unsigned char)state, memory_order_release);
	else
		atomic_store_explicit(&job->few[chunk].word, number << STATE_BITS | (unsigned)state,
				      memory_order_release);
}

/* ---- doing them ---- */

static void add_failures(struct pool_job *job, uint64_t number, struct pool_worker *me,
			 const struct failures *more)
{
	struct failures *all = &me->failures;
	if (me->failures_job != number)
		*all = (struct failures){0};
	me->failures_job = number;
	if (all->count == 0 || more->first < all->first) {
		all->first = more->first;
		all->code = more->code;
	}
	all->count += more->count;
	atomic_store_explicit(&job->any_failed, 1, memory_order_relaxed);
}

static void beat(struct pool_worker *me)
{
	atomic_store_explicit(&me->beats, atomic_load_explicit(&me->beats, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

/*
 * The chunk's state is RUNNING before and DONE after: a worker that is killed leaves the one chunk that it
 * was at marked as such, whatever else happened to its range.
 */
static void run_chunk(struct pool_job *job, uint64_t number, struct pool_worker *me, uint32_t k)
{
	const struct job_work *work = &job->work;
	uint32_t chunk = work->list ? work->list[k] : k;
	uint64_t begin = (uint64_t)chunk * work->chunk, left = work->count - begin;
	atomic_store_explicit(&me->chunk, chunk, memory_order_relaxed);
	beat(me);
	job_set_state(job, number, chunk, CHUNK_RUNNING);
	atomic_signal_fence(memory_order_seq_cst);
	struct failures failures = {0};
	begin += work->first;
	enum chunk_state state = work->body(job, begin, begin + (left < work->chunk ? left : work->chunk),
					    &failures);
	if (failures.count)
		add_failures(job, number, me, &failures);
	job_set_state(job, number, chunk, state);
}

/* To what it, or the one whose place it took, has done of the job already. */
static void report(struct pool_worker *me, uint64_t job, uint64_t done)
{
	uint64_t told = atomic_load_explicit(&me->report, memory_order_relaxed);
	uint64_t before = job_number(told) == job_number(job) ? job_chunks(told) : 0;
	atomic_store_explicit(&me->report, job_word(job_number(job), before + done), memory_order_release);
}

uint64_t deal_own(struct pool *pool, uint32_t rank, uint64_t job, uint64_t most)
{
	struct pool_worker *me = &pool->shared->worker[rank];
	uint64_t done = 0;
	for (uint32_t chunk; done < most && take(pool, rank, job, &chunk); done++) {
		if (done == 0)
			atomic_store_explicit(&me->busy, 1, memory_order_relaxed);
		run_chunk(&pool->shared->job, job_number(job), me, chunk);
	}
	if (done == 0)
		return 0;
	atomic_store_explicit(&me->busy, 0, memory_order_relaxed);
	report(me, job, done);
	return done;
}

uint64_t deal_others(struct pool *pool, uint32_t rank, uint64_t job, uint64_t most)
{
	/* What is stolen takes the place of one's own share, of which nothing may be left. */
	uint64_t done = deal_own(pool, rank, job, most);
	while (done < most && steal(pool, rank, job))
		done += deal_own(pool, rank, job, most - done);
	return done;
}
