/* What forked and spawned workers share: being watched, being reaped, and dying with the harness. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/launcher.h"

const char *process_program(void)
{
	static const char self[] = "/proc/self/exe";
	const char *executed = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	return access(self, X_OK) == 0 || !executed ? self : executed;
}

int process_watch(struct handle *handle)
{
	handle->fd = (int)syscall(SYS_pidfd_open, handle->pid, 0);
	if (handle->fd >= 0)
		return 0;
	int error = -errno;
	kill(handle->pid, SIGKILL);
	waitpid(handle->pid, &handle->wait_status, 0);
	return error;
}

int process_join(struct handle *handle, uint64_t timeout_ns)
{
	if (timeout_ns) {
		struct pollfd ended = {.fd = handle->fd, .events = POLLIN};
		if (poll(&ended, 1, (int)(timeout_ns / NS_PER_MS) + 1) == 0)
			return -ETIMEDOUT;
	}
	struct rusage used;
	while (wait4(handle->pid, &handle->wait_status, 0, &used) < 0)
		if (errno != EINTR)
			return -errno;
	handle->usage = usage_of(&used);
	close(handle->fd);
	handle->fd = -1;
	return 0;
}

void process_follow_harness(pid_t harness)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != harness)
		_exit(EXIT_FAILURE);
}
