/* A worker as a forked child: it inherits all memory, and writes to copies of it. */
#include "runners/launcher.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "runners/control.h"

static int fork_start(struct handle *handle)
{
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		process_follow_harness(handle->worker.control->harness);
		_exit(worker_body(&handle->worker) ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	handle->pid = pid;
	return 0;
}

const struct launcher launch_fork = {.start = fork_start, .join = process_join, .inherits = true};
