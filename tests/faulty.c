#include "tests/faulty.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A plain kill instead of a wild pointer: sanitizers turn the latter into an exit. */
static void die(int signal_number)
{
	signal(signal_number, SIG_DFL);
	kill(getpid(), signal_number);
	for (;;)
		pause();
}

static bool strikes(const struct context *ctx)
{
	return ctx->rank == ctx->params->extent[1] % ctx->workers;
}

static int faulty_enter(struct context *ctx)
{
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

static uint64_t faulty_run(struct context *ctx, uint64_t begin, uint64_t end)
{
	if (strikes(ctx)) {
		switch (ctx->params->extent[0]) {
		case FAULT_SEGV:
			die(SIGSEGV);
			break;
		case FAULT_EXIT:
			_exit(3);
		case FAULT_ABORT:
			die(SIGABRT);
			break;
		case FAULT_KILL:
			die(SIGKILL);
			break;
		case FAULT_RETURN:
			_exit(0);
		case FAULT_HANG:
			for (;;)
				pause();
		default:
			break;
		}
	}
	return (begin + end - 1) * (end - begin) / 2;
}

static int faulty_prepare(void *shared, struct params *params)
{
	(void)shared;
	(void)params;
	return 0;
}

static size_t faulty_bytes(const struct params *params)
{
	(void)params;
	return 4096;
}

const struct kernel kernel_faulty = {
	.abi = KERNEL_ABI,
	.name = "faulty",
	.help = "misbehaves on demand",
	.item = "number",
	.shared_bytes = faulty_bytes,
	.prepare = faulty_prepare,
	.enter = faulty_enter,
	.leave = faulty_leave,
	.run = faulty_run,
};
