#include "bench/isolate.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runners/clock.h"
#include "runners/launcher.h"
#include "runners/orphans.h"
#include "runners/runner.h"

/* A session ends a job that takes too long by itself, and says more: it goes first, by half the time or so.
 */
#define GRACE_MAX_NS (2 * NS_PER_S)

void *isolate_alloc(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

void isolate_free(void *memory, size_t bytes)
{
	if (memory)
		munmap(memory, bytes);
}

int cell_open(struct cell **opened)
{
	struct cell *cell = isolate_alloc(sizeof *cell);
	if (!cell)
		return -ENOMEM;
	int error = arena_create(&cell->records, "pvt-records", session_record_bytes(WORKERS_MAX));
	if (error)
		isolate_free(cell, sizeof *cell);
	*opened = error ? NULL : cell;
	return error;
}

void cell_close(struct cell *cell)
{
	if (cell)
		arena_destroy(&cell->records);
	isolate_free(cell, sizeof *cell);
}

/* ---- in the child ---- */

static struct cell *own_cell; /* for the signal handler */

/* Leaves a note of who was struck; then the signal does what it does. */
static void on_deadly_signal(int number)
{
	atomic_store(&own_cell->culprit,
		     (int32_t)gettid()); /* NOLINT(bugprone-signal-handler): a system call */
	signal(number, SIG_DFL);
	raise(number);
}

static void live(const struct isolation *isolation, pid_t parent)
{
	static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
	process_follow_harness(parent);
	orphans_adopt();
	own_cell = isolation->cell;
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
		signal(deadly[i], on_deadly_signal);
	isolation->body(isolation->arg);
	fflush(NULL);
	atomic_store(&own_cell->finished, 1);
	_exit(EXIT_SUCCESS);
}

/* ---- in the parent ---- */

/* Milliseconds until the job at hand is late; -1: it never is; 0: it is. */
static int time_left_ms(const struct isolation *isolation)
{
	uint64_t grace = isolation->timeout_ns / 2 < GRACE_MAX_NS ? isolation->timeout_ns / 2 : GRACE_MAX_NS;
	uint64_t end = atomic_load(&isolation->cell->since_ns) + isolation->timeout_ns + grace;
	uint64_t now = clock_ns();
	if (isolation->timeout_ns == 0)
		return -1;
	return now < end ? (int)((end - now) / NS_PER_MS) + 1 : 0;
}

/* Waits for the child's end, without waking while all goes well. STATUS_OK, STATUS_TIMEOUT or -EINTR. */
static int await(const struct isolation *isolation, const struct handle *child)
{
	struct pollfd ended = {.fd = child->fd, .events = POLLIN};
	for (;;) {
		int left = time_left_ms(isolation);
		if (left == 0)
			return STATUS_TIMEOUT;
		if (poll(&ended, 1, left) > 0)
			return STATUS_OK;
		if (isolation->interrupted && *isolation->interrupted)
			return -EINTR;
	}
}

static int start(const struct isolation *isolation, struct handle *child, char *why, size_t why_bytes)
{
	pid_t parent = getpid();
	fflush(NULL);
	child->pid = fork();
	if (child->pid == 0)
		live(isolation, parent);
	int error = child->pid < 0 ? -errno : process_watch(child);
	if (error)
		snprintf(why, why_bytes, "no child process to isolate the case in: %s", strerror(-error));
	return error;
}

int isolate(const struct isolation *isolation, char *why, size_t why_bytes)
{
	struct cell *cell = isolation->cell;
	struct handle child = {.fd = -1};
	char left[80];
	atomic_store(&cell->since_ns, clock_ns());
	atomic_store(&cell->culprit, 0);
	atomic_store(&cell->finished, 0);
	memset(cell->records.base, 0, session_record_bytes(1)); /* its session may never begin */
	int status = start(isolation, &child, why, why_bytes);
	if (status)
		return status;
	status = await(isolation, &child);
	if (status == STATUS_TIMEOUT)
		session_tell_late(&cell->records, isolation->timeout_ns, why, why_bytes);
	if (status)
		kill(child.pid, SIGKILL);
	process_join(&child, 0);
	if (isolation->alone)
		orphans_end(left, sizeof left);
	if (status || (child.wait_status == 0 && cell->finished))
		return status;
	session_tell_end(&cell->records, child.pid, cell->culprit, child.wait_status, why, why_bytes);
	return STATUS_CRASHED;
}
