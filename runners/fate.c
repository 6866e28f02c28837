#include "runners/fate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "runners/clock.h"
#include "runners/procfs.h"

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

/* snprintf at text + n, as far as there is room; the new n. */
static size_t append(char *text, size_t bytes, size_t n, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static size_t append(char *text, size_t bytes, size_t n, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int more = vsnprintf(text + n, bytes - n, format, args);
	va_end(args);
	return more < 0 || n + (size_t)more >= bytes ? bytes - 1 : n + (size_t)more;
}

/* The planned PU; the record's cpu is known only once a job has ended. */
size_t fate_tell_who(const struct control *control, uint32_t rank, char *text, size_t bytes)
{
	int pu = control->worker[rank].pu;
	char cpu[24] = "unpinned";
	if (pu >= 0)
		snprintf(cpu, sizeof cpu, "cpu %d", pu);
	return append(text, bytes, 0, "worker %u (pid %d, %s): ", rank, control->worker[rank].pid, cpu);
}

bool fate_is_good(const struct handle *handle)
{
	return record_of(handle)->error == 0 && handle->wait_status == 0 &&
	       atomic_load(&record_of(handle)->step) == STEP_LEAVE;
}

/* "killed by SIGSEGV", "exited with 3", "left" */
static size_t tell_end(int wait_status, char *text, size_t bytes, size_t n)
{
	if (WIFSIGNALED(wait_status))
		return append(text, bytes, n, "killed by SIG%s", sigabbrev_np(WTERMSIG(wait_status)));
	if (WEXITSTATUS(wait_status))
		return append(text, bytes, n, "exited with %d", WEXITSTATUS(wait_status));
	return append(text, bytes, n, "left");
}

void fate_tell(const struct handle *handle, char *text, size_t bytes)
{
	const struct worker_record *record = record_of(handle);
	size_t n = fate_tell_who(handle->worker.control, handle->worker.rank, text, bytes);
	if (record->error) {
		append(text, bytes, n, "failed %s: %s", where(record), strerror(-record->error));
		return;
	}
	n = tell_end(handle->wait_status, text, bytes, n);
	append(text, bytes, n, " %s", where(record));
}

/* Has somebody stopped the thread or process? Nobody will continue it. */
static bool is_stopped(int pid)
{
	char path[64], line[256] = "";
	if (!procfs_is_own())
		return false;
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	bool got = file && fgets(line, sizeof line, file);
	if (file)
		fclose(file);
	const char *state = got ? strrchr(line, ')') : NULL;
	return state && state[1] == ' ' && state[2] == 'T';
}

/* Does it wait for others, or has it ended? */
static bool is_waiting(const struct worker_record *record)
{
	uint32_t step = atomic_load(&record->step);
	return record->left_ns || step == STEP_READY || step == STEP_DONE;
}

/* The first that is still at work; else the first that does not wait: others may be leaving by now. */
static uint32_t find_late(const struct control *control)
{
	for (uint32_t rank = 0; rank < control->workers; rank++)
		if (!control->worker[rank].left_ns && atomic_load(&control->worker[rank].step) == STEP_RUN)
			return rank;
	for (uint32_t rank = 0; rank < control->workers; rank++)
		if (!is_waiting(&control->worker[rank]))
			return rank;
	return 0;
}

void fate_tell_late(const struct control *control, uint64_t timeout_ns, char *text, size_t bytes)
{
	uint32_t rank = find_late(control);
	const struct worker_record *record = &control->worker[rank];
	if (control->workers == 0) {
		append(text, bytes, 0, "nothing came of it after %.3g s, and no worker had begun",
		       (double)timeout_ns / (double)NS_PER_S);
		return;
	}
	size_t n = fate_tell_who(control, rank, text, bytes);
	append(text, bytes, n, "%s %s after %.3g s", is_stopped(record->pid) ? "stopped" : "still",
	       where(record), (double)timeout_ns / (double)NS_PER_S);
}

void fate_tell_process(const struct control *control, pid_t pid, pid_t culprit, int wait_status, char *text,
		       size_t bytes)
{
	enum { TOLD = 4 };
	for (uint32_t rank = 0; culprit && rank < control->workers; rank++)
		if (control->worker[rank].pid == culprit) {
			size_t n = fate_tell_who(control, rank, text, bytes);
			n = tell_end(wait_status, text, bytes, n);
			append(text, bytes, n, " %s, and with it process %d", where(&control->worker[rank]),
			       pid);
			return;
		}
	size_t n = append(text, bytes, 0, "process %d: ", pid);
	n = tell_end(wait_status, text, bytes, n);
	uint32_t told = 0;
	for (uint32_t rank = 0; rank < control->workers; rank++) {
		if (is_waiting(&control->worker[rank]) || told++ >= TOLD)
			continue;
		n = append(text, bytes, n, told == 1 ? ", and with it " : ", ");
		n += fate_tell_who(control, rank, text + n, bytes - n) - strlen(": ");
		n = append(text, bytes, n, " %s", where(&control->worker[rank]));
	}
	if (told > TOLD)
		append(text, bytes, n, " and %u more", told - TOLD);
	else if (told == 0)
		append(text, bytes, n,
		       control->workers ? " while all workers waited" : " before any worker began");
}
