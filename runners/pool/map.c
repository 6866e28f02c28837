/*
 * Maps: jobs over index ranges, in passes. When a worker died in one, the chunks' states tell what is left;
 * that is another pass.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runners/pool/keeper.h"
#include "runners/pool/map.h"

enum { CHUNKS_A_WORKER = 32 };
/* A job's states have to fit memory: longer maps are several jobs. */
#define BLOCK_CHUNKS (UINT64_C(1) << 22)

struct map {
	struct pool *pool;
	struct pool_map_outcome outcome;
	uint32_t *list;      /* the chunks of the next pass; pool memory */
	uint8_t *tries;      /* of each chunk; NULL until one is lost */
	uint64_t first_pass; /* the job number of the first pass over these chunks */
};

/* ---- what became of it ---- */

/* What is cancelled is so because of something else, which says more. */
static bool says_more(const struct map *m, uint64_t first, const struct pool_outcome *outcome)
{
	bool cancelled = outcome->state == POOL_CANCELLED;
	bool noted_cancelled = m->outcome.outcome.state == POOL_CANCELLED;
	if (m->outcome.not_done == 0 || cancelled != noted_cancelled)
		return m->outcome.not_done == 0 || noted_cancelled;
	return first < m->outcome.first;
}

static void note_lost(struct map *m, uint64_t first, uint64_t items, const struct pool_outcome *outcome)
{
	if (says_more(m, first, outcome)) {
		m->outcome.first = first;
		m->outcome.outcome = *outcome;
	}
	m->outcome.not_done += items;
}

static void gather_failures(struct map *m)
{
	struct pool_shared *shared = m->pool->shared;
	if (!atomic_load(&shared->job.any_failed))
		return;
	for (uint32_t r = 0; r < m->pool->workers; r++) {
		const struct pool_worker *w = &shared->worker[r];
		const struct failures *f = &w->failures;
		struct pool_outcome failed = {.state = POOL_FAILED, .code = f->code, .attempts = 1};
		if (w->failures_job == m->pool->job_number)
			note_lost(m, f->first, f->count, &failed);
	}
	atomic_store(&shared->job.any_failed, 0);
}

static struct pool_outcome fate_of(const struct map *m, uint32_t chunk, uint32_t attempts, bool over)
{
	const struct pool_shared *shared = m->pool->shared;
	uint32_t n = atomic_load(&shared->casualties);
	for (uint32_t i = 0; i < n; i++)
		if (shared->casualty[i].chunk == chunk && shared->casualty[i].job >= m->first_pass)
			return keeper_outcome(shared->casualty[i].wait_status, shared->casualty[i].timed_out,
					      attempts);
	return (struct pool_outcome){.state = over ? POOL_CANCELLED : POOL_LOST, .attempts = attempts};
}

static bool is_tried_again(struct map *m, uint32_t chunk, uint64_t chunks, const struct pool_outcome *fate)
{
	const struct pool_options *o = &m->pool->options;
	if (!m->tries)
		m->tries = calloc(chunks, sizeof *m->tries);
	return m->tries && o->on_loss == POOL_RETRY && fate->state == POOL_LOST &&
	       ++m->tries[chunk] <= (o->retries < UINT8_MAX ? o->retries : UINT8_MAX - 1);
}

/* After a pass that ended early: what is left to do goes into the list; what is lost is noted. How many are
 * left. */
static uint32_t find_left(struct map *m, uint32_t chunks)
{
	struct pool *pool = m->pool;
	struct pool_job *job = &pool->shared->job;
	const struct job_work *work = &job->work;
	struct pool_outcome cancelled = {.state = POOL_CANCELLED};
	bool over = pass_must_stop(pool) || atomic_load(&job->stopping);
	uint64_t number = pool->job_number;
	uint32_t left = 0;
	if (!m->list && !over)
		m->list = pool_take(pool, chunks * sizeof *m->list);
	for (uint32_t c = 0; c < chunks; c++) {
		enum chunk_state state = job_state(job, number, c);
		uint64_t begin = (uint64_t)c * work->chunk, items = work->count - begin;
		items = items < work->chunk ? items : work->chunk;
		if (state == CHUNK_DONE || state == CHUNK_GIVEN_UP)
			continue;
		struct pool_outcome fate = cancelled;
		if (state == CHUNK_RUNNING)
			fate = fate_of(m, c, 1u + (m->tries ? m->tries[c] : 0), over);
		bool again = m->list && !over && (state == CHUNK_NEW || is_tried_again(m, c, chunks, &fate));
		if (again)
			m->list[left++] = c;
		else
			note_lost(m, work->first + begin, items, &fate);
		job_set_state(job, number, c, again ? CHUNK_NEW : CHUNK_GIVEN_UP);
	}
	/* The next pass has the next number; without one, these states must not be the next job's. */
	for (uint32_t c = 0; left && c < chunks; c++)
		job_set_state(job, number + 1, c, job_state(job, number, c));
	return left;
}

