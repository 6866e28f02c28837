/*
 * Looking after the workers: launching them, noticing the death of one while the others still wait for it,
 * and ending them all when a result can no longer come.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "runners/clock.h"
#include "runners/crash.h"
#include "runners/fate.h"
#include "runners/session.h"

/* Between two looks at workers of which one may hang. */
enum { LOOK_MS = 10 };

static const char *explain(int error)
{
	return error == -ENOSYS       ? " (pidfd_open: Linux 5.3)"
	       : error == -EOPNOTSUPP ? " (PR_GET_TID_ADDRESS: CONFIG_CHECKPOINT_RESTORE)"
	       : error == -EOWNERDEAD ? " (the server that forks the workers has ended)"
				      : "";
}

static int tell_launch(const struct session *s, uint32_t rank, int error, char *why, size_t why_bytes)
{
	snprintf(why, why_bytes, "worker %u of %u could not be launched by %s: %s%s", rank, s->job.workers,
		 s->job.runner->name, strerror(-error), explain(error));
	return error;
}

static int launch(struct session *s, uint32_t rank, char *why, size_t why_bytes)
{
	struct handle *h = &s->handle[rank];
	h->launched_ns = clock_ns();
	int error = s->job.runner->launcher->start(h);
	h->created_ns = clock_ns();
	if (error)
		return tell_launch(s, rank, error, why, why_bytes);
	h->alive = true;
	if (h->pid) /* it writes the same, but may die before it does */
		s->control->worker[rank].pid = h->pid;
	return 0;
}

/* A process of which there is no descriptor is gone after this. */
static int watch(struct session *s, uint32_t rank, char *why, size_t why_bytes)
{
	struct handle *h = &s->handle[rank];
	int error = s->job.runner->processes ? process_watch(h) : 0;
	if (!error)
		return 0;
	h->alive = false;
	return tell_launch(s, rank, error, why, why_bytes);
}

/* All are launched before the first is watched: a fork copies its parent's descriptors, and a child closes
 * them at its end, so that a worker among a thousand would take as long again as one alone. */
int session_launch(struct session *s, char *why, size_t why_bytes)
{
	int error = 0;
	for (uint32_t rank = 0; rank < s->job.workers && !error; rank++)
		error = launch(s, rank, why, why_bytes);
	for (uint32_t rank = 0; rank < s->job.workers && !error; rank++)
		error = watch(s, rank, why, why_bytes);
	return error;
}

int session_reap(struct handle *h, const struct launcher *launcher, uint64_t timeout_ns)
{
	int error = launcher->join(h, timeout_ns);
	if (error)
		return error;
	h->reaped_ns = clock_ns();
	h->alive = false;
	return 0;
}

bool session_interrupted(const struct session *s)
{
	return s->job.interrupted && *s->job.interrupted;
}

uint64_t session_time_left(const struct session *s, uint64_t start_ns)
{
	uint64_t spent = clock_ns() - start_ns;
	return spent < s->job.timeout_ns ? s->job.timeout_ns - spent : 1;
}

/* Reaps a worker whose process has ended; its bad end is told and ends the job, unless it was foreseen. */
static int session_reap_ended(struct session *s, uint32_t rank, char *why, size_t why_bytes)
{
	struct handle *h = &s->handle[rank];
	int error = session_reap(h, s->job.runner->launcher, 0);
	if (error || fate_is_good(h))
		return error;
	if (crash_foreseen(s, rank)) {
		atomic_store(&s->control->worker[rank].since, 0); /* the new one has not begun */
		error = launch(s, rank, why, why_bytes);
		return error ? error : watch(s, rank, why, why_bytes);
	}
	fate_tell(h, why, why_bytes);
	return STATUS_CRASHED;
}

