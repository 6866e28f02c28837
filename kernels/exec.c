/* Starting the smallest program there is: what a new program costs beside a fork, which starts none. */
#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernels/contention/operation.h"
#include "kernels/params.h"

#define PROGRAM "/bin/true"

static int configure(struct params *params)
{
	if (access(PROGRAM, X_OK) != 0)
		return params_fail(params, EOPNOTSUPP, "there is no " PROGRAM);
	return operation_configure(params);
}

static int start_and_await(void)
{
	char name[] = PROGRAM, *arguments[] = {name, NULL}, *environment[] = {NULL};
	pid_t pid;
	int status = -1;

	if (posix_spawn(&pid, PROGRAM, NULL, NULL, arguments, environment) != 0)
		return 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

static uint64_t run(struct context *ctx, uint64_t begin, uint64_t end)
{
	uint64_t sum = 0;

	(void)ctx;
	for (uint64_t i = begin; i < end; i++)
		sum += operation_done(i, start_and_await());
	return sum;
}

const struct kernel kernel_exec = {
	OPERATION_UNCONFIGURED("exec",
			       "starts a minimal program (posix_spawn of " PROGRAM ") and waits for its end",
			       "program"),
	.sizes = {4, 20, 2000},
	.configure = configure,
	.run = run,
	.verify = operation_verify,
	.writes = kernel_writes_nothing,
};
