/*
 * Single tasks: the caller's books of what it has handed over. A future owns its slot until the result has
 * been collected; callbacks are called by a thread that exists once a task asks for one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runners/clock.h"
#include "runners/futex.h"
#include "runners/pool/keeper.h"
#include "runners/pool/state.h"

struct pool_future {
	struct pool *pool;
	struct pool_future *previous, *next; /* among the outstanding, or the due */
	uint32_t slot;
	void *output;           /* the caller's */
	void *input_copy;       /* to be given back; NULL: in the slot, or none */
	void *output_copy;      /* to be copied out; NULL: the task writes in place */
	bool own_output_copy;   /* and to be given back */
	bool forgotten, called; /* by the caller; callbacks are over, or there are none */
	bool abandoned;         /* its call is over: the output is nobody's */
	_Atomic int collected;  /* `outcome` and the output are there */
	struct pool_outcome outcome;
	pool_callback *on_done, *on_error;
	void *arg;
};

struct list {
	struct pool_future *first, *last;
};

/* What is handed over. */
struct request {
	pool_task *task;
	const void *input;
	void *output;
	size_t input_bytes, output_bytes;
	pool_callback *on_done, *on_error;
	void *arg;
	bool apart; /* the task touches no memory of the caller's */
};

struct tasks {
	pthread_mutex_t lock;
	uint32_t free[POOL_SLOTS],
		lingering[POOL_SLOTS]; /* lingering: cancelled, but not passed by the queue's head */
	uint32_t frees, lingers;
	struct list outstanding; /* not collected */
	struct list due;         /* collected, to be called back */
	struct list kept;        /* collected and called back, but not forgotten */
	pthread_t notifier;
	bool notifies, stops;
};

static void append(struct list *list, struct pool_future *f)
{
	f->next = NULL;
	f->previous = list->last;
	*(list->last ? &list->last->next : &list->first) = f;
	list->last = f;
}

static void take_out(struct list *list, struct pool_future *f)
{
	*(f->previous ? &f->previous->next : &list->first) = f->next;
	*(f->next ? &f->next->previous : &list->last) = f->previous;
}

/* ---- collecting: all with the lock held ---- */

static bool has_ended(const struct pool_future *f)
{
	return slot_state(atomic_load(&f->pool->shared->slot[f->slot].word)) >= SLOT_ENDED;
}

/* What was handed over while the pool broke is nobody's any more. */
static bool has_ended_or_must(struct pool_future *f)
{
	struct pool_shared *shared = f->pool->shared;
	return has_ended(f) || (atomic_load(&shared->gone) &&
				slot_change(&shared->slot[f->slot], SLOT_READY, UINT32_MAX, SLOT_CANCELLED));
}

static void release_slot(struct pool *pool, uint32_t index)
{
	struct tasks *t = pool->tasks;
	if (slot_is_passed(pool->shared, &pool->shared->slot[index]))
		t->free[t->frees++] = index;
	else
		t->lingering[t->lingers++] = index;
}

static struct pool_outcome read_outcome(const struct slot *slot)
{
	switch (slot_state(atomic_load(&slot->word))) {
	case SLOT_ENDED:
		return slot->outcome[SLOT_BY_WORKER];
	case SLOT_SETTLED:
		return slot->outcome[SLOT_BY_KEEPER];
	default:
		return (struct pool_outcome){.state = POOL_CANCELLED};
	}
}

/* A future that was collected, and called back or need not be: kept, or freed if nobody wants it. */
static void file(struct pool_future *f)
{
	if (f->forgotten)
		free(f);
	else
		append(&f->pool->tasks->kept, f);
}

/* Takes the result out of the slot, and frees the slot. The future may be gone afterwards. */
static void collect(struct pool_future *f)
{
	struct pool *pool = f->pool;
	struct slot *slot = &pool->shared->slot[f->slot];
	f->outcome = read_outcome(slot);
	if (f->output_copy && f->outcome.state == POOL_DONE && !f->abandoned)
		memcpy(f->output, f->output_copy, slot->output_bytes);
	/* A thread that was given up still uses its slot, and its copies. */
	if (pool_is_processes(pool) || f->outcome.state != POOL_TIMED_OUT) {
		if (f->own_output_copy)
			pool_give(pool, f->output_copy);
		if (f->input_copy)
			pool_give(pool, f->input_copy);
		release_slot(pool, f->slot);
	}
	take_out(&pool->tasks->outstanding, f);
	atomic_store(&f->collected, 1);
	if (f->called)
		file(f);
	else
		append(&pool->tasks->due, f);
}

