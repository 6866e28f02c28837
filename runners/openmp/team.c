/*
 * Items are asked for with the calls that gcc makes of `omp for schedule(…, chunk) nowait`: part of libgomp's
 * published interface, which LLVM's runtime has too. So run() gets each range as OpenMP hands it out. C's
 * `omp for` shows its body one item at a time and hides where a range ends; with a run() an item, a kernel
 * whose items take a nanosecond (cube) took 4 times as long.
 */
#include "runners/openmp/team.h"

#include <errno.h>
#include <omp.h>

typedef unsigned long long ull; /* of the interface */

bool GOMP_loop_ull_static_start(bool up, ull begin, ull end, ull step, ull chunk, ull *first, ull *last);
bool GOMP_loop_ull_static_next(ull *first, ull *last);
bool GOMP_loop_ull_nonmonotonic_dynamic_start(bool up, ull begin, ull end, ull step, ull chunk, ull *first,
					      ull *last);
bool GOMP_loop_ull_nonmonotonic_dynamic_next(ull *first, ull *last);
bool GOMP_loop_ull_nonmonotonic_guided_start(bool up, ull begin, ull end, ull step, ull chunk, ull *first,
					     ull *last);
bool GOMP_loop_ull_nonmonotonic_guided_next(ull *first, ull *last);
void GOMP_loop_end_nowait(void);

static const struct {
	bool (*start)(bool up, ull begin, ull end, ull step, ull chunk, ull *first, ull *last);
	bool (*next)(ull *first, ull *last);
	ull chunk; /* where none is said; of static 0: one range a thread */
} loops[] = {
	[SCHEDULE_STATIC] = {GOMP_loop_ull_static_start, GOMP_loop_ull_static_next, 0},
	[SCHEDULE_DYNAMIC] = {GOMP_loop_ull_nonmonotonic_dynamic_start,
			      GOMP_loop_ull_nonmonotonic_dynamic_next, 1},
	[SCHEDULE_GUIDED] = {GOMP_loop_ull_nonmonotonic_guided_start, GOMP_loop_ull_nonmonotonic_guided_next,
			     1},
};

static uint64_t deal(const struct worker *w, struct context *ctx)
{
	const struct control *c = w->control;
	enum schedule schedule = c->schedule;
	ull chunk = c->chunk ? c->chunk : loops[schedule].chunk, first, last;
	uint64_t sum = 0;
	bool more = loops[schedule].start(true, 0, c->items, 1, chunk, &first, &last);
	while (more) {
		sum += w->kernel->run(ctx, first, last);
		more = loops[schedule].next(&first, &last);
	}
	GOMP_loop_end_nowait();
	return sum;
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
