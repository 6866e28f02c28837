/* The three maps as callers call them: what a worker does with a chunk, and arrays that the workers can
 * reach. */
#include <errno.h>
#include <string.h>

#include "runners/pool/map.h"

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

/* ---- the three maps ---- */

int pool_range(struct pool *pool, pool_range_task *task, void *arg, uint64_t count, uint64_t chunk,
	       struct pool_map_outcome *outcome)
{
	struct map_request q = {
		.body = body_range, .task = (void *)task, .arg = arg, .count = count, .chunk = chunk};
	return pool_is_own(pool) ? map_run(pool, &q, outcome) : -EPERM;
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
static int run_staged(struct pool *pool, struct map_request *q, void *outputs,
		      struct pool_map_outcome *outcome)
{
	struct staged out;
	int error = stage_in(pool, &out, outputs, q->count, q->output_bytes);
	if (!error) {
		q->outputs = staged_at(&out);
		error = map_run(pool, q, outcome);
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
	struct map_request q = {.body = body_map,
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
	struct map_request q = {.body = body_starmap,
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
