/*
 * A crash takes a process along with all its threads. So a supervisor, this process, has them live in a
 * child, and when that has died another one begins the job anew, for what the threads had done went with it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runners/cell/jobs.h"
#include "runners/clock.h"
#include "runners/launcher.h"
#include "runners/orphans.h"

/* How late a hang is noticed is part of no figure. */
#define LOOK_NS (5 * NS_PER_MS)

/* What a life leaves behind, in memory that outlives it. */
struct life {
	_Atomic int32_t finished; /* it came to its end, and did not just exit */
	int status;
	struct totals totals;
	int32_t cpus[WORKERS_MAX];
	char why[CELL_WHY];
};

static void live(struct jobs *jobs, struct life *life, pid_t supervisor)
{
	process_follow_harness(supervisor);
	orphans_adopt();
	life->status = jobs_run(jobs, 1, &life->totals, life->cpus, life->why);
	atomic_store(&life->finished, 1);
	_exit(EXIT_SUCCESS);
}

/* Patience ends sooner with who was struck in this life: that is over at once, or never. */
static bool is_late(const struct jobs *jobs, uint64_t start_ns)
{
	struct crash crash;
	uint64_t now = clock_ns();
	session_crash(jobs->job.records, &crash);
	bool struck = crash.struck_ns && !jobs->job.crashed.struck_ns;
	return (jobs->job.timeout_ns && now - start_ns > jobs->job.timeout_ns) ||
	       (struck && now > crash.struck_ns + CRASH_PATIENCE_NS);
}

/* STATUS_OK: it came to its end, whatever that was; STATUS_CRASHED, STATUS_TIMEOUT; or no process: -errno. */
static int await(struct jobs *jobs, struct life *life, struct handle *child)
{
	uint64_t start_ns = clock_ns();
	int status;
	do
		status = process_join(child, LOOK_NS);
	while (status == -ETIMEDOUT && !is_late(jobs, start_ns));
	if (status == -ETIMEDOUT) {
		jobs->job.crashed.ended_ns = clock_ns();
		kill(child->pid, SIGKILL);
		process_join(child, 0);
		return STATUS_TIMEOUT;
	}
	if (status)
		return status;
	return child->wait_status == 0 && life->finished ? STATUS_OK : STATUS_CRASHED;
}

static int take_life(struct jobs *jobs, _Atomic int32_t *culprit, struct life *life, char *why)
{
	struct handle child = {.fd = -1};
	pid_t supervisor = getpid();
	char left[80];
	*life = (struct life){0};
	atomic_store(culprit, 0);
	child.pid = fork();
	if (child.pid == 0)
		live(jobs, life, supervisor);
	int status = child.pid < 0 ? -errno : process_watch(&child);
	if (!status)
		status = await(jobs, life, &child);
	if (status == STATUS_OK && life->status == STATUS_TIMEOUT) /* its own session has noticed first */
		jobs->job.crashed.ended_ns = clock_ns();
	if (jobs->alone && child.pid > 0)
		orphans_end(left, sizeof left);
	if (status == STATUS_TIMEOUT)
		session_tell_late(jobs->job.records, jobs->job.timeout_ns, why, CELL_WHY);
	else if (status == STATUS_CRASHED)
		session_tell_end(jobs->job.records, child.pid, atomic_load(culprit), child.wait_status, why,
				 CELL_WHY);
	else if (status == STATUS_OK)
		memcpy(why, life->why, CELL_WHY);
	return status ? status : life->status;
}

int recovery_run(struct jobs *jobs, _Atomic int32_t *culprit, struct totals *totals, int32_t *cpus, char *why)
{
	struct life *life = mmap(NULL, sizeof *life, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
				 0);
	struct crash *first = &jobs->job.crashed;
	if (life == MAP_FAILED)
		return -ENOMEM;
	*first = (struct crash){0};
	uint64_t start_ns = clock_ns();
	int status = take_life(jobs, culprit, life, why);
	if (status == STATUS_CRASHED || status == STATUS_TIMEOUT) {
		uint64_t ended_ns = first->ended_ns;
		session_crash(jobs->job.records, first);
		first->ended_ns = ended_ns;
	}
	if (first->struck_ns) {
		status = take_life(jobs, culprit, life, why);
		life->totals.crash.begun += first->begun;
		life->totals.crash.survivors = 0;
	}
	*totals = life->totals;
	totals->wall_ns = clock_ns() - start_ns;
	memcpy(cpus, life->cpus, jobs->job.workers * sizeof *cpus);
	munmap(life, sizeof *life);
	return status;
}
