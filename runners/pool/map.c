/*
 * Maps: jobs over index ranges. The caller opens a job, helps if it is a worker itself, waits until the
 * workers' counts add up, and closes it. When a worker died in it, the chunks' states tell what is left; that
 * is another pass.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/futex.h"
#include "runners/pool/keeper.h"
#include "runners/pool/state.h"

enum { CHUNKS_A_WORKER = 32, FEW_CHUNKS = 64, SPINS = 1000, SPINS_BEFORE_EVICTION = 1100 };
#define BLOCK_CHUNKS                                                                           \
	(UINT64_C(1) << 22) /* a job's states have to fit memory: longer maps are several jobs \
			     */

/* What a map asks for. */
struct request {
	job_body *body;
	void *task, *arg;
	const unsigned char *inputs;
	unsigned char *outputs;
	size_t input_bytes, output_bytes;
	const struct pool_column *column;
	uint32_t columns;
	uint64_t count, chunk;
};

struct map {
	struct pool *pool;
	struct pool_map_outcome outcome;
	uint32_t *list; /* the chunks of the next pass; pool memory */
	uint8_t *tries; /* of each chunk; NULL until one is lost */
};

/* ---- bodies: what a worker does with a chunk ---- */

static void note(struct failures *failures, uint64_t item, uint64_t items, int code)
{
	if (code == 0)
		return;
	if (failures->count == 0) {
		failures->first = item;
		failures->code = code;
	}
	failures->count += items;
}

static bool is_stopping(const struct pool_job *job)
{
	return atomic_load_explicit(&job->stopping, memory_order_relaxed);
}

static enum chunk_state body_range(const struct pool_job *job, uint64_t begin, uint64_t end,
				   struct failures *failures)
{
	pool_range_task *task = (pool_range_task *)job->task;
	note(failures, begin, end - begin, task(job->arg, begin, end));
	return CHUNK_DONE;
}

static enum chunk_state body_map(const struct pool_job *job, uint64_t begin, uint64_t end,
				 struct failures *failures)
{
	pool_task *task = (pool_task *)job->task;
	for (uint64_t i = begin;;) {
		note(failures, i, 1,
		     task(job->inputs + i * job->input_bytes, job->input_bytes,
			  job->outputs + i * job->output_bytes, job->output_bytes));
		if (++i == end)
			return CHUNK_DONE;
		if (is_stopping(job))
			return CHUNK_RUNNING;
	}
}

static enum chunk_state body_starmap(const struct pool_job *job, uint64_t begin, uint64_t end,
				     struct failures *failures)
{
	pool_startask *task = (pool_startask *)job->task;
	const void *arguments[POOL_COLUMNS_MAX];
	for (uint64_t i = begin;;) {
		for (uint32_t c = 0; c < job->columns; c++)
			arguments[c] = (const unsigned char *)job->column[c].values +
				       i * job->column[c].bytes;
		note(failures, i, 1, task(arguments, job->outputs + i * job->output_bytes));
		if (++i == end)
			return CHUNK_DONE;
		if (is_stopping(job))
			return CHUNK_RUNNING;
	}
}

/* ---- one pass ---- */

static uint64_t completed(const struct pool *pool)
{
	uint64_t sum = 0;
	for (uint32_t r = 0; r < pool->workers; r++)
		sum += atomic_load(&pool->shared->worker[r].completed);
	return sum;
}

static void deal(struct pool *pool, uint64_t chunks)
{
	for (uint32_t r = 0; r < pool->workers; r++) {
		struct pool_worker *w = &pool->shared->worker[r];
		uint64_t begin = chunks * r / pool->workers, end = chunks * (r + 1) / pool->workers;
		atomic_store_explicit(&w->range, end << 32 | begin, memory_order_relaxed);
		atomic_store_explicit(&w->completed, 0, memory_order_relaxed);
	}
}

static bool must_stop(struct pool *pool)
{
	const struct pool_shared *shared = pool->shared;
	return atomic_load(&shared->stop) == STOP_NOW || atomic_load(&shared->broken) ||
	       pool_is_interrupted(pool);
}