static void collect_ended(struct pool *pool)
{
	for (struct pool_future *f = pool->tasks->outstanding.first, *next; f; f = next) {
		next = f->next;
		if (has_ended_or_must(f))
			collect(f);
	}
}

static bool take_slot(struct pool *pool, uint32_t *index)
{
	struct tasks *t = pool->tasks;
	if (t->frees == 0) {
		collect_ended(pool);
		queue_is_empty(pool->shared); /* passes over what is cancelled */
		uint32_t kept = 0;
		for (uint32_t i = 0; i < t->lingers; i++)
			if (slot_is_passed(pool->shared, &pool->shared->slot[t->lingering[i]]))
				t->free[t->frees++] = t->lingering[i];
			else
				t->lingering[kept++] = t->lingering[i];
		t->lingers = kept;
	}
	if (t->frees == 0)
		return false;
	*index = t->free[--t->frees];
	return true;
}

/* ---- callbacks ---- */

static void call_back(struct pool_future *f)
{
	pool_callback *callback = f->outcome.state == POOL_DONE ? f->on_done : f->on_error;
	if (callback)
		callback(f->arg, &f->outcome);
}

static void *notify(void *arg)
{
	struct pool *pool = arg;
	struct tasks *t = pool->tasks;
	struct pool_shared *shared = pool->shared;
	atomic_fetch_add(&shared->finish_waiters, 1);
	pthread_mutex_lock(&t->lock);
	for (;;) {
		uint32_t news = atomic_load(&shared->finished);
		collect_ended(pool);
		struct pool_future *f = t->due.first;
		if (f) {
			take_out(&t->due, f);
			pthread_mutex_unlock(&t->lock);
			call_back(f);
			pthread_mutex_lock(&t->lock);
			f->called = true;
			file(f);
			continue;
		}
		if (t->stops)
			break;
		pthread_mutex_unlock(&t->lock);
		futex_wait(&shared->finished, news, NAP_NS);
		pthread_mutex_lock(&t->lock);
	}
	pthread_mutex_unlock(&t->lock);
	atomic_fetch_sub(&shared->finish_waiters, 1);
	return NULL;
}

/* ---- submitting ---- */

/* A call that can end before its task has copies in any case. */
static int stage(struct pool_future *f, struct slot *slot, const struct request *q)
{
	struct pool *pool = f->pool;
	size_t input_bytes = q->input_bytes, output_bytes = q->output_bytes;
	bool copy_in = input_bytes && (q->apart || pool_must_copy(pool, q->input, input_bytes));
	bool copy_out = output_bytes && (q->apart || pool_must_copy(pool, q->output, output_bytes));
	size_t room = SLOT_INLINE, in_room = copy_in ? (input_bytes + 15) & ~(size_t)15 : 0;
	unsigned char *space = slot->space;
	slot->input = q->input;
	slot->output = f->output = q->output;
	slot->input_bytes = input_bytes;
	slot->output_bytes = output_bytes;
	if (copy_in && in_room >= input_bytes && in_room <= room) {
		slot->input = space;
		space += in_room;
		room -= in_room;
	} else if (copy_in) {
		slot->input = f->input_copy = pool_take(pool, input_bytes);
	}
	if (copy_out && output_bytes <= room) {
		slot->output = f->output_copy = space;
	} else if (copy_out) {
		slot->output = f->output_copy = pool_take(pool, output_bytes);
		f->own_output_copy = true;
	}
	if ((copy_in && !slot->input) || (copy_out && !slot->output))
		return -ENOMEM;
	if (copy_in)
		memcpy((void *)(uintptr_t)slot->input, q->input, input_bytes);
	return 0;
}

static int start_notifier(struct pool *pool)
{
	struct tasks *t = pool->tasks;
	if (t->notifies)
		return 0;
	int error = pthread_create(&t->notifier, NULL, notify, pool);
	t->notifies = !error;
	return -error;
}

/* With the lock held, which it lets go to wait. */
static int await_slot(struct pool *pool, uint32_t *index)
{
	struct tasks *t = pool->tasks;
	struct pool_shared *shared = pool->shared;
	int error = pool_refuses(pool);
	while (!error && !take_slot(pool, index)) {
		atomic_fetch_add(&shared->finish_waiters, 1);
		uint32_t news = atomic_load(&shared->finished);
		pthread_mutex_unlock(&t->lock);
		futex_wait(&shared->finished, news, NS_PER_MS);
		atomic_fetch_sub(&shared->finish_waiters, 1);
		keeper_check(pool);
		pthread_mutex_lock(&t->lock);
		error = pool_is_interrupted(pool) ? -EINTR : pool_refuses(pool);
	}
	return error;
}

