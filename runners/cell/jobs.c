#include "runners/cell/jobs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/registry.h"
#include "runners/clock.h"
#include "runners/orphans.h"

static void begin(const struct jobs *jobs)
{
	if (jobs->since_ns)
		atomic_store(jobs->since_ns, clock_ns());
}

/* Where each worker, or group, does all items, each has the checksum of one alone. */
static uint64_t expected(const struct jobs *jobs)
{
	return jobs->expected * kernel_copies(jobs->job.kernel, jobs->job.workers);
}

/* What no checksum shows: writes past the end of the shared area, and processes left behind. */
static int look_around(const struct jobs *jobs, int status, char *why)
{
	char left[80];
	size_t overrun = arena_overrun(jobs->job.shared);
	if (jobs->alone && orphans_end(left, sizeof left) && status == STATUS_OK) {
		snprintf(why, CELL_WHY, "a worker left %s behind; it was killed", left);
		return STATUS_CRASHED;
	}
	if (overrun && status == STATUS_OK) {
		snprintf(why, CELL_WHY, "%zu bytes were written past the end of the shared area of %zu",
			 overrun, jobs->job.shared->bytes);
		return STATUS_WRONG;
	}
	return status;
}

static int close_session(const struct jobs *jobs, struct session *session, int status, struct totals *totals,
			 char *why)
{
	int closed = session_close(session, totals, why, CELL_WHY);
	return look_around(jobs, status == STATUS_OK ? closed : status, why);
}

/* ---- the jobs that are looked at ---- */

static bool all_counted(const struct jobs *jobs, const struct session *session)
{
	for (size_t i = 0; i < COUNTERS; i++)
		if (jobs->job.counters[i].wanted && isnan(session_totals(session)->count[i]))
			return false;
	return true;
}

/* Counts a job, warmed up by the one before; and another one where not all counters had room at once. */
static int probe_counters(const struct jobs *jobs, struct session *session, char *why)
{
	int status = STATUS_OK;
	for (int i = 0; i < 2 && jobs->job.counters && status == STATUS_OK && !all_counted(jobs, session);
	     i++) {
		begin(jobs);
		status = session_run(session, PROBE_COUNTERS, why, CELL_WHY);
	}
	return status;
}

static int verify(const struct jobs *jobs, uint64_t checksum, char *why)
{
	const struct job *job = &jobs->job;
	bool good = checksum == expected(jobs) &&
		    (!job->kernel->verify ||
		     job->kernel->verify(job->shared->base, job->params, jobs->expected) == 0);
	if (good)
		return STATUS_OK;
	snprintf(why, CELL_WHY,
		 "the kernel's own verification failed (checksum %016llx, sequentially %016llx)",
		 (unsigned long long)checksum, (unsigned long long)expected(jobs));
	return STATUS_WRONG;
}

int jobs_probe(struct jobs *jobs, struct cell_probed *probed, char *why)
{
	struct session *session;
	struct totals totals;
	uint64_t window_ns = jobs->job.window_ns;
	jobs->job.window_ns = 0;
	begin(jobs);
	int status = session_open(&session, &jobs->job, why, CELL_WHY);
	jobs->job.window_ns = window_ns;
	if (status)
		return status;
	status = session_run(session, PROBE_MEMORY, why, CELL_WHY);
	if (status == STATUS_OK)
		status = probe_counters(jobs, session, why);
	status = close_session(jobs, session, status, &totals, why);
	if (status == STATUS_OK)
		status = verify(jobs, totals.checksum, why);
	jobs->job.hold = -1; /* once a case */
	*probed = (struct cell_probed){totals.memory, totals.stacks_kib, {0}, totals.counted};
	memcpy(probed->count, totals.count, sizeof probed->count);
	return status;
}

/* ---- the jobs that are timed ---- */

static int check(const struct jobs *jobs, const struct session *session, char *why)
{
	if (session_checksum(session) == expected(jobs))
		return STATUS_OK;
	snprintf(why, CELL_WHY, "checksum %016llx, sequentially %016llx",
		 (unsigned long long)session_checksum(session), (unsigned long long)expected(jobs));
	return STATUS_WRONG;
}

static int run_one(const struct jobs *jobs, struct session *session, bool plain, char *why)
{
	begin(jobs);
	int status = plain ? session_run_plain(session, why, CELL_WHY)
			   : session_run(session, PROBE_NONE, why, CELL_WHY);
	return status == STATUS_OK ? check(jobs, session, why) : status;
}

/*
 * The first job in a fresh process finds nothing warm: no thread's stack to use again, no page that a fork
 * has protected before. Where there are several it would be one of many; beside a ballast it is several times
 * as long as the next, for all of the ballast's pages are shared for the first time; and a pause is one after
 * a job.
 */
static bool is_warmed_up(const struct job *job, uint64_t count)
{
	if (job->crash || job->warming == WARM_ALREADY)
		return false;
	return job->warming == WARM_NOW || count > 1 || job->ballast || job->kernel->pause;
}

static int warm_up(const struct jobs *jobs, struct session *session, uint64_t count, char *why)
{
	if (!is_warmed_up(&jobs->job, count))
		return STATUS_OK;
	int status = run_one(jobs, session, job_runs_plain(&jobs->job), why);
	session_forget(session);
	return status;
}

int jobs_run(struct jobs *jobs, uint64_t count, struct totals *totals, int32_t *cpus, char *why)
{
	struct session *session;
	begin(jobs);
	int status = session_open(&session, &jobs->job, why, CELL_WHY);
	if (status)
		return status;
	status = warm_up(jobs, session, count, why);
	if (job_runs_plain(&jobs->job))
		for (uint64_t i = 0; i < count && status == STATUS_OK; i++)
			status = run_one(jobs, session, true, why);
	for (uint64_t i = 0; i < count && status == STATUS_OK; i++)
		status = run_one(jobs, session, false, why);
	session_cpus(session, cpus);
	return close_session(jobs, session, status, totals, why);
}
