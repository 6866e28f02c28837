#include "runners/deal.h"

#include "runners/crash.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t deal_static(uint64_t items, uint64_t chunk, uint32_t rank, uint32_t workers,
		     uint64_t (*run)(void *arg, uint64_t begin, uint64_t end), void *arg)
{
	uint64_t sum = 0;
	if (chunk == 0) {
		uint64_t begin = (uint64_t)((unsigned __int128)items * rank / workers);
		uint64_t end = (uint64_t)((unsigned __int128)items * (rank + 1) / workers);
		return begin < end ? run(arg, begin, end) : 0;
	}
	for (uint64_t begin = chunk * rank; begin < items; begin += chunk * workers)
		sum += run(arg, begin, min_u64(begin + chunk, items));
	return sum;
}

/* A worker at its items, which are numbered from the first that its session has. */
struct turn {
	const struct kernel *kernel;
	struct context *ctx;
	uint64_t offset;
};

static uint64_t run_turn(void *arg, uint64_t begin, uint64_t end)
{
	const struct turn *t = arg;
	return t->kernel->run(t->ctx, t->offset + begin, t->offset + end);
}

static uint64_t deal_dynamic(const struct worker *w, struct context *ctx)
{
	struct control *c = w->control;
	uint64_t chunk = c->chunk ? c->chunk : 1;
	uint64_t sum = 0;
	while (!atomic_load_explicit(&c->abort, memory_order_relaxed)) {
		uint64_t begin = atomic_fetch_add_explicit(&c->next, chunk, memory_order_relaxed);
		if (begin >= c->items)
			break;
		sum += w->kernel->run(ctx, c->offset + begin, c->offset + min_u64(begin + chunk, c->items));
	}
	return sum;
}

static uint64_t deal_guided(const struct worker *w, struct context *ctx)
{
	struct control *c = w->control;
	uint64_t least = c->chunk ? c->chunk : 1;
	uint64_t sum = 0;
	uint64_t begin = atomic_load_explicit(&c->next, memory_order_relaxed);
	while (begin < c->items && !atomic_load_explicit(&c->abort, memory_order_relaxed)) {
		uint64_t share = (c->items - begin) / c->workers;
		uint64_t end = min_u64(begin + (share > least ? share : least), c->items);
		if (!atomic_compare_exchange_weak_explicit(&c->next, &begin, end, memory_order_relaxed,
							   memory_order_relaxed))
			continue;
		sum += w->kernel->run(ctx, c->offset + begin, c->offset + end);
		begin = atomic_load_explicit(&c->next, memory_order_relaxed);
	}
	return sum;
}

/* First what the worker had at hand whose place this one takes. */
static uint64_t deal_crashing(const struct worker *w, struct context *ctx)
{
	struct control *c = w->control;
	struct worker_record *me = &c->worker[w->rank];
	while (!atomic_load_explicit(&c->abort, memory_order_relaxed)) {
		if (!me->holds) {
			me->item = atomic_fetch_add_explicit(&c->next, 1, memory_order_relaxed);
			me->holds = me->item < c->items;
		}
		if (!me->holds)
			break;
		me->kept += crash_run(c, w->kernel, ctx, me->item, me->item + 1);
		me->holds = false;
	}
	return me->kept;
}

uint64_t deal_items(const struct worker *worker, struct context *ctx)
{
	if (worker->control->rate)
		return worker->kernel->run(ctx, 0, worker->control->items);
	if (worker->ways)
		return worker->ways->deal(worker, ctx);
	if (worker->control->crashes)
		return deal_crashing(worker, ctx);
	switch (worker->control->schedule) {
	case SCHEDULE_DYNAMIC:
		return deal_dynamic(worker, ctx);
	case SCHEDULE_GUIDED:
		return deal_guided(worker, ctx);
	case SCHEDULE_STATIC:
	case SCHEDULE_STEALING: /* never: those runners do not come here */
		break;
	}
	struct turn turn = {worker->kernel, ctx, worker->control->offset};
	return deal_static(worker->control->items, worker->control->chunk, worker->rank,
			   worker->control->workers, run_turn, &turn);
}