/* Waits until some process worker has ended, and reaps all that have. STATUS_OK while all is well. */
int session_watch(struct session *s, int timeout_ms, char *why, size_t why_bytes)
{
	uint32_t n = s->job.workers;
	for (uint32_t rank = 0; rank < n; rank++)
		s->poll[rank] = (struct pollfd){.fd = s->handle[rank].fd, .events = POLLIN};
	int ended = poll(s->poll, n, timeout_ms);
	if (ended < 0 && errno != EINTR)
		return -errno;
	if (session_interrupted(s))
		return -EINTR;
	for (uint32_t rank = 0; rank < n && ended > 0; rank++) {
		if (!(s->poll[rank].revents & POLLIN))
			continue;
		int status = session_reap_ended(s, rank, why, why_bytes);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

int session_late(struct session *s, char *why, size_t why_bytes)
{
	fate_tell_late(s->control, s->job.timeout_ns, why, why_bytes);
	return STATUS_TIMEOUT;
}

bool session_any_alive(const struct session *s)
{
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		if (s->handle[rank].alive)
			return true;
	return false;
}

/* Has a worker done all? Then none waits for another any more, and all end by themselves. */
static bool has_any_left(const struct session *s)
{
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		if (s->control->worker[rank].left_ns)
			return true;
	return false;
}

/* One by one, as a plain program would: to look at all that still live takes longer than one takes to end. */
static int reap_in_order(struct session *s, uint64_t start_ns, char *why, size_t why_bytes)
{
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		struct handle *h = &s->handle[rank];
		uint64_t left = s->job.timeout_ns ? session_time_left(s, start_ns) : 0;
		int error = h->alive ? session_reap(h, s->job.runner->launcher, left) : 0;
		if (error == -ETIMEDOUT)
			return session_late(s, why, why_bytes);
		if (error || session_interrupted(s))
			return error ? error : -EINTR;
		if (!fate_is_good(h)) {
			fate_tell(h, why, why_bytes);
			return STATUS_CRASHED;
		}
	}
	return STATUS_OK;
}

static int finish_processes(struct session *s, uint64_t start_ns, char *why, size_t why_bytes)
{
	int status = STATUS_OK;
	while (status == STATUS_OK && session_any_alive(s)) {
		if (has_any_left(s) && !s->job.crash)
			return reap_in_order(s, start_ns, why, why_bytes);
		int left_ms = s->job.timeout_ns ? (int)(session_time_left(s, start_ns) / NS_PER_MS) : -1;
		status = session_watch(s, s->job.crash && left_ms ? LOOK_MS : left_ms, why, why_bytes);
		if (s->job.crash)
			crash_end_silent(s);
		if (status == STATUS_OK && left_ms == 0 && session_any_alive(s))
			status = session_late(s, why, why_bytes);
	}
	return status;
}

static int finish_threads(struct session *s, uint64_t start_ns, char *why, size_t why_bytes)
{
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		uint64_t left = s->job.timeout_ns ? session_time_left(s, start_ns) : 0;
		int error = session_reap(&s->handle[rank], s->job.runner->launcher, left);
		if (error == -ETIMEDOUT)
			return session_late(s, why, why_bytes);
		if (error)
			return error;
	}
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		if (s->control->worker[rank].error) {
			fate_tell(&s->handle[rank], why, why_bytes);
			return STATUS_CRASHED;
		}
	return session_interrupted(s) ? -EINTR : STATUS_OK;
}

/* Ends what is still alive, after a failure: nobody's result counts any more. Threads get some time to leave,
 * unless one was to hang. */
void session_end_workers(struct session *s)
{
	const struct launcher *launcher = s->job.runner->launcher;
	control_abort(s->control);
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		if (s->handle[rank].alive && s->job.runner->processes)
			kill(s->handle[rank].pid, SIGKILL);
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		if (s->handle[rank].alive)
			session_reap(&s->handle[rank], launcher,
				     s->job.runner->processes ? 0
				     : s->job.crash           ? 1
							      : NS_PER_S);
}

int session_finish(struct session *s, uint64_t start_ns, char *why, size_t why_bytes)
{
	return s->job.runner->processes ? finish_processes(s, start_ns, why, why_bytes)
					: finish_threads(s, start_ns, why, why_bytes);
}
