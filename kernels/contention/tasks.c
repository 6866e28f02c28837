/* Operations on the caller's own task: what a system call costs at the least, and what threads share of it.
 */
#include "kernels/contention/operation.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINE 128

static uint64_t run_getppid(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;
	(void)ctx;
	for (uint64_t i = begin; i < end; i++)
		sum += operation_done(i, syscall(SYS_getppid) >= 0);
	return sum;
}

static sigset_t own_signal(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return set;
}

/* Blocked, it waits until it is asked for: no handler, which all threads would share. */
static int enter_signal(struct context *ctx)
{
	sigset_t set = own_signal(), *before = malloc(sizeof *before);
	if (!before)
		return -ENOMEM;
	ctx->local = before;
	return -pthread_sigmask(SIG_BLOCK, &set, before);
}

static void leave_signal(struct context *ctx)
{
	pthread_sigmask(SIG_SETMASK, ctx->local, NULL);
	free(ctx->local);
}

static uint64_t run_signal(struct context *ctx, uint64_t begin, uint64_t end)
{
	static const struct timespec now = {0};
	sigset_t set = own_signal();
	uint64_t sum = 0;
	pid_t process = getpid(), self = gettid();
	(void)ctx;
	for (uint64_t i = begin; i < end; i++) {
		int well = syscall(SYS_tgkill, process, self, SIGUSR1) == 0;
		sum += operation_done(i, well && sigtimedwait(&set, NULL, &now) == SIGUSR1);
	}
	return sum;
}

static size_t line_each(const struct params *params)
{
	(void)params;
	return (size_t)LINE * 4096; /* as many workers as there can be */
}

/* A word of its own: the words meet in the kernel's hash table of futexes alone. */
static uint64_t run_futex_wake(struct context *ctx, uint64_t begin, uint64_t end)
{
	void *word = (char *)ctx->shared + (size_t)LINE * ctx->rank;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++)
		sum += operation_done(i, syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0) == 0);
	return sum;
}

const struct kernel kernel_getppid = {
	OPERATION("getppid", "the cheapest system call", "call"),
	.sizes = {1000, 30000, 2000000},
	.run = run_getppid,
	.verify = operation_verify,
};

const struct kernel kernel_signal = {
	OPERATION("signal", "sends itself a signal and takes it", "signal"),
	.sizes = {500, 5000, 500000},
	.enter = enter_signal,
	.run = run_signal,
	.verify = operation_verify,
	.leave = leave_signal,
};

const struct kernel kernel_futex_wake = {
	OPERATION("futex-wake", "wakes the waiters of a word of the worker's own: none", "call"),
	.sizes = {1000, 20000, 2000000},
	.shared_bytes = line_each,
	.run = run_futex_wake,
	.verify = operation_verify,
};