/* Spins, then sleeps, until a worker has run dry or something has to be looked at. */
static void await_news(struct pool *pool, uint64_t *spin_until)
{
	struct pool_job *job = &pool->shared->job;
	uint64_t now = clock_ns();
	if (*spin_until == 0)
		*spin_until = now + (pool->caller_spins_in_maps ? SPIN_NS : 0);
	if (now < *spin_until) {
		for (int i = 0; i < 64 && completed(pool) < job->chunks; i++)
			clock_relax();
		return;
	}
	uint32_t news = atomic_load(&job->ended);
	atomic_store(&job->waits, 1);
	if (completed(pool) < job->chunks)
		futex_wait(&job->ended, news, NAP_NS);
	atomic_store(&job->waits, 0);
	keeper_check(pool);
}

/* Once nobody wants the job any more, it is left after the item that runs. */
static void stop_if_must(struct pool *pool)
{
	if (must_stop(pool))
		atomic_store(&pool->shared->job.stopping, 1);
}

/* Processes that do not come out of it in time are killed. */
static void evict(struct pool *pool)
{
	struct pool_job *job = &pool->shared->job;
	if (!pool_is_processes(pool) || !atomic_load(&job->stopping) ||
	    atomic_load(&job->evicted) == job->number)
		return;
	atomic_store(&job->evicted, job->number);
	keeper_evict(pool);
}

/* Nobody may enter, and those within find nothing more to do. False: a thread hangs in it. */
static bool close_job(struct pool *pool, bool early)
{
	struct pool_shared *shared = pool->shared;
	if (early)
		stop_if_must(pool);
	atomic_store(&shared->job.open, 0);
	for (uint32_t r = pool->first_worker, spins = 0; r < pool->workers;) {
		if (early)
			for (uint32_t i = 0; i < pool->workers; i++)
				atomic_store(&shared->worker[i].range, 0);
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
static void work_oneself(struct pool *pool)
{
	struct pool_shared *shared = pool->shared;
	if (!pool->options.interrupted)
		deal_work(shared, pool->workers, 0, UINT64_MAX);
	else
		while (!pool_is_interrupted(pool) && deal_work(shared, pool->workers, 0, 1))
			;
}

/* All chunks of the pass, or until it cannot go on. False: a thread hangs in it. */
static bool run_pass(struct pool *pool)
{
	struct pool_shared *shared = pool->shared;
	struct pool_job *job = &shared->job;
	uint64_t deaths = atomic_load(&job->deaths), spin_until = 0;
	uint32_t chunks = job->chunks;
	bool early = false;
	deal(pool, chunks);
	atomic_store(&shared->casualties, 0);
	atomic_store_explicit(&job->stopping, 0, memory_order_relaxed);
	job->number = ++pool->job_number;
	atomic_store(&job->open, job->number);
	workers_wake(shared, pool->workers, chunks < pool->workers ? chunks : pool->workers);
	for (;;) {
		if (pool->first_worker)
			work_oneself(pool);
		if (completed(pool) == chunks)
			break;
		early = atomic_load(&job->deaths) != deaths || must_stop(pool);
		if (early)
			break;
		await_news(pool, &spin_until);
	}
	return close_job(pool, early);
}

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
		if (w->failures_job == shared->job.number)
			note_lost(m, f->first, f->count, &failed);
	}
	atomic_store(&shared->job.any_failed, 0);
}

static struct pool_outcome fate_of(const struct pool_shared *shared, uint32_t chunk, uint32_t attempts,
				   bool over)
{
	uint32_t n = atomic_load(&shared->casualties);
	for (uint32_t i = 0; i < n; i++)
		if (shared->casualty[i].chunk == chunk)
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
	const struct pool_job *job = &pool->shared->job;
	struct pool_outcome cancelled = {.state = POOL_CANCELLED};
	bool over = must_stop(pool) || atomic_load(&job->stopping);
	uint32_t left = 0;
	if (!m->list && !over)
		m->list = pool_take(pool, chunks * sizeof *m->list);
	for (uint32_t c = 0; c < chunks; c++) {
		unsigned state = atomic_load_explicit(job_state(job, c), memory_order_acquire);
		uint64_t begin = (uint64_t)c * job->chunk, items = job->count - begin;
		items = items < job->chunk ? items : job->chunk;
		if (state == CHUNK_DONE || state == CHUNK_GIVEN_UP)
			continue;
		struct pool_outcome fate = cancelled;
		if (state == CHUNK_RUNNING)
			fate = fate_of(pool->shared, c, 1u + (m->tries ? m->tries[c] : 0), over);
		bool again = m->list && !over && (state == CHUNK_NEW || is_tried_again(m, c, chunks, &fate));
		if (again)
			m->list[left++] = c;
		else
			note_lost(m, job->first + begin, items, &fate);
		atomic_store(job_state(job, c), again ? CHUNK_NEW : CHUNK_GIVEN_UP);
	}
	return left;
}

