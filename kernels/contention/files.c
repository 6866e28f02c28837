/* Operations on descriptors: threads share one table of them; the files are each worker's own, or one of all.
 */
#include "kernels/contention/operation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernels/params.h"

struct own_file {
	int fd;
	char path[64];
};

/* A file without a name elsewhere, in memory: no disk is measured. */
static int enter_file(struct context *ctx)
{
	struct own_file *file = malloc(sizeof *file);
	if (!file)
		return -ENOMEM;
	snprintf(file->path, sizeof file->path, "/dev/shm/pvt-open-XXXXXX");
	file->fd = mkostemp(file->path, O_CLOEXEC);
	if (file->fd < 0) {
		int error = -errno;
		free(file);
		return error;
	}
	ctx->local = file;
	return 0;
}

static void leave_file(struct context *ctx)
{
	struct own_file *file = ctx->local;
	unlink(file->path);
	close(file->fd);
	free(file);
}

static uint64_t run_open(struct context *ctx, uint64_t begin, uint64_t end)
{
	const struct own_file *file = ctx->local;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		int fd = open(file->path, O_RDONLY | O_CLOEXEC);
		sum += operation_done(i, fd >= 0 && close(fd) == 0);
	}
	return sum;
}

static uint64_t run_dup(struct context *ctx, uint64_t begin, uint64_t end)
{
	const struct own_file *file = ctx->local;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		int fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
		sum += operation_done(i, fd >= 0 && close(fd) == 0);
	}
	return sum;
}

/* One pipe for all; its numbers are the harness's, and its children's. */
static size_t pipe_bytes(const struct params *params)
{
	(void)params;
	return 2 * sizeof(int);
}

static int open_pipe(void *shared, struct params *params, uint32_t workers)
{
	(void)workers;
	return pipe2(shared, O_CLOEXEC) == 0 ? 0 : params_fail(params, errno, "no pipe");
}

static void close_pipe(void *shared, const struct params *params)
{
	const int *fd = shared;
	(void)params;
	close(fd[0]);
	close(fd[1]);
}

/* Whoever reads has written before, so there is always a byte for each reader. */
static uint64_t run_pipe(struct context *ctx, uint64_t begin, uint64_t end)
{
	const int *fd = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		char byte = 1;
		int well = write(fd[1], &byte, 1) == 1;
		sum += operation_done(i, well && read(fd[0], &byte, 1) == 1);
	}
	return sum;
}

const struct kernel kernel_open = {
	OPERATION("open", "opens and closes a file of the worker's own", "pair"),
	.sizes = {200, 2000, 200000},
	.enter = enter_file,
	.run = run_open,
	.verify = operation_verify,
	.leave = leave_file,
};

const struct kernel kernel_dup = {
	OPERATION("dup", "duplicates a descriptor of the worker's own and closes it", "pair"),
	.sizes = {1000, 10000, 1000000},
	.enter = enter_file,
	.run = run_dup,
	.verify = operation_verify,
	.leave = leave_file,
};

const struct kernel kernel_pipe = {
	OPERATION("pipe", "writes a byte to a pipe that all workers use and reads one", "pair"),
	.sizes = {500, 5000, 500000},
	.needs = KERNEL_NEEDS_INHERITANCE,
	.shared_bytes = pipe_bytes,
	.open = open_pipe,
	.run = run_pipe,
	.verify = operation_verify,
	.close = close_pipe,
};