/* Memory for the states of many chunks, all new; few have their place. 0 or -ENOMEM. */
static int prepare_states(struct pool *pool, uint64_t chunks, _Atomic unsigned char **states)
{
	*states = NULL;
	if (chunks <= FEW_CHUNKS)
		return 0;
	if (pool->chunk_states_bytes < chunks) {
		pool_give(pool, (void *)(uintptr_t)pool->chunk_states);
		pool->chunk_states = pool_take(pool, chunks);
		pool->chunk_states_bytes = pool->chunk_states ? chunks : 0;
		if (!pool->chunk_states)
			return -ENOMEM;
	}
	*states = pool->chunk_states;
	memset((void *)(uintptr_t)*states, CHUNK_NEW, chunks);
	return 0;
}

static void set_work(struct pool_job *job, const struct job_work *work)
{
	if (memcmp(&job->work, work, sizeof *work) != 0)
		memcpy(&job->work, work, sizeof *work);
}

static int set_up(struct pool *pool, const struct map_request *q, uint64_t first, uint64_t count,
		  uint32_t *chunks)
{
	struct job_work work;
	memset(&work, 0, sizeof work); /* all columns too: they are compared */
	*chunks = (uint32_t)(count / q->chunk + (count % q->chunk != 0));
	int error = prepare_states(pool, *chunks, &work.state);
	work.body = q->body;
	work.first = first;
	work.count = count;
	work.chunk = q->chunk;
	work.task = q->task;
	work.arg = q->arg;
	work.inputs = q->inputs;
	work.outputs = q->outputs;
	work.input_bytes = q->input_bytes;
	work.output_bytes = q->output_bytes;
	work.columns = q->columns;
	for (uint32_t c = 0; c < q->columns; c++)
		work.column[c] = q->column[c];
	if (!error)
		set_work(&pool->shared->job, &work);
	return error;
}

/* One block of the map: passes until nothing is left. */
static int run_block(struct map *m, const struct map_request *q, uint64_t first, uint64_t count)
{
	struct pool *pool = m->pool;
	struct pool_job *job = &pool->shared->job;
	uint32_t chunks;
	int error = set_up(pool, q, first, count, &chunks);
	m->first_pass = pool->job_number + 1;
	for (uint32_t left = chunks; !error && left;) {
		uint64_t deaths = atomic_load(&job->deaths);
		pass_run(pool, left);
		gather_failures(m);
		if (atomic_load(&job->deaths) == deaths && !pass_must_stop(pool) &&
		    !atomic_load(&job->stopping))
			break;
		left = find_left(m, chunks);
		job->work.list = m->list;
	}
	pool_give(pool, m->list);
	free(m->tries);
	m->list = NULL;
	m->tries = NULL;
	return error;
}

static int why_not(struct pool *pool)
{
	int refused = pool_refuses(pool);
	if (pool_is_interrupted(pool))
		return -EINTR;
	return refused == -ECANCELED ? refused : -EIO;
}

int map_run(struct pool *pool, struct map_request *request, struct pool_map_outcome *outcome)
{
	struct map m = {.pool = pool};
	uint64_t share = (uint64_t)pool->workers * CHUNKS_A_WORKER;
	if (request->chunk == 0)
		request->chunk = request->count / share;
	request->chunk = request->chunk < request->count ? request->chunk : request->count;
	request->chunk = request->chunk ? request->chunk : 1;
	pthread_mutex_lock(&pool->map_lock);
	int error = pool_refuses(pool);
	uint64_t block = request->chunk <= UINT64_MAX / BLOCK_CHUNKS ? request->chunk * BLOCK_CHUNKS
								     : UINT64_MAX;
	for (uint64_t first = 0, count; !error && first < request->count; first += count) {
		count = request->count - first < block ? request->count - first : block;
		if (pass_must_stop(pool))
			note_lost(&m, first, count, &(struct pool_outcome){.state = POOL_CANCELLED});
		else
			error = run_block(&m, request, first, count);
	}
	if (!error && m.outcome.not_done)
		error = why_not(pool);
	pthread_mutex_unlock(&pool->map_lock);
	m.outcome.done = request->count - m.outcome.not_done;
	if (outcome && (!error || m.outcome.not_done))
		*outcome = m.outcome;
	return error;
}
