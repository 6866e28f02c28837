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

enum { CHUNKS_A_WORKER = 32, SPINS = 1000, SPINS_BEFORE_EVICTION = 1100 };
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
	uint32_t *list;      /* the chunks of the next pass; pool memory */
	uint8_t *tries;      /* of each chunk; NULL until one is lost */
	uint64_t first_pass; /* the job number of the first pass over these chunks */
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
	pool_range_task *task = (pool_range_task *)job->work.task;
	note(failures, begin, end - begin, task(job->work.arg, begin, end));
	return CHUNK_DONE;
}

static enum chunk_state body_map(const struct pool_job *job, uint64_t begin, uint64_t end,
				 struct failures *failures)
{
	const struct job_work *w = &job->work;
	pool_task *task = (pool_task *)w->task;
	for (uint64_t i = begin;;) {
		note(failures, i, 1,
		     task(w->inputs + i * w->input_bytes, w->input_bytes, w->outputs + i * w->output_bytes,
			  w->output_bytes));
		if (++i == end)
			return CHUNK_DONE;
		if (is_stopping(job))
			return CHUNK_RUNNING;
	}
}

static enum chunk_state body_starmap(const struct pool_job *job, uint64_t begin, uint64_t end,
				     struct failures *failures)
{
	const struct job_work *w = &job->work;
	pool_startask *task = (pool_startask *)w->task;
	const void *arguments[POOL_COLUMNS_MAX];
	for (uint64_t i = begin;;) {
		for (uint32_t c = 0; c < w->columns; c++)
			arguments[c] = (const unsigned char *)w->column[c].values + i * w->column[c].bytes;
		note(failures, i, 1, task(arguments, w->outputs + i * w->output_bytes));
		if (++i == end)
			return CHUNK_DONE;
		if (is_stopping(job))
			return CHUNK_RUNNING;
	}
}

/* ---- one pass ---- */

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

static bool must_stop(struct pool *pool)
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
	if (must_stop(pool))
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

/* All chunks of the pass, or until it cannot go on. */
static void run_pass(struct pool *pool, uint32_t chunks)
{
	const struct pool_job *job = &pool->shared->job;
	uint32_t woken;
	uint64_t deaths = atomic_load(&job->deaths), spin_until = 0, word = open_job(pool, chunks, &woken);
	work_oneself(pool, word, deal_own);
	if (!woken)
		linger(pool, chunks);
	while (completed(pool) != chunks) {
		if (atomic_load(&job->deaths) != deaths || must_stop(pool)) {
			close_job(pool, true);
			return;
		}
		work_oneself(pool, word, deal_others);
		await_news(pool, chunks, &spin_until);
	}
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
	bool over = must_stop(pool) || atomic_load(&job->stopping);
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

static int set_up(struct pool *pool, const struct request *q, uint64_t first, uint64_t count,
		  uint32_t *chunks)
{
	struct job_work work;
	memset(&work, 0, sizeof work); /* the padding too: it is compared */
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
static int run_block(struct map *m, const struct request *q, uint64_t first, uint64_t count)
{
	struct pool *pool = m->pool;
	struct pool_job *job = &pool->shared->job;
	uint32_t chunks;
	int error = set_up(pool, q, first, count, &chunks);
	m->first_pass = pool->job_number + 1;
	for (uint32_t left = chunks; !error && left;) {
		uint64_t deaths = atomic_load(&job->deaths);
		run_pass(pool, left);
		gather_failures(m);
		if (atomic_load(&job->deaths) == deaths && !must_stop(pool) && !atomic_load(&job->stopping))
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
