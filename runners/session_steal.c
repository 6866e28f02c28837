/*
 * Sessions whose items are dealt by the pool library (pool/pool.h), by stealing instead of by this folder's
 * schedules: the kernels, the stamps and the verification are the same.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/affinity.h"
#include "runners/clock.h"
#include "runners/crash.h"
#include "runners/fate.h"
#include "runners/memory.h"
#include "runners/pool/pool.h"
#include "runners/session.h"

/* What a session keeps; forked workers have it because it was there before them. */
struct stealing {
	struct pool *pool;
	uint64_t opened_ns, ready_ns;
	struct stealer {
		struct context context;
		struct counters counters;
	} worker[];
};

static struct stealer *stealer_of(const struct session *s, uint32_t rank)
{
	return &((struct stealing *)s->own)->worker[rank];
}

/* ---- in the workers, which know their rank and, being forks or threads, the session ---- */

static int enter(void *session, uint32_t rank)
{
	struct session *s = session;
	struct worker_record *me = &s->control->worker[rank];
	struct context *ctx = &stealer_of(s, rank)->context;
	worker_name(s->control, rank);
	me->born_ns = clock_ns();
	me->pid = (int)gettid();
	if (me->job == s->control->job) /* else it takes the place of one that died in an earlier job */
		me->lives++;
	atomic_store(&me->step, STEP_ENTER);
	me->pinned = affinity_bind(me->pu) == 0;
	*ctx = (struct context){.shared = s->job.shared->base,
				.params = &s->control->params,
				.rank = rank,
				.workers = s->job.workers};
	int error = s->job.runner->processes ? arena_populate(s->job.shared) : 0;
	if (!error && s->job.kernel->enter)
		error = s->job.kernel->enter(ctx);
	if (!error)
		worker_hold(s->control, rank);
	me->usage = usage_now(); /* what is used from here on is the jobs' */
	me->error = error;
	atomic_store(&me->step, error ? STEP_ENTER : STEP_READY);
	return error;
}

static void leave(void *session, uint32_t rank)
{
	struct session *s = session;
	struct worker_record *me = &s->control->worker[rank];
	me->usage = usage_since(me->usage);
	atomic_store(&me->step, STEP_LEAVE);
	counters_close(&stealer_of(s, rank)->counters);
	if (s->job.kernel->leave)
		s->job.kernel->leave(&stealer_of(s, rank)->context);
	me->left_ns = clock_ns();
}

/* A worker learns that a job has begun from its first items, and never that it has ended. */
static void begin_job(struct session *s, struct worker_record *me, struct counters *counters)
{
	struct control *c = s->control;
	me->job = c->job;
	me->busy_ns = me->checksum = 0;
	counters_close(counters);
	if (c->probe == PROBE_COUNTERS) {
		counters_open(counters, c->counter, c->again);
		counters_start(counters);
	}
}

static int run_items(void *session, uint64_t first_item, uint64_t last_item)
{
	struct session *s = session;
	struct control *c = s->control;
	uint32_t rank = pool_rank();
	struct worker_record *me = &c->worker[rank];
	struct context *ctx = &stealer_of(s, rank)->context;
	uint64_t begin = c->offset + first_item, end = c->offset + last_item;
	bool first = me->job != c->job;
	if (first)
		begin_job(s, me, &stealer_of(s, rank)->counters);
	uint64_t start = clock_ns();
	if (first)
		me->begin_ns = start;
	ctx->phase = c->phase;
	me->item = begin;
	atomic_store_explicit(&me->step, STEP_RUN, memory_order_relaxed);
	me->checksum += c->crashes ? crash_run(c, s->job.kernel, ctx, begin, end)
				   : s->job.kernel->run(ctx, begin, end);
	me->end_ns = clock_ns();
	me->busy_ns += me->end_ns - start;
	me->cpu = sched_getcpu();
	atomic_store_explicit(&me->step, STEP_DONE, memory_order_relaxed);
	if (c->probe == PROBE_COUNTERS) /* the kernel's side counts these readings, all but the last */
		counters_read(&stealer_of(s, rank)->counters, me->count, &me->counted);
	return 0;
}

