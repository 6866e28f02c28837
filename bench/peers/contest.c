#include "bench/peers/contest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/peers/work.h"
#include "runners/clock.h"

enum { RESULTS = 1 << 20 };

/* What a task of ours finds in shared memory. */
struct common {
	uint64_t job, steps;
	uint32_t workers;
	struct work_meeting meeting;
	uint64_t result[RESULTS];
};
_Static_assert(sizeof(struct common) <= CONTEST_SHARED, "it fits");

static int meet(void *arg, uint64_t begin, uint64_t end)
{
	struct common *c = arg;
	(void)end;
	work_meet(&c->meeting, c->job, (uint32_t)begin, c->workers);
	return 0;
}

static int square_one(void *arg, uint64_t begin, uint64_t end)
{
	struct common *c = arg;
	(void)end;
	c->result[begin & (RESULTS - 1)] = begin * begin;
	return 0;
}

static int spin_one(void *arg, uint64_t begin, uint64_t end)
{
	struct common *c = arg;
	(void)begin;
	(void)end;
	work_spin(c->steps);
	return 0;
}

static int map_square(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	uint64_t x;
	(void)in_bytes;
	memcpy(&x, in, sizeof x);
	x *= x;
	memcpy(out, &x, out_bytes);
	return 0;
}

static int map_cube(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	uint64_t x;
	(void)in_bytes;
	memcpy(&x, in, sizeof x);
	x *= x * x;
	memcpy(out, &x, out_bytes);
	return 0;
}

static int empty_jobs(struct pool *pool, struct common *c, uint64_t count)
{
	int error = 0;
	c->workers = pool_workers(pool);
	for (uint64_t end = c->job + count; c->job < end && !error; c->job++)
		error = pool_range(pool, meet, c, c->workers, 1, NULL);
	return error;
}

/* As Python's map: the caller's own lists go in and come out. */
static int map_lists(struct pool *pool, pool_task *task, uint64_t count)
{
	uint64_t *x = malloc(count * sizeof *x), *y = malloc(count * sizeof *y);
	int error = x && y ? 0 : -ENOMEM;
	for (uint64_t i = 0; !error && i < count; i++)
		x[i] = i;
	if (!error)
		error = pool_map(pool, task, x, sizeof *x, y, sizeof *y, count, 1, NULL);
	free(x);
	free(y);
	return error;
}

static int apply_each(struct pool *pool, uint64_t count)
{
	int error = 0;
	for (uint64_t i = 0, result; i < count && !error; i++)
		error = pool_apply(pool, map_square, &i, sizeof i, &result, sizeof result, NULL);
	return error;
}

static int do_tasks(struct pool *pool, struct common *c, enum task task, uint64_t count)
{
	switch (task) {
	case TASK_EMPTY:
		return empty_jobs(pool, c, count);
	case TASK_SQUARE:
		return pool_range(pool, square_one, c, count, 1, NULL);
	case TASK_SPIN:
		return pool_range(pool, spin_one, c, count, 1, NULL);
	case TASK_MAP_SQUARE:
		return map_lists(pool, map_square, count);
	case TASK_MAP_CUBE:
		return map_lists(pool, map_cube, count);
	case TASK_APPLY:
		return apply_each(pool, count);
	}
	return -EINVAL;
}

/* Of all who wait for the caller's next job, in this process and in others. */
static double cpu_of_others(struct pool *pool)
{
	int pids[WORK_WORKERS_MAX] = {0};
	double ns = work_others_cpu_ns();
	bool processes = strcmp(pool_isolation(pool), "process") == 0;
	pool_pids(pool, pids);
	for (uint32_t r = 0; processes && r < pool_workers(pool); r++) {
		clockid_t clock;
		if (pids[r] != getpid() && clock_getcpuclockid(pids[r], &clock) == 0)
			ns += work_clock_ns(clock);
	}
	return ns;
}

