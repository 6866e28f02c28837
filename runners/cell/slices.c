#include "runners/cell/slices.h"

#include <math.h>

#include "kernels/registry.h"
#include "runners/affinity.h"
#include "runners/clock.h"

static double since(uint64_t *at)
{
	uint64_t now = clock_ns(), ns = now - *at;
	*at = now;
	return (double)ns;
}

/* One job, as the one worker of seq does it, with a look at the clock between slices. */
static void take_job(struct slices *s, const struct jobs *jobs, struct context *ctx, uint64_t items)
{
	const struct kernel *kernel = jobs->job.kernel;
	uint32_t n = s->repetitions;
	double between = 0;
	uint64_t sum = 0, at = clock_ns(), start = at;
	for (ctx->phase = 0; ctx->phase < s->phases; ctx->phase++) {
		double *slice = &s->slice_ns[n][(size_t)ctx->phase * s->slices];
		for (uint32_t i = 0; i < s->slices; i++) {
			uint64_t from = (uint64_t)((unsigned __int128)items * i / s->slices);
			uint64_t to = (uint64_t)((unsigned __int128)items * (i + 1) / s->slices);
			sum += kernel->run(ctx, from, to);
			slice[i] = since(&at);
		}
		if (kernel->between)
			kernel->between(ctx->shared, ctx->params, ctx->phase);
		between += since(&at);
	}
	s->work_ns[n] = (double)(at - start);
	s->between_ns[n] = between;
	s->wrong |= sum != jobs->expected;
}

/* The same items as they are dealt dynamically, each by a step of a counter that is shared: of one phase. */
static void take_singly(struct slices *s, const struct jobs *jobs, struct context *ctx, uint64_t items)
{
	_Atomic uint64_t next = 0;
	uint64_t at = clock_ns(), item, sum = 0;
	ctx->phase = 0;
	while ((item = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed)) < items)
		sum += jobs->job.kernel->run(ctx, item, item + 1);
	s->single_ns[s->repetitions] = fmax(0, since(&at) - s->work_ns[s->repetitions]);
	s->wrong |= sum != jobs->expected;
}

static void take_repetition(struct slices *s, const struct jobs *jobs, uint64_t items)
{
	const struct kernel *kernel = jobs->job.kernel;
	struct context ctx = {.shared = jobs->job.shared->base, .params = jobs->job.params, .workers = 1};
	uint64_t at = clock_ns();
	if (jobs->since_ns)
		atomic_store(jobs->since_ns, at);
	s->error = kernel->enter ? kernel->enter(&ctx) : 0;
	double enter = since(&at);
	if (s->error)
		return;
	take_job(s, jobs, &ctx, items);
	if (kernel->uneven && s->phases == 1)
		take_singly(s, jobs, &ctx, items);
	at = clock_ns();
	if (kernel->leave)
		kernel->leave(&ctx);
	s->enter_ns[s->repetitions] = enter + since(&at);
}

void slices_take(struct slices *s, const struct jobs *jobs, uint64_t budget_ns)
{
	uint64_t items = kernel_items(jobs->job.kernel, jobs->job.params), begun = clock_ns();
	affinity_bind(s->pu);
	for (int i = -1; i < SLICES_REPETITIONS_MAX; i++) { /* the first one warms up */
		s->repetitions = i < 0 ? 0 : (uint32_t)i;
		take_repetition(s, jobs, items);
		if (s->error || s->wrong)
			return;
		s->repetitions++;
		if (i >= SLICES_REPETITIONS_MIN && clock_ns() - begun > budget_ns)
			return;
	}
}