static int set_up(struct pool *pool, const struct request *q, uint64_t first, uint64_t count)
{
	struct pool_job *job = &pool->shared->job;
	size_t chunks = (size_t)(count / q->chunk + (count % q->chunk != 0));
	job->state_stride = chunks <= FEW_CHUNKS ? LINE : 1;
	if (pool->chunk_states_bytes < chunks * job->state_stride) {
		pool_give(pool, (void *)(uintptr_t)pool->chunk_states);
		pool->chunk_states_bytes = chunks < (size_t)FEW_CHUNKS * LINE ? (size_t)FEW_CHUNKS * LINE
									      : chunks;
		pool->chunk_states = pool_take(pool, pool->chunk_states_bytes);
		if (!pool->chunk_states)
			return pool->chunk_states_bytes = 0, -ENOMEM;
	}
	job->state = pool->chunk_states;
	if (chunks > FEW_CHUNKS)
		memset((void *)(uintptr_t)pool->chunk_states, CHUNK_NEW, chunks);
	for (uint32_t c = 0; chunks <= FEW_CHUNKS && c < chunks; c++)
		atomic_store_explicit(job_state(job, c), CHUNK_NEW, memory_order_relaxed);
	job->body = q->body;
	job->first = first;
	job->count = count;
	job->chunk = q->chunk;
	job->chunks = (uint32_t)chunks;
	job->list = NULL;
	job->task = q->task;
	job->arg = q->arg;
	job->inputs = q->inputs;
	job->outputs = q->outputs;
	job->input_bytes = q->input_bytes;
	job->output_bytes = q->output_bytes;
	job->columns = q->columns;
	for (uint32_t c = 0; c < q->columns; c++)
		job->column[c] = q->column[c];
	return 0;
}

