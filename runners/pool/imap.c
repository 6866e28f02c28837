/* Maps over a stream: at most `window` tasks are out at a time; the iterator runs in the caller. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runners/clock.h"
#include "runners/futex.h"
#include "runners/pool/keeper.h"
#include "runners/pool/state.h"

enum { WINDOW_MAX = 8192, WINDOW_A_WORKER = 4 };

struct out {
	struct pool_future *future; /* NULL: free */
	uint64_t index;
	unsigned char *output;
};

struct pool_imap {
	struct pool *pool;
	pool_task *task;
	pool_next *next;
	void *next_arg;
	size_t input_bytes, output_bytes;
	uint32_t window, taken; /* taken: entries in use */
	bool ordered, ended;
	int error; /* the iterator's, or why nothing can be submitted */
	uint64_t submitted, read;
	struct out *out; /* window entries; input i is in entry i % window if ordered */
	unsigned char *input, *outputs;
};

struct pool_imap *pool_imap(struct pool *pool, pool_task *task, pool_next *next, void *next_arg,
			    size_t input_bytes, size_t output_bytes, uint32_t window, bool ordered)
{
	int refused = pool_refuses(pool);
	struct pool_imap *m = refused ? NULL : calloc(1, sizeof *m);
	if (!m) {
		errno = refused ? -refused : ENOMEM;
		return NULL;
	}
	window = window ? window : WINDOW_A_WORKER * pool_workers(pool);
	window = window < WINDOW_MAX ? window : WINDOW_MAX;
	*m = (struct pool_imap){.pool = pool,
				.task = task,
				.next = next,
				.next_arg = next_arg,
				.input_bytes = input_bytes,
				.output_bytes = output_bytes,
				.window = window,
				.ordered = ordered};
	m->out = calloc(window, sizeof *m->out);
	/* Inputs are used where they lie in thread pools, so each entry has its own. */
	m->input = calloc(window, input_bytes ? input_bytes : 1);
	m->outputs = calloc(window, output_bytes ? output_bytes : 1);
	if (!m->out || !m->input || !m->outputs) {
		pool_imap_close(m);
		errno = ENOMEM;
		return NULL;
	}
	return m;
}

static uint32_t free_entry(const struct pool_imap *m)
{
	uint32_t e = (uint32_t)(m->submitted % m->window);
	while (m->out[e].future)
		e = (e + 1) % m->window;
	return e;
}

static void fill_window(struct pool_imap *m)
{
	while (m->taken < m->window && !m->ended) {
		uint32_t e = free_entry(m);
		unsigned char *input = m->input + (size_t)e * m->input_bytes;
		struct out *out = &m->out[e];
		int more = m->next(m->next_arg, input);
		m->ended = more <= 0;
		m->error = more < 0 ? more : 0;
		if (m->ended)
			return;
		out->output = m->outputs + (size_t)e * m->output_bytes;
		out->index = m->submitted++;
		m->error = pool_submit(m->pool, m->task, input, m->input_bytes, out->output, m->output_bytes,
				       NULL, NULL, NULL, &out->future);
		m->ended = m->error != 0;
		m->taken += !m->ended;
	}
}

/* Any entry that has ended; -1: none yet. */
static int find_ended(const struct pool_imap *m)
{
	for (uint32_t e = 0; e < m->window; e++)
		if (m->out[e].future && pool_done(m->out[e].future))
			return (int)e;
	return -1;
}

static int await_any(struct pool_imap *m)
{
	struct pool_shared *shared = m->pool->shared;
	uint64_t spin_until = clock_ns() + (m->pool->caller_spins ? SPIN_NS : 0);
	int e;
	while ((e = find_ended(m)) < 0 && clock_ns() < spin_until)
		clock_relax();
	atomic_fetch_add(&shared->finish_waiters, 1);
	for (;;) {
		uint32_t news = atomic_load(&shared->finished);
		if (e < 0)
			e = find_ended(m);
		if (e >= 0 || pool_is_interrupted(m->pool))
			break;
		futex_wait(&shared->finished, news, NAP_NS);
		keeper_check(m->pool);
	}
	atomic_fetch_sub(&shared->finish_waiters, 1);
	return e;
}

int pool_imap_next(struct pool_imap *m, void *output, uint64_t *index, struct pool_outcome *outcome)
{
	struct pool_outcome fate;
	if (!pool_is_own(m->pool))
		return -EPERM;
	fill_window(m);
	if (m->taken == 0)
		return m->error;
	int e = m->ordered ? (int)(m->read % m->window) : await_any(m);
	if (e < 0 || pool_wait(m->out[e].future, UINT64_MAX, &fate))
		return -EINTR;
	struct out *out = &m->out[e];
	if (fate.state == POOL_DONE && m->output_bytes)
		memcpy(output, out->output, m->output_bytes);
	if (index)
		*index = out->index;
	if (outcome)
		*outcome = fate;
	pool_forget(out->future);
	out->future = NULL;
	m->taken--;
	m->read++;
	return 1;
}

static void end_tasks(struct pool_imap *m)
{
	for (uint32_t e = 0; m->out && e < m->window; e++)
		if (m->out[e].future && pool_cancel(m->out[e].future) == 0) {
			pool_forget(m->out[e].future);
			m->out[e].future = NULL;
		}
	for (uint32_t e = 0; m->out && e < m->window; e++)
		if (m->out[e].future) {
			if (pool_wait(m->out[e].future, UINT64_MAX, NULL) == -EINTR)
				tasks_end(m->out[e].future);
			pool_forget(m->out[e].future);
		}
}

void pool_imap_close(struct pool_imap *m)
{
	if (pool_is_own(m->pool))
		end_tasks(m);
	free(m->out);
	free(m->input);
	free(m->outputs);
	free(m);
}
