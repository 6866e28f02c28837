#include "runners/worker.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runners/affinity.h"
#include "runners/clock.h"
#include "runners/deal.h"
#include "runners/memory.h"

enum { KEEP_ON_PORTIONS = 64 };

void control_abort(struct control *control)
{
	atomic_store(&control->abort, 1);
	gate_open(&control->start);
	gate_open(&control->barrier.gate);
	gate_open(&control->finish);
}

static void step(struct worker_record *me, enum worker_step at)
{
	atomic_store_explicit(&me->step, at, memory_order_relaxed);
}

void worker_name(const struct control *control, uint32_t rank)
{
	char name[16]; /* what the kernel keeps of a task's name */
	snprintf(name, sizeof name, "%.10s/w%u", control->kernel, rank);
	prctl(PR_SET_NAME, name);
}

static int worker_enter(const struct worker *w, struct worker_record *me, struct context *ctx)
{
	if (!w->control->plain) /* a plain program's have none */
		worker_name(w->control, w->rank);
	step(me, STEP_ENTER);
	me->pinned = affinity_bind(me->pu) == 0;
	me->bound_ns = clock_ns();
	int error = w->own_process && !w->control->plain ? arena_populate(&w->shared) : 0;
	return !error && w->kernel->enter ? w->kernel->enter(ctx) : error;
}

void worker_hold_here(uint32_t number, int pid, const char *where)
{
	fprintf(stderr, "pvt: worker %u%s" HOLDS " `gdb -p %d`, then `signal SIGCONT`\n", number, where, pid);
	raise(SIGSTOP);
}

void worker_hold(const struct control *control, uint32_t rank)
{
	if (control->hold == (int)rank)
		worker_hold_here(rank, control->worker[rank].pid, "");
}

/* Says "I am ready"; the last one lets a one-job session start, or tells the harness that the pool is up. */
static void worker_ready(struct control *c, struct worker_record *me)
{
	step(me, STEP_READY);
	if (c->rushes)
		return;
	if (atomic_fetch_add(&c->ready, 1) + 1 == c->workers)
		gate_open(c->pool ? &c->finish : &c->start);
}

/* Waits for all others; false: the job was aborted. */
static bool meet(const struct worker *w)
{
	struct control *c = w->control;
	return w->ways ? w->ways->meet(w) : barrier_wait(&c->barrier, c->barrier_spin_ns, &c->abort);
}

/* All processes' memory at once, with everybody still there. */
static void worker_probe(const struct worker *w, struct worker_record *me)
{
	struct control *c = w->control;
	if (!meet(w))
		return;
	me->memory = (struct memory_use){0};
	if (w->own_process || w->rank == 0)
		me->memory = memory_use(0);
	if (w->rank == 0) {
		c->stacks_kib = memory_kernel_stacks_kib();
		if (w->own_process)
			c->harness_memory = memory_use_of(c->harness, c->source);
	}
	meet(w);
}

/* After each phase: everybody arrives, rank 0 does what lies between, everybody goes on. */
static bool worker_between(const struct worker *w, uint32_t phase)
{
	struct control *c = w->control;
	if (!meet(w))
		return false;
	if (w->rank == 0) {
		atomic_store_explicit(&c->next, 0, memory_order_relaxed);
		if (w->kernel->between)
			w->kernel->between(w->shared.base, &c->params, phase);
	}
	return phase + 1 == c->phases || meet(w);
}

/* Opening takes as long as a launch does. Who is ready waits for the others, as they do at the gate. */
static void worker_count(const struct worker *w, struct counters *counters)
{
	counters_open(counters, w->control->counter, w->control->again);
	meet(w);
	counters_start(counters);
}

static void worker_counted(struct worker_record *me, struct counters *counters)
{
	counters_stop(counters);
	counters_read(counters, me->count, &me->counted);
	counters_close(counters);
}

/*
 * Beside the slowest until it is done, and until the window is over; in portions so small that it hardly
 * waits for this worker. In a window all operations count: a worker that had the lock for most of the first
 * millisecond has not done more than its share of the whole.
 */
static void worker_keep_on(const struct worker *w, struct worker_record *me, struct context *ctx)
{
	struct control *c = w->control;
	uint64_t portion = c->items > KEEP_ON_PORTIONS ? c->items / KEEP_ON_PORTIONS : 1;
	uint64_t end = me->begin_ns + c->window_ns, now = me->end_ns;
	ctx->phase = 0;
	me->operations = c->items;
	atomic_fetch_sub(&c->running, 1);
	while ((atomic_load_explicit(&c->running, memory_order_relaxed) || now < end) &&
	       !atomic_load(&c->abort)) {
		w->kernel->run(ctx, 0, portion);
		me->operations += portion;
		now = clock_ns();
	}
	me->operated_ns = now - me->begin_ns;
}

