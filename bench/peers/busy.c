/*
 * Empty jobs with a worker for each unit while another program keeps one unit busy, over the same jobs
 * without it: a pool that only spins waits for a worker that cannot run.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/peers/contest.h"
#include "runners/affinity.h"

enum { BUSY_JOBS = 4000 };

struct busy {
	struct pool *pool; /* ours, or … */
	void *shared;
	struct server *server;
	uint32_t workers;
	pid_t other;
};

static pid_t start_other(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		raise(SIGSTOP);
		for (volatile uint64_t turns = 0;; turns++)
			;
	}
	if (pid > 0)
		waitpid(pid, NULL, WUNTRACED);
	return pid;
}

static void close_busy(void *state)
{
	struct busy *b = state;
	pool_free(b->pool);
	server_stop(b->server);
	if (b->other > 0) {
		kill(b->other, SIGKILL);
		waitpid(b->other, NULL, 0);
	}
	free(b);
}

static void *open_busy(const struct pair *pair, uint32_t workers)
{
	const enum pool_kind *kind = pair->detail;
	struct busy *b = calloc(1, sizeof *b);
	(void)workers;
	if (!b)
		return NULL;
	b->workers = affinity_allowed();
	b->other = start_other();
	if (kind)
		b->pool = contest_open_pool(*kind, b->workers, true, &b->shared);
	else
		b->server = contest_start_server("peer_openmp");
	if (b->workers > 1 && b->other > 0 && (b->shared || b->server))
		return b;
	close_busy(b);
	errno = kind ? ENOMEM : ENOENT;
	return NULL;
}

static int once(struct busy *b, double *ns)
{
	if (b->server)
		return server_ask(b->server, ns, "empty 0 %d %u", BUSY_JOBS, b->workers);
	*ns = contest_ours(b->pool, b->shared, TASK_EMPTY, BUSY_JOBS, 0);
	return *ns < 0 ? (int)*ns : 0;
}

static int round_busy(void *state, double *beside_ns, double *alone_ns)
{
	struct busy *b = state;
	int error = once(b, alone_ns);
	kill(b->other, SIGCONT);
	if (!error)
		error = once(b, beside_ns);
	kill(b->other, SIGSTOP);
	waitpid(b->other, NULL, WUNTRACED);
	return error;
}

#define BUSY(what, goal, kind)                                                                            \
	{                                                                                                 \
		what, "the same without it", goal, 1, round_busy, open_busy, close_busy, kind, NULL, NULL \
	}

const struct pair busy_pairs[] = {
	BUSY("empty job, a worker per unit, another program busy on one: threads", 2,
	     &(const enum pool_kind){POOL_THREADS}),
	BUSY("empty job, a worker per unit, another program busy on one: processes", 2,
	     &(const enum pool_kind){POOL_PROCESSES}),
	BUSY("empty job, a worker per unit, another program busy on one: libgomp, active", NAN, NULL),
	{.what = NULL},
};