static int submit(struct pool *pool, const struct request *q, struct pool_future **future)
{
	struct tasks *t = pool->tasks;
	struct pool_shared *shared = pool->shared;
	struct pool_future *f = pool_is_own(pool) ? calloc(1, sizeof *f) : NULL;
	uint32_t index = 0;
	if (!f)
		return pool_is_own(pool) ? -ENOMEM : -EPERM;
	*f = (struct pool_future){.pool = pool,
				  .on_done = q->on_done,
				  .on_error = q->on_error,
				  .arg = q->arg,
				  .forgotten = !future,
				  .called = !q->on_done && !q->on_error};
	pthread_mutex_lock(&t->lock);
	int error = f->called ? 0 : start_notifier(pool);
	if (!error)
		error = await_slot(pool, &index);
	if (error) {
		pthread_mutex_unlock(&t->lock);
		free(f);
		return error;
	}
	struct slot *slot = &shared->slot[index];
	f->slot = index;
	atomic_store_explicit(&slot->attempts, 0, memory_order_relaxed);
	atomic_store_explicit(&slot->waiters, 0, memory_order_relaxed);
	atomic_store_explicit(&slot->evicted, 0, memory_order_relaxed);
	slot->task = q->task;
	error = stage(f, slot, q);
	if (index >= atomic_load(&shared->slots_used))
		atomic_store(&shared->slots_used, index + 1);
	if (!error)
		error = queue_push(&shared->queue, shared, index);
	if (error) {
		pool_give(pool, f->input_copy);
		if (f->own_output_copy)
			pool_give(pool, f->output_copy);
		t->free[t->frees++] = index;
		free(f);
	} else {
		append(&t->outstanding, f);
		if (future)
			*future = f;
	}
	pthread_mutex_unlock(&t->lock);
	if (!error)
		workers_wake_one(pool);
	return error;
}

int pool_submit(struct pool *pool, pool_task *task, const void *input, size_t input_bytes, void *output,
		size_t output_bytes, pool_callback *on_done, pool_callback *on_error, void *arg,
		struct pool_future **future)
{
	const struct request q = {.task = task,
				  .input = input,
				  .input_bytes = input_bytes,
				  .output = output,
				  .output_bytes = output_bytes,
				  .on_done = on_done,
				  .on_error = on_error,
				  .arg = arg};
	return submit(pool, &q, future);
}

/* ---- waiting ---- */

static bool look(struct pool_future *f)
{
	return atomic_load(&f->collected) || has_ended(f) || atomic_load(&f->pool->shared->gone);
}

static void wait_a_little(struct pool_future *f, uint64_t until_ns)
{
	struct slot *slot = &f->pool->shared->slot[f->slot];
	uint64_t now = clock_ns(), stop = now + SPIN_NS < until_ns ? now + SPIN_NS : until_ns;
	while (f->pool->caller_spins && now < stop) {
		for (int i = 0; i < 64; i++) {
			if (look(f))
				return;
			clock_relax();
		}
		now = clock_ns();
	}
	atomic_store(&slot->waiters, 1);
	uint32_t value = (uint32_t)atomic_load(&slot->word);
	if (!look(f) && now < until_ns)
		futex_wait((_Atomic uint32_t *)&slot->word, value,
			   until_ns - now < NAP_NS ? until_ns - now : NAP_NS);
	keeper_check(f->pool);
}

static bool try_collect(struct pool_future *f)
{
	struct tasks *t = f->pool->tasks;
	if (!look(f))
		return false;
	pthread_mutex_lock(&t->lock);
	if (!atomic_load(&f->collected) && has_ended_or_must(f))
		collect(f);
	pthread_mutex_unlock(&t->lock);
	return atomic_load(&f->collected);
}

int pool_wait(struct pool_future *f, uint64_t timeout_ns, struct pool_outcome *outcome)
{
	uint64_t start = clock_ns(), until = start + timeout_ns < start ? UINT64_MAX : start + timeout_ns;
	if (!pool_is_own(f->pool))
		return -EPERM;
	while (!try_collect(f)) {
		if (pool_is_interrupted(f->pool))
			return -EINTR;
		if (clock_ns() >= until)
			return -ETIMEDOUT;
		wait_a_little(f, until);
	}
	if (outcome)
		*outcome = f->outcome;
	return 0;
}

