/*
 * Items are dealt by what gcc makes of `omp for schedule(…, chunk) nowait`: static by arithmetic, the others
 * by calls of libgomp's published interface, which LLVM's runtime has too. So run() gets each range as OpenMP
 * hands it out. C's `omp for` shows its body one item at a time and hides where a range ends; with a run() an
 * item, one whose items take half a nanosecond (square) took three times as long.
 */
#include "runners/openmp/team.h"

#include <errno.h>
#include <omp.h>

typedef unsigned long long ull; /* of the interface */

bool GOMP_loop_ull_nonmonotonic_dynamic_start(bool up, ull begin, ull end, ull step, ull chunk, ull *first,
					      ull *last);
bool GOMP_loop_ull_nonmonotonic_dynamic_next(ull *first, ull *last);
bool GOMP_loop_ull_nonmonotonic_guided_start(bool up, ull begin, ull end, ull step, ull chunk, ull *first,
					     ull *last);
bool GOMP_loop_ull_nonmonotonic_guided_next(ull *first, ull *last);
void GOMP_loop_end_nowait(void);

struct loop {
	bool (*start)(bool up, ull begin, ull end, ull step, ull chunk, ull *first, ull *last);
	bool (*next)(ull *first, ull *last);
};

static const struct loop dynamic = {GOMP_loop_ull_nonmonotonic_dynamic_start,
				    GOMP_loop_ull_nonmonotonic_dynamic_next};
static const struct loop guided = {GOMP_loop_ull_nonmonotonic_guided_start,
				   GOMP_loop_ull_nonmonotonic_guided_next};

static uint64_t deal_by(const struct loop *loop, const struct worker *w, struct context *ctx)
{
	const struct control *c = w->control;
	ull first, last;
	uint64_t sum = 0;
	bool more = loop->start(true, 0, c->items, 1, c->chunk ? c->chunk : 1, &first, &last);
	while (more) {
		sum += w->kernel->run(ctx, first, last);
		more = loop->next(&first, &last);
	}
	GOMP_loop_end_nowait();
	return sum;
}

/* One range a thread; the first ones have one more where it does not come out even. */
static uint64_t deal_static(const struct worker *w, struct context *ctx)
{
	const struct control *c = w->control;
	uint64_t share = c->items / c->workers, more = c->items % c->workers;
	uint64_t begin = share * w->rank + (w->rank < more ? w->rank : more);
	uint64_t end = begin + share + (w->rank < more);
	return begin < end ? w->kernel->run(ctx, begin, end) : 0;
}

static uint64_t deal_round_robin(const struct worker *w, struct context *ctx)
{
	const struct control *c = w->control;
	uint64_t sum = 0;
	for (uint64_t begin = c->chunk * w->rank; begin < c->items; begin += c->chunk * c->workers)
		sum += w->kernel->run(ctx, begin, c->items - begin < c->chunk ? c->items : begin + c->chunk);
	return sum;
}

static uint64_t deal(const struct worker *w, struct context *ctx)
{
	const struct control *c = w->control;
	if (c->schedule == SCHEDULE_DYNAMIC || c->schedule == SCHEDULE_GUIDED)
		return deal_by(c->schedule == SCHEDULE_DYNAMIC ? &dynamic : &guided, w, ctx);
	return c->chunk ? deal_round_robin(w, ctx) : deal_static(w, ctx);
}

static bool meet(const struct worker *w)
{
#pragma omp barrier
	return !atomic_load(&w->control->abort);
}

static int run(uint32_t workers, void (*body)(void *arg, uint32_t rank), void *arg)
{
	int error = 0;
#pragma omp parallel num_threads((int)workers)
	{
		if (omp_get_num_threads() == (int)workers) {
			body(arg, (uint32_t)omp_get_thread_num());
		} else {
#pragma omp master
			error = -EAGAIN;
		}
	}
	return error;
}

static void end(void)
{
	omp_pause_resource_all(omp_pause_hard);
}

const struct openmp_team openmp_team = {.run = run, .ways = {.meet = meet, .deal = deal}, .end = end};