/* ---- in the harness ---- */

static int steal_open(struct session *s, char *why, size_t why_bytes)
{
	const struct job *job = &s->job;
	char reason[200] = "";
	struct stealing *own = s->own = calloc(1, sizeof *own + job->workers * sizeof *own->worker);
	if (!own)
		return -ENOMEM;
	for (uint32_t rank = 0; rank < job->workers; rank++)
		own->worker[rank].counters = COUNTERS_NONE;
	own->opened_ns = clock_ns();
	own->pool = pool_open(
		&(struct pool_options){.kind = job->runner->processes ? POOL_PROCESSES : POOL_THREADS,
				       .workers = job->workers,
				       .init = enter,
				       .leave = leave,
				       .init_arg = s,
				       .on_loss = job->crash ? POOL_RETRY : POOL_BREAK,
				       .timeout_ns = job->crash && job->runner->processes ? CRASH_PATIENCE_NS
											  : job->timeout_ns,
				       .interrupted = job->interrupted},
		reason, sizeof reason);
	if (own->pool) {
		own->ready_ns = clock_ns();
		return 0;
	}
	for (uint32_t rank = 0; rank < job->workers; rank++)
		if (s->control->worker[rank].error) {
			fate_tell(&s->handle[rank], why, why_bytes);
			return STATUS_CRASHED;
		}
	for (uint32_t rank = 0; rank < job->workers; rank++)
		if (atomic_load(&s->control->worker[rank].step) == STEP_ENTER) {
			size_t n = fate_tell_who(s->control, rank, why, why_bytes);
			snprintf(why + n, why_bytes - n, "in enter(): %s", reason);
			return errno == EINTR ? -EINTR : STATUS_CRASHED;
		}
	snprintf(why, why_bytes, "the pool of %u workers cannot be opened: %s", job->workers, reason);
	return errno == EINTR ? -EINTR : -EAGAIN;
}

static uint32_t rank_of_item(const struct session *s, uint64_t item)
{
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		const struct worker_record *r = &s->control->worker[rank];
		if (r->job == s->control->job && r->item == item && atomic_load(&r->step) == STEP_RUN)
			return rank;
	}
	return 0;
}

static int tell_loss(const struct session *s, const struct pool_map_outcome *m, char *why, size_t why_bytes)
{
	const struct pool_outcome *o = &m->outcome;
	unsigned long long first = m->first;
	if (o->state == POOL_TIMED_OUT && s->job.crash && runner_has_processes(s->job.runner)) {
		snprintf(why, why_bytes,
			 "%llu items were given up, and not all by the worker that hangs: the machine is too "
			 "busy to tell who does",
			 (unsigned long long)m->not_done);
		return STATUS_TIMEOUT;
	}
	if (o->state == POOL_TIMED_OUT) {
		fate_tell_late(s->control, s->job.timeout_ns, why, why_bytes);
		return STATUS_TIMEOUT;
	}
	size_t n = fate_tell_who(s->control, rank_of_item(s, m->first), why, why_bytes);
	if (o->signal)
		snprintf(why + n, why_bytes - n, "killed by SIG%s in run(), from item %llu",
			 sigabbrev_np(o->signal), first);
	else
		snprintf(why + n, why_bytes - n, "exited with %d in run(), from item %llu", o->code, first);
	return STATUS_CRASHED;
}

static struct pool *pool_of(const struct session *s)
{
	return ((struct stealing *)s->own)->pool;
}

static void probe(struct session *s)
{
	int pids[WORKERS_MAX] = {0};
	bool processes = s->job.runner->processes;
	pool_pids(pool_of(s), pids);
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		s->control->worker[rank].memory = processes ? memory_use(pids[rank]) : (struct memory_use){0};
	s->control->harness_memory = memory_use(0);
	s->control->stacks_kib = memory_kernel_stacks_kib();
}

