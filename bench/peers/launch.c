/*
 * What a runner adds to the system calls that it is made of: a job without work, over a bare loop of the
 * same calls in the same order, made by hand. No worker waits for another, so both sides take one worker.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/peers/peers.h"
#include "kernels/registry.h"
#include "runners/affinity.h"
#include "runners/clock.h"
#include "runners/placement.h"
#include "runners/runner.h"

enum { LAUNCHES = 100 };

struct launch {
	struct arena arena;
	struct params params;
	struct machine *machine;
	struct pu plan[1];
	int pu;
	cpu_set_t all;
	int (*bare)(const struct launch *);
	const char *runner;
};

/* What worker_body asks of the system, in its order. */
static void bare_body(const struct launch *l)
{
	cpu_set_t set;
	struct rusage usage;
	gettid();
	getrusage(RUSAGE_THREAD, &usage);
	prctl(PR_SET_NAME, "bare/w0");
	CPU_ZERO(&set);
	CPU_SET((size_t)l->pu, &set);
	sched_setaffinity(0, sizeof set, &set);
	sched_getaffinity(0, sizeof set, &set);
	getrusage(RUSAGE_THREAD, &usage);
}

static void *bare_thread(void *launch)
{
	bare_body(launch);
	return NULL;
}

static int bare_pthread(const struct launch *l)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, bare_thread, (void *)(uintptr_t)l);
	return error ? -error : -pthread_join(thread, NULL);
}

static int bare_fork(const struct launch *l)
{
	pid_t harness = getpid(), pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != harness)
			_exit(1);
		arena_populate(&l->arena); /* one madvise, as the runner's */
		bare_body(l);
		_exit(0);
	}
	struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
	poll(&ended, 1, 10000);
	int status;
	waitpid(pid, &status, 0);
	close(ended.fd);
	return status ? -EIO : 0;
}

/* Both sides launch from a PU other than the worker's, as the runner does. */
static void stand_aside(const struct launch *l)
{
	affinity_stand_aside(&l->pu, 1, &l->all);
}

static int bare_round(const struct launch *l, double *ns)
{
	uint64_t sum = 0;
	for (int i = 0; i < LAUNCHES; i++) {
		stand_aside(l);
		uint64_t start = clock_ns();
		int error = l->bare(l);
		sum += clock_ns() - start;
		if (error)
			return error;
	}
	*ns = (double)sum / LAUNCHES;
	return 0;
}

static int our_round(const struct launch *l, double *ns)
{
	char why[256];
	uint64_t sum = 0;
	struct session *session;
	struct job job = {.runner = runner_find(l->runner),
			  .kernel = kernel_find("square"),
			  .params = &l->params,
			  .shared = &l->arena,
			  .workers = 1,
			  .pus = &l->pu,
			  .capacity = machine_pus(l->machine),
			  .timeout_ns = 10 * NS_PER_S,
			  .hold = -1};
	int error = session_open(&session, &job, why, sizeof why);
	if (error)
		return error;
	for (int i = 0; i < LAUNCHES && !error; i++) {
		error = session_run(session, false, why, sizeof why);
		sum += session_wall_ns(session);
	}
	session_close(session, NULL, why, sizeof why);
	*ns = (double)sum / LAUNCHES;
	return error ? -EIO : 0;
}

static int round_pair(void *state, double *ours_ns, double *peer_ns)
{
	int error = our_round(state, ours_ns);
	return error ? error : bare_round(state, peer_ns);
}

static void close_launch(void *state)
{
	struct launch *l = state;
	machine_free(l->machine);
	arena_destroy(&l->arena);
	free(l);
}

static void *open_launch(const char *runner, int (*bare)(const struct launch *))
{
	struct launch *l = calloc(1, sizeof *l);
	char why[256];
	if (!l)
		return NULL;
	*l = (struct launch){.params.size = 1, .bare = bare, .runner = runner, .arena = ARENA_NONE};
	if (machine_load(&l->machine, NULL, why, sizeof why) ||
	    arena_create(&l->arena, "launch", kernel_shared_bytes(kernel_find("square"), &l->params))) {
		close_launch(l);
		return NULL;
	}
	placement_plan(l->machine, PLACE_COMPACT, 1, l->plan);
	l->pu = l->plan[0].pu;
	sched_getaffinity(0, sizeof l->all, &l->all);
	return l;
}

static void *open_pthread(const struct pair *pair)
{
	(void)pair;
	return open_launch("pthread", bare_pthread);
}

static void *open_fork(const struct pair *pair)
{
	(void)pair;
	return open_launch("fork", bare_fork);
}

const struct pair launch_pairs[] = {
	{"create + join, pthread runner", "the same calls, bare", 1.10, 1, round_pair, open_pthread,
	 close_launch, NULL},
	{"create + join, fork runner", "the same calls, bare", 1.10, 1, round_pair, open_fork, close_launch,
	 NULL},
	{.what = NULL},
};