/* One block of the map: passes until nothing is left. */
static int run_block(struct map *m, const struct request *q, uint64_t first, uint64_t count)
{
	struct pool *pool = m->pool;
	struct pool_job *job = &pool->shared->job;
	int error = set_up(pool, q, first, count);
	uint32_t chunks = job->chunks;
	while (!error && job->chunks) {
		uint64_t deaths = atomic_load(&job->deaths);
		run_pass(pool);
		gather_failures(m);
		if (atomic_load(&job->deaths) == deaths && !must_stop(pool) && !atomic_load(&job->stopping))
			break;
		job->chunks = find_left(m, chunks);
		job->list = m->list;
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

static int run(struct pool *pool, struct request *q, struct pool_map_outcome *outcome)
{
	struct map m = {.pool = pool};
	uint64_t share = (uint64_t)pool->workers * CHUNKS_A_WORKER;
	if (q->chunk == 0)
		q->chunk = q->count / share;
	q->chunk = q->chunk < q->count ? q->chunk : q->count;
	q->chunk = q->chunk ? q->chunk : 1;
	pthread_mutex_lock(&pool->map_lock);
	int error = pool_refuses(pool);
	uint64_t block = q->chunk <= UINT64_MAX / BLOCK_CHUNKS ? q->chunk * BLOCK_CHUNKS : UINT64_MAX;
	for (uint64_t first = 0, count; !error && first < q->count; first += count) {
		count = q->count - first < block ? q->count - first : block;
		if (must_stop(pool))
			note_lost(&m, first, count, &(struct pool_outcome){.state = POOL_CANCELLED});
		else
			error = run_block(&m, q, first, count);
	}
	if (!error && m.outcome.not_done)
		error = why_not(pool);
	pthread_mutex_unlock(&pool->map_lock);
	m.outcome.done = q->count - m.outcome.not_done;
	if (outcome && (!error || m.outcome.not_done))
		*outcome = m.outcome;
	return error;
}

/* ---- the three maps ---- */

int pool_range(struct pool *pool, pool_range_task *task, void *arg, uint64_t count, uint64_t chunk,
	       struct pool_map_outcome *outcome)
{
	struct request q = {
		.body = body_range, .task = (void *)task, .arg = arg, .count = count, .chunk = chunk};
	return pool_is_own(pool) ? run(pool, &q, outcome) : -EPERM;
}

/* An array of the caller's, and where the workers find it. */
struct staged {
	const void *given;
	void *copy; /* NULL: in place */
	size_t bytes;
};

static int stage(struct pool *pool, struct staged *s, const void *given, uint64_t count, size_t bytes)
{
	*s = (struct staged){.given = given};
	if (__builtin_mul_overflow(count, bytes, &s->bytes))
		return -EINVAL;
	if (s->bytes == 0 || !pool_must_copy(pool, given, s->bytes))
		return 0;
	s->copy = pool_take(pool, s->bytes);
	return s->copy ? 0 : -ENOMEM;
}

static void *staged_at(const struct staged *s)
{
	return s->copy ? s->copy : (void *)(uintptr_t)s->given;
}

static int stage_in(struct pool *pool, struct staged *s, const void *given, uint64_t count, size_t bytes)
{
	int error = stage(pool, s, given, count, bytes);
	if (!error && s->copy)
		memcpy(s->copy, given, s->bytes);
	return error;
}

/* What a map leaves alone of outputs, it leaves as it was: the copy begins as the caller's. */
static int run_staged(struct pool *pool, struct request *q, void *outputs, struct pool_map_outcome *outcome)
{
	struct staged out;
	int error = stage_in(pool, &out, outputs, q->count, q->output_bytes);
	if (!error) {
		q->outputs = staged_at(&out);
		error = run(pool, q, outcome);
		if (out.copy)
			memcpy(outputs, out.copy, out.bytes);
	}
	pool_give(pool, out.copy);
	return error;
}

int pool_map(struct pool *pool, pool_task *task, const void *inputs, size_t input_bytes, void *outputs,
	     size_t output_bytes, uint64_t count, uint64_t chunk, struct pool_map_outcome *outcome)
{
	struct staged in;
	struct request q = {.body = body_map,
			    .task = (void *)task,
			    .input_bytes = input_bytes,
			    .output_bytes = output_bytes,
			    .count = count,
			    .chunk = chunk};
	if (!pool_is_own(pool))
		return -EPERM;
	int error = stage_in(pool, &in, inputs, count, input_bytes);
	if (!error) {
		q.inputs = staged_at(&in);
		error = run_staged(pool, &q, outputs, outcome);
	}
	pool_give(pool, in.copy);
	return error;
}

int pool_starmap(struct pool *pool, pool_startask *task, const struct pool_column *columns, uint32_t n,
		 void *outputs, size_t output_bytes, uint64_t count, uint64_t chunk,
		 struct pool_map_outcome *outcome)
{
	struct staged in[POOL_COLUMNS_MAX] = {0};
	struct pool_column column[POOL_COLUMNS_MAX];
	struct request q = {.body = body_starmap,
			    .task = (void *)task,
			    .column = column,
			    .columns = n,
			    .output_bytes = output_bytes,
			    .count = count,
			    .chunk = chunk};
	int error = n > POOL_COLUMNS_MAX ? -EINVAL : 0;
	if (!pool_is_own(pool))
		return -EPERM;
	for (uint32_t c = 0; c < n && !error; c++) {
		error = stage_in(pool, &in[c], columns[c].values, count, columns[c].bytes);
		column[c] = (struct pool_column){staged_at(&in[c]), columns[c].bytes};
	}
	if (!error)
		error = run_staged(pool, &q, outputs, outcome);
	for (uint32_t c = 0; c < n && c < POOL_COLUMNS_MAX; c++)
		pool_give(pool, in[c].copy);
	return error;
}
