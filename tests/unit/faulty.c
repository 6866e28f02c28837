#include "tests/unit/faulty.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "runners/clock.h"

/* Not a whole page, so that there is room to write past its end without a fault. */
enum { SHARED_BYTES = 4000 };

/* Longer than the tests' time limits on a job: no strike is a timeout, and not a job well done. */
static const uint64_t patience_ns = 10000000000;

struct area {
	_Atomic uint32_t exempt; /* the first session does well: the plug-in's sequential reference */
	_Atomic uint32_t struck; /* the others wait for it, or stealing could leave nothing to strike at */
};

/* A plain kill instead of a wild pointer: sanitizers turn the latter into an exit. */
static void die(int signal_number)
{
	signal(signal_number, SIG_DFL);
	kill(getpid(), signal_number);
	for (;;)
		pause();
}

/* Strikes this very thread, and asks its handler: as a wild pointer would. */
static void crash(int signal_number)
{
#ifndef FAULTY_PLUGIN
	signal(signal_number, SIG_DFL); /* for the same reason */
#endif
	raise(signal_number);
}

static bool strikes(const struct context *ctx)
{
	return !ctx->local && ctx->rank == ctx->params->extent[1] % ctx->workers;
}

static int faulty_enter(struct context *ctx)
{
	struct area *area = ctx->shared;
	ctx->local = atomic_exchange(&area->exempt, 0) ? area : NULL;
	/* All runners of a run have one area: the strike of the one before is not this one's. */
	if (strikes(ctx))
		atomic_store(&area->struck, 0);
	if (strikes(ctx) && ctx->params->extent[0] == FAULT_ENTER)
		return -ENOMEM;
	if (strikes(ctx) && ctx->params->extent[0] == FAULT_ENTER_KILL)
		die(SIGKILL);
	return 0;
}

static void faulty_leave(struct context *ctx)
{
	if (strikes(ctx) && ctx->params->extent[0] == FAULT_LEAVE)
		die(SIGKILL);
}

static void leave_grandchild(void)
{
	if (fork() == 0)
		for (;;)
			pause();
}

static uint64_t strike(const struct context *ctx)
{
	struct area *area = ctx->shared;
	atomic_store(&area->struck, 1);
	switch (ctx->params->extent[0]) {
	case FAULT_SEGV:
		crash(SIGSEGV);
		break;
	case FAULT_EXIT:
		_exit(3);
	case FAULT_ABORT:
		crash(SIGABRT);
		break;
	case FAULT_KILL:
		die(SIGKILL);
		break;
	case FAULT_RETURN:
		_exit(0);
	case FAULT_HANG:
		for (;;)
			pause();
	case FAULT_STOP:
		raise(SIGSTOP);
		break;
	case FAULT_WRONG:
		return 1;
	case FAULT_OVERRUN:
		((char *)ctx->shared)[SHARED_BYTES] = 1;
		break;
	case FAULT_FAR_OVERRUN:
		((volatile char *)ctx->shared)[SHARED_BYTES + 4096] = 1;
		break;
	case FAULT_GRANDCHILD:
		leave_grandchild();
		break;
	default:
		break;
	}
	return 0;
}

static void await_strike(struct area *area)
{
	uint64_t end = clock_ns() + patience_ns;
	while (!atomic_load(&area->struck) && clock_ns() < end)
		sched_yield();
}

static uint64_t faulty_run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = (begin + end - 1) * (end - begin) / 2;
	if (strikes(ctx))
		return sum + strike(ctx);
	if (ctx->params->extent[0] && !ctx->local)
		await_strike(ctx->shared);
	return sum;
}

static uint64_t faulty_items(const struct params *params)
{
	if (params->extent[0] == FAULT_ITEMS)
		crash(SIGSEGV);
	return params->size;
}

static size_t faulty_bytes(const struct params *params)
{
	if (params->extent[0] == FAULT_BYTES)
		crash(SIGSEGV);
	return SHARED_BYTES;
}

static int faulty_prepare(void *shared, struct params *params)
{
	(void)params;
#ifdef FAULTY_PLUGIN
	struct area *area = shared;
	atomic_store(&area->exempt, 1);
	if (params->extent[0] == FAULT_REFERENCE)
		crash(SIGSEGV);
#else
	(void)shared;
#endif
	return 0;
}

#define KERNEL                                                                                      \
	.abi = KERNEL_ABI, .help = "misbehaves on demand", .item = "number", .items = faulty_items, \
	.shared_bytes = faulty_bytes, .prepare = faulty_prepare, .enter = faulty_enter,             \
	.leave = faulty_leave, .run = faulty_run, .writes = kernel_writes_nothing

const struct kernel kernel_faulty = {KERNEL, .name = "faulty"};

#ifdef FAULTY_PLUGIN
#define CONFIGURE(what, id)                                \
	static int configure_##what(struct params *params) \
	{                                                  \
		params->extent[0] = FAULT_##what;          \
		params->extent[1] = 1;                     \
		if (FAULT_##what == FAULT_CONFIGURE)       \
			crash(SIGSEGV);                    \
		return 0;                                  \
	}
FAULTS(CONFIGURE)

#define ENTRY(what, id) \
	&(const struct kernel){KERNEL, .name = (id), .sizes = {100, 100, 100}, .configure = configure_##what},
extern const struct kernel *const pvt_kernels[];
const struct kernel *const pvt_kernels[] = {FAULTS(ENTRY) NULL};
#endif