void worker_job(const struct worker *w, struct context *ctx)
{
	struct control *c = w->control;
	struct worker_record *me = &c->worker[w->rank];
	uint64_t sum = 0, busy = 0, resumed;
	struct counters counters;
	bool counting = c->probe == PROBE_COUNTERS;
	step(me, STEP_RUN);
	memset(me->told, 0, sizeof me->told);
	if (counting)
		worker_count(w, &counters);
	uint64_t cpu = c->keeps_time ? clock_cpu_ns() : 0;
	me->begin_ns = resumed = clock_ns();
	for (ctx->phase = c->phase; ctx->phase < c->phase + c->phases; ctx->phase++) {
		sum += deal_items(w, ctx);
		bool last = ctx->phase + 1 == c->phase + c->phases;
		if (last && (c->part || !w->kernel->between))
			break;
		busy += clock_ns() - resumed;
		if (!worker_between(w, ctx->phase))
			break;
		resumed = clock_ns();
	}
	me->end_ns = clock_ns();
	if (c->keeps_time)
		me->cpu_ns = clock_cpu_ns() - cpu;
	if (!c->plain && (c->keeps_on || c->window_ns))
		worker_keep_on(w, me, ctx);
	if (counting)
		worker_counted(me, &counters);
	me->busy_ns = busy + me->end_ns - resumed;
	me->checksum = sum;
	me->cpu = sched_getcpu();
	step(me, STEP_DONE);
	if (c->probe == PROBE_MEMORY)
		worker_probe(w, me);
}

/*
 * Waits for the next job. Who waits for workers that are still being launched soon goes to sleep, for a
 * spinning worker holds up the launch. Being woken takes tens of microseconds, which are not the job's: all
 * meet once more, awake, so that they begin together.
 */
static bool worker_await(struct control *c, uint32_t *seen)
{
	if (c->rushes)
		return !atomic_load(&c->abort);
	*seen = gate_wait(&c->start, *seen, c->idle_spin_ns);
	if (!c->pool)
		barrier_wait(&c->barrier, c->barrier_spin_ns, &c->abort);
	return !atomic_load(&c->abort) && !atomic_load(&c->stop);
}

/* A one-job worker waits for the others at the end too, so that none leaves while another computes; but not
 * where it is launching and leaving that are measured. */
static void worker_jobs(const struct worker *w, struct context *ctx, bool in_place_of_another)
{
	struct control *c = w->control;
	uint32_t seen = 0;
	if (in_place_of_another) /* in the midst of a job */
		seen = atomic_load(&c->start.epoch);
	do {
		if (!in_place_of_another && !worker_await(c, &seen))
			return;
		in_place_of_another = false;
		worker_job(w, ctx);
		if (c->plain)
			break;
		if (!c->pool)
			meet(w);
		else if (atomic_fetch_add(&c->done, 1) + 1 == c->workers)
			gate_open(&c->finish);
	} while (c->pool);
}

int worker_begin(const struct worker *w, struct context *ctx)
{
	struct control *c = w->control;
	struct worker_record *me = &c->worker[w->rank];
	me->born_ns = clock_ns();
	me->pid = (int32_t)gettid();
	me->lives++;
	me->usage = (struct usage){0};
	*ctx = (struct context){.shared = w->shared.base,
				.params = &c->params,
				.rank = w->rank,
				.workers = c->workers,
				.ballast = c->ballast,
				.told = me->told};
	me->error = worker_enter(w, me, ctx);
	if (me->error) {
		control_abort(c);
		return me->error;
	}
	if (c->pool || w->here)
		me->usage = usage_now(); /* made before the job: what it used until then is not the job's */
	worker_hold(c, w->rank);
	me->ready_ns = clock_ns();
	return 0;
}

void worker_end(const struct worker *w, struct context *ctx)
{
	struct worker_record *me = &w->control->worker[w->rank];
	step(me, STEP_LEAVE);
	if (w->kernel->leave)
		w->kernel->leave(ctx);
	if (w->control->pool || !w->own_process) /* of a process that ends its parent is told by wait4(2) */
		me->usage = usage_since(me->usage);
	me->left_ns = clock_ns();
}

int worker_body(const struct worker *w)
{
	struct context ctx;
	struct worker_record *me = &w->control->worker[w->rank];
	bool in_place_of_another = me->lives > 0;
	int error = worker_begin(w, &ctx);
	if (error)
		return error;
	if (!in_place_of_another)
		worker_ready(w->control, me);
	worker_jobs(w, &ctx, in_place_of_another);
	worker_end(w, &ctx);
	return 0;
}
