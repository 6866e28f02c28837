/*
 * What a pool's first job takes after a pause in which its caller has computed, and what the workers take of
 * their CPUs meanwhile: who waits by looking is there at once, and who sleeps has to be woken. There is no
 * work, so the job's wall time is what the runner takes to reach its workers and to hear from all of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "kernels/params.h"

#define PAUSE_MOST_NS 10000000000u

/* A worker's own: what its clocks said at its last job. */
struct since {
	double wall_ns, cpu_ns; /* 0: it had none */
};

static int configure(struct params *params)
{
	return params_limit(params, PAUSE_MOST_NS);
}

static uint64_t items(const struct params *params)
{
	(void)params;
	return 1;
}

static int enter(struct context *ctx)
{
	ctx->local = calloc(1, sizeof(struct since));
	return ctx->local ? 0 : -ENOMEM;
}

static void leave(struct context *ctx)
{
	free(ctx->local);
}

static uint64_t pause_ns(const struct params *params)
{
	return params->size;
}

static double clock_in_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void tell(struct since *since, double *told)
{
	struct since now = {clock_in_ns(CLOCK_MONOTONIC), clock_in_ns(CLOCK_THREAD_CPUTIME_ID)};
	if (since->wall_ns > 0)
		told[TOLD_WAITING] = (now.cpu_ns - since->cpu_ns) / (now.wall_ns - since->wall_ns);
	*since = now;
}

/* Worker 1 tells, the first that the caller never is (where it works too, as in a team, it is number 0). */
static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	if (ctx->rank == 1 && ctx->told)
		tell(ctx->local, ctx->told);
	return ctx->rank == 0 ? end - begin : 0;
}

static int verify(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	(void)params;
	return checksum == 1 ? 0 : -EBADMSG;
}

const struct kernel kernel_after_pause = {
	.abi = KERNEL_ABI,
	.kind = KERNEL_RATE,
	.group = KERNEL_GROUP_ALL, /* so that nobody goes on until the last is done: there is nothing to do */
	.name = "after-pause",
	.help = "no work, after a pause in which the caller has computed",
	.item = "nothing",
	.size_unit = "ns of the pause",
	.sizes = {1000, 1000000, 10000000},
	.configure = configure,
	.items = items,
	.pause = pause_ns,
	.enter = enter,
	.run = run,
	.verify = verify,
	.leave = leave,
};
