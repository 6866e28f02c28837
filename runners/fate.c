#include "runners/fate.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "runners/clock.h"
#include "runners/control.h"

static const struct worker_record *record_of(const struct handle *handle)
{
	return &handle->worker.control->worker[handle->worker.rank];
}

static const char *where(const struct worker_record *record)
{
	static const char *const steps[] = {"before it was ready",    "in enter()",
					    "before the start",       "in run()",
					    "after its job was done", "in leave()"};
	return steps[atomic_load(&record->step)];
}

/* The planned PU; the record's cpu is known only once a job has ended. */
static size_t tell_who(const struct handle *handle, char *text, size_t bytes)
{
	const struct worker_record *record = record_of(handle);
	int pu = handle->worker.control->pu[handle->worker.rank];
	int pid = handle->pid ? handle->pid : record->pid;
	char cpu[24] = "unpinned";
	if (pu >= 0)
		snprintf(cpu, sizeof cpu, "cpu %d", pu);
	int n = snprintf(text, bytes, "worker %u (pid %d, %s): ", handle->worker.rank, pid, cpu);
	return n < 0 || (size_t)n >= bytes ? bytes : (size_t)n;
}

bool fate_is_good(const struct handle *handle)
{
	return record_of(handle)->error == 0 && handle->wait_status == 0 &&
	       atomic_load(&record_of(handle)->step) == STEP_LEAVE;
}

void fate_tell(const struct handle *handle, char *text, size_t bytes)
{
	const struct worker_record *record = record_of(handle);
	size_t n = tell_who(handle, text, bytes);
	int status = handle->wait_status;
	if (record->error)
		snprintf(text + n, bytes - n, "failed %s: %s", where(record), strerror(-record->error));
	else if (WIFSIGNALED(status))
		snprintf(text + n, bytes - n, "killed by SIG%s %s", sigabbrev_np(WTERMSIG(status)),
			 where(record));
	else if (WEXITSTATUS(status))
		snprintf(text + n, bytes - n, "exited with %d %s", WEXITSTATUS(status), where(record));
	else
		snprintf(text + n, bytes - n, "left %s", where(record));
}

void fate_tell_late(const struct handle *handle, uint64_t timeout_ns, char *text, size_t bytes)
{
	size_t n = tell_who(handle, text, bytes);
	snprintf(text + n, bytes - n, "still %s after %.3g s", where(record_of(handle)),
		 (double)timeout_ns / (double)NS_PER_S);
}