/* What the pool would choose, said by the harness, which has to know how much one worker is at. */
static uint64_t chunk_of(const struct session *s)
{
	const struct control *c = s->control;
	uint64_t share = c->items / (32 * (uint64_t)s->job.workers);
	if (c->chunk || !s->job.crash)
		return c->chunk;
	return share ? share : 1;
}

/* Once more what a worker was at that hung: the pool runs again only what one left that died. */
static int range_again(struct session *s, struct pool_map_outcome *m)
{
	s->control->offset = m->first;
	int error = pool_range(pool_of(s), run_items, s, m->not_done, chunk_of(s), m);
	s->control->offset = 0;
	return error;
}

static int range(struct session *s, struct pool_map_outcome *m)
{
	const struct control *c = s->control;
	int error = pool_range(pool_of(s), run_items, s, c->items, chunk_of(s), m);
	/* The items of more than one worker do not lie together, and the pool tells where the first are. */
	bool foreseen = error == -EIO && s->job.crash && runner_has_processes(s->job.runner) &&
			m->outcome.state == POOL_TIMED_OUT && m->not_done <= chunk_of(s);
	if (foreseen) /* the pool has ended it, after as long as it was given */
		atomic_store(&s->control->ended_ns, atomic_load(&s->control->struck_ns) + CRASH_PATIENCE_NS);
	return foreseen ? range_again(s, m) : error;
}

static int steal_run(struct session *s, char *why, size_t why_bytes)
{
	struct control *c = s->control;
	struct pool_map_outcome m = {0};
	int error = 0;
	uint64_t start_ns = clock_ns();
	c->job++;
	for (c->phase = 0; c->phase < c->phases && !error; c->phase++) {
		error = range(s, &m);
		if (!error && s->job.kernel->between)
			s->job.kernel->between(s->job.shared->base, &c->params, c->phase);
	}
	s->wall_ns = clock_ns() - start_ns;
	if (!error && c->probe == PROBE_MEMORY)
		probe(s);
	if (!error || error == -EINTR)
		return error;
	int status = m.not_done ? tell_loss(s, &m, why, why_bytes) : STATUS_OK;
	s->hung = status == STATUS_TIMEOUT && !s->job.runner->processes;
	if (status)
		return status;
	snprintf(why, why_bytes, "the pool: %s%s", strerror(-error), pool_reason(pool_of(s)));
	return STATUS_CRASHED;
}

/* The pool does not tell how a worker ends that has no task any more. */
static int leaving(const struct session *s, char *why, size_t why_bytes)
{
	if (s->job.crash) /* who takes a dead one's place may still be on the way when there is no more to do
			   */
		return STATUS_OK;
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		if (s->control->worker[rank].left_ns)
			continue;
		size_t n = fate_tell_who(s->control, rank, why, why_bytes);
		snprintf(why + n, why_bytes - n, "did not come to the end of leave()");
		return STATUS_CRASHED;
	}
	return STATUS_OK;
}

static int steal_close(struct session *s, char *why, size_t why_bytes)
{
	struct stealing *own = s->own;
	int status = STATUS_OK;
	if (s->hung || !own)
		return status; /* to join it would be to wait for ever */
	if (!s->failed) {
		pool_close(own->pool);
		pool_join(own->pool);
		status = leaving(s, why, why_bytes);
	}
	pool_free(own->pool);
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		struct handle *h = &s->handle[rank];
		h->launched_ns = own->opened_ns;
		h->created_ns = own->opened_ns + (own->ready_ns - own->opened_ns) / s->job.workers;
		h->reaped_ns = clock_ns();
	}
	free(own);
	s->own = NULL;
	return status;
}

static const char *steal_refuses(const struct runner *runner, const struct kernel *kernel, uint32_t workers,
				 uint32_t hosts)
{
	(void)runner;
	(void)workers;
	(void)hosts;
	return kernel->kind == KERNEL_WORK ? NULL : "its items cannot be divided, so they cannot be stolen";
}

const struct engine engine_steal = {
	.open = steal_open, .run = steal_run, .close = steal_close, .refuses = steal_refuses, .steals = true};
