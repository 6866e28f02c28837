/*
 * What a fork costs the parent afterwards: while the child has its pages too, the parent's first write to
 * each copies it. The worker is a thread of the program that holds the ballast, and forks the child itself.
 */
#include "kernels/ballast.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only calls that are allowed after a fork of a process with threads. Stopped, it uses no processor. */
static _Noreturn void be_the_child(pid_t parent)
{
	/* It ends when the thread that has forked it does; if that is gone already, nobody will say so. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
	for (;;)
		kill(getpid(), SIGSTOP);
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

/* All signals are blocked in the child, so that no handler of the harness runs there. 0 or -errno. */
static int fork_child(pid_t *child)
{
	pid_t parent = getpid();
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	*child = fork();
	if (*child == 0)
		be_the_child(parent);
	int error = *child < 0 ? -errno : 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

/* Returns when the child has stopped: it does nothing while others are timed. */
static int start_child(pid_t *child)
{
	int status, error = fork_child(child);

	if (error)
		return error;
	while (waitpid(*child, &status, WUNTRACED) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFSTOPPED(status) ? 0 : -ECHILD;
}

/* Pages that another fork has left shared are copied before, untimed. */
static int enter(struct context *ctx)
{
	pid_t *child = malloc(sizeof *child);

	if (!child)
		return -ENOMEM;
	ballast_write(ctx, 0, ballast_pages(ctx));
	int error = start_child(child);
	if (error)
		free(child);
	else
		ctx->local = child;
	return error;
}

static void leave(struct context *ctx)
{
	pid_t *child = ctx->local;

	end_child(*child);
	free(child);
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	return ballast_write(ctx, begin, end);
}

const struct kernel kernel_copy_parent = {
	BALLAST_KERNEL("copy-parent",
		       "writes a byte to each page of the ballast while a forked child shares it"),
	.needs = KERNEL_NEEDS_INHERITANCE | KERNEL_NEEDS_BALLAST | KERNEL_NEEDS_ONE_PROCESS,
	.enter = enter,
	.run = run,
	.leave = leave,
};