bool pool_done(struct pool_future *f)
{
	return pool_is_own(f->pool) ? try_collect(f) : atomic_load(&f->collected);
}

int pool_cancel(struct pool_future *f)
{
	struct pool_shared *shared = f->pool->shared;
	struct slot *slot = &shared->slot[f->slot];
	if (!pool_is_own(f->pool))
		return -EPERM;
	pthread_mutex_lock(&f->pool->tasks->lock);
	bool cancelled = !atomic_load(&f->collected) &&
			 slot_change(slot, SLOT_READY, UINT32_MAX, SLOT_CANCELLED);
	if (cancelled)
		collect(f);
	pthread_mutex_unlock(&f->pool->tasks->lock);
	if (!cancelled)
		return -EBUSY;
	slot_wake(shared, slot);
	return 0;
}

void pool_forget(struct pool_future *f)
{
	struct tasks *t = f->pool->tasks;
	if (!pool_is_own(f->pool))
		return;
	pthread_mutex_lock(&t->lock);
	f->forgotten = true;
	if (atomic_load(&f->collected) && f->called) {
		take_out(&t->kept, f);
		free(f);
	}
	pthread_mutex_unlock(&t->lock);
}

/* ---- ending before the end ---- */

/* It may have ended meanwhile, and its slot be another's. */
static void evict(struct pool_future *f)
{
	struct pool *pool = f->pool;
	pthread_mutex_lock(&pool->tasks->lock);
	if (!atomic_load(&f->collected))
		atomic_store(&pool->shared->slot[f->slot].evicted, 1);
	pthread_mutex_unlock(&pool->tasks->lock);
	keeper_evict(pool);
}

void tasks_end(struct pool_future *f)
{
	/* Again and again: what was to be retried may have been between two workers. */
	while (pool_cancel(f) != 0 && !try_collect(f)) {
		if (pool_is_processes(f->pool))
			evict(f);
		wait_a_little(f, UINT64_MAX);
	}
}

/* A thread goes on, with copies: what it writes is dropped. */
static void abandon(struct pool_future *f)
{
	if (pool_is_processes(f->pool)) {
		tasks_end(f);
		return;
	}
	pthread_mutex_lock(&f->pool->tasks->lock);
	f->abandoned = true;
	pthread_mutex_unlock(&f->pool->tasks->lock);
	pool_cancel(f);
}

int pool_apply(struct pool *pool, pool_task *task, const void *input, size_t input_bytes, void *output,
	       size_t output_bytes, struct pool_outcome *outcome)
{
	const struct request q = {.task = task,
				  .input = input,
				  .input_bytes = input_bytes,
				  .output = output,
				  .output_bytes = output_bytes,
				  .apart = pool->options.interrupted && !pool_is_processes(pool)};
	struct pool_future *f;
	int error = submit(pool, &q, &f);
	if (error)
		return error;
	error = pool_wait(f, UINT64_MAX, outcome);
	if (error)
		abandon(f);
	pool_forget(f);
	return error;
}

/* ---- opening and ending ---- */

int tasks_open(struct pool *pool)
{
	struct tasks *t = calloc(1, sizeof *t);
	if (!t)
		return -ENOMEM;
	pthread_mutex_init(&t->lock, NULL);
	while (t->frees < POOL_SLOTS) {
		t->free[t->frees] = POOL_SLOTS - 1 - t->frees;
		t->frees++;
	}
	pool->tasks = t;
	return 0;
}

void tasks_refuse(struct pool *pool)
{
	pthread_mutex_lock(&pool->tasks->lock);
	atomic_store(&pool->closed, 1);
	pthread_mutex_unlock(&pool->tasks->lock);
}

void tasks_join(struct pool *pool)
{
	struct tasks *t = pool->tasks;
	pthread_mutex_lock(&t->lock);
	collect_ended(pool);
	bool notifies = t->notifies;
	t->notifies = false;
	t->stops = true;
	pthread_mutex_unlock(&t->lock);
	if (notifies) {
		atomic_fetch_add(&pool->shared->finished, 1);
		futex_wake_all(&pool->shared->finished);
		pthread_join(t->notifier, NULL);
	}
}

void tasks_close(struct pool *pool)
{
	struct tasks *t = pool->tasks;
	if (!t)
		return;
	const struct list lists[3] = {t->outstanding, t->due, t->kept};
	for (int i = 0; i < 3; i++)
		for (struct pool_future *f = lists[i].first, *next; f; f = next) {
			next = f->next;
			free(f);
		}
	pthread_mutex_destroy(&t->lock);
	free(t);
}