double contest_after_gap(struct pool *pool, void *shared, double gap_ns, uint64_t count)
{
	struct common *c = shared;
	uint64_t start = 0;
	int error = 0;
	c->steps = WORK_GAP_STEPS;
	while (count-- && !error) {
		work_gap(gap_ns);
		start = clock_ns();
		error = pool_range(pool, spin_one, c, pool_workers(pool), 1, NULL);
	}
	return error ? error : (double)(clock_ns() - start);
}

double contest_cpu_of_gaps(struct pool *pool, void *shared, double gap_ns, uint64_t count)
{
	double then = work_clock_ns(CLOCK_MONOTONIC), cpu = cpu_of_others(pool);
	double ns = contest_after_gap(pool, shared, gap_ns, count);
	return ns < 0 ? ns : (cpu_of_others(pool) - cpu) / (work_clock_ns(CLOCK_MONOTONIC) - then);
}

double contest_ours(struct pool *pool, void *shared, enum task task, uint64_t count, uint64_t steps)
{
	struct common *c = shared;
	c->steps = steps;
	int error = do_tasks(pool, c, task, WORK_WARM(count));
	uint64_t start = clock_ns();
	if (!error)
		error = do_tasks(pool, c, task, count);
	return error ? error : (double)(clock_ns() - start) / (double)count;
}

/* ---- a pair ---- */

struct match {
	const struct contest *contest;
	struct pool *ours, *other; /* other: the pool that is the peer, if it is one of ours */
	void *shared, *other_shared;
	uint32_t workers;
	struct server *server;
};

struct server *contest_start_server(const char *name)
{
	return strcmp(name, "python3") == 0 ? server_start(name, PYTHON_PEER)
					    : server_start_beside(name, NULL);
}

struct pool *contest_open_pool(enum pool_kind kind, uint32_t workers, bool caller_works, void **shared)
{
	char why[256];
	struct pool *pool = pool_open(
		&(struct pool_options){.kind = kind, .workers = workers, .caller_works = caller_works}, why,
		sizeof why);
	*shared = pool ? pool_alloc(pool, CONTEST_SHARED) : NULL;
	return pool;
}

void contest_close(void *state)
{
	struct match *m = state;
	server_stop(m->server);
	pool_free(m->other);
	pool_free(m->ours);
	free(m);
}

void *contest_open(const struct pair *pair, uint32_t workers)
{
	const struct contest *c = pair->detail;
	struct match *m = calloc(1, sizeof *m);
	double ns;
	if (!m)
		return NULL;
	m->contest = c;
	m->workers = workers;
	m->ours = contest_open_pool(c->kind, workers, c->caller_works, &m->shared);
	if (!c->server && !c->loop)
		m->other = contest_open_pool(c->kind == POOL_THREADS ? POOL_PROCESSES : POOL_THREADS, workers,
					     c->caller_works, &m->other_shared);
	if (c->server)
		m->server = contest_start_server(c->server);
	bool missing = c->server &&
		       (!m->server || server_ask(m->server, &ns, "%s %d %u", c->question, 10, workers) != 0);
	if (m->shared && !missing && (m->server || m->other_shared || c->loop))
		return m;
	contest_close(m);
	errno = missing ? ENOENT : ENOMEM;
	return NULL;
}

int contest_round(void *state, double *ours_ns, double *peer_ns)
{
	struct match *m = state;
	const struct contest *c = m->contest;
	*ours_ns = contest_ours(m->ours, m->shared, c->task, c->count, c->steps);
	if (*ours_ns < 0)
		return (int)*ours_ns;
	if (m->server)
		return server_ask(m->server, peer_ns, "%s %llu %u", c->question,
				  (unsigned long long)c->asked_count, m->workers);
	*peer_ns = c->loop ? c->loop() : contest_ours(m->other, m->other_shared, c->task, c->count, c->steps);
	return *peer_ns < 0 ? (int)*peer_ns : 0;
}
