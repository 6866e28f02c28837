/*
 * How small may a task be? Efficiency of two workers over task size, ours and the peers': the sequential time
 * of the tasks over twice the time that two workers took. From ours also METG(50 %), the smallest task at
 * which half of the workers' time is work: Slaughter et al., Task Bench, SC 2020.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/peers/contest.h"
#include "bench/peers/work.h"
#include "bench/stats/statistics.h"
#include "runners/clock.h"

#define METG_LIMIT_NS 100.0

enum { ROUNDS = 9, SIZES = 13, ENTRANTS = 6 };

struct entrant {
	const char *name;
	enum pool_kind kind;              /* ours, if there is no server */
	const char *server, *who, *alone; /* the questions: in parallel; sequentially, or NULL: as ours */
	double steps_a_ns;                /* of its loop, about; Python's is slow */
	uint64_t count_max;
};

static const struct entrant entrants[ENTRANTS] = {
	{"pvt, threads", POOL_THREADS, NULL, NULL, NULL, 1, 200000},
	{"pvt, processes", POOL_PROCESSES, NULL, NULL, NULL, 1, 200000},
	{"libgomp dynamic", POOL_THREADS, "peer_openmp", "spin", NULL, 1, 200000},
	{"oneTBB simple", POOL_THREADS, "peer_tbb", "spin", NULL, 1, 200000},
	{"Python Pool", POOL_THREADS, "python3", "Pool spin", "seq spin", 0.03, 2000},
	{"Python ThreadPool", POOL_THREADS, "python3", "ThreadPool spin", "seq spin", 0.03, 2000},
};

/* About nanoseconds. */
static const double sizes[SIZES] = {4, 8, 16, 32, 64, 128, 512, 2048, 8192, 32768, 131072, 524288, 2097152};

struct course {
	const struct entrant *entrant;
	struct pool *pool;
	void *shared;
	struct server *server;
	double task_ns[SIZES][ROUNDS], efficiency[SIZES][ROUNDS];
};

static double alone_here(uint64_t count, uint64_t steps)
{
	uint64_t start = clock_ns();
	for (uint64_t i = 0; i < count; i++)
		work_spin(steps);
	return (double)(clock_ns() - start) / (double)count;
}

static uint64_t at_least(double x, uint64_t least)
{
	return x > (double)least ? (uint64_t)x : least;
}

static int ask(struct course *c, const char *who, uint64_t steps, uint64_t count, double *ns)
{
	return server_ask(c->server, ns, "%s %llu %llu 2", who, (unsigned long long)steps,
			  (unsigned long long)count);
}

/* The same tasks sequentially, then by two workers. */
static int measure_size(struct course *c, int size, int round)
{
	const struct entrant *e = c->entrant;
	uint64_t steps = at_least(sizes[size] * e->steps_a_ns, 1);
	uint64_t count = at_least(2e7 / (sizes[size] + 100), 60);
	double *alone = &c->task_ns[size][round], together = 0;
	int error = 0;
	count = count < e->count_max ? count : e->count_max;
	if (e->alone)
		error = ask(c, e->alone, steps, count, alone);
	else
		*alone = alone_here(count, steps);
	if (!error && c->server)
		error = ask(c, e->who, steps, count, &together);
	else if (!error)
		together = contest_ours(c->pool, c->shared, TASK_SPIN, count, steps);
	c->efficiency[size][round] = *alone / (2 * together);
	return together < 0 ? (int)together : error;
}

static int open_course(struct course *c, const struct entrant *e)
{
	char why[256];
	c->entrant = e;
	if (e->server) {
		double ns;
		c->server = contest_start_server(e->server);
		return c->server ? ask(c, e->who, 1, 20, &ns) : -ENOENT;
	}
	c->pool = pool_open(&(struct pool_options){.kind = e->kind, .workers = 2, .caller_works = true}, why,
			    sizeof why);
	c->shared = c->pool ? pool_alloc(c->pool, CONTEST_SHARED) : NULL;
	return c->shared ? 0 : -ENOMEM;
}

static void close_course(struct course *c)
{
	pool_free(c->pool);
	server_stop(c->server);
	c->pool = NULL;
	c->server = NULL;
}

/* Where one round's curve crosses one half for good, linear in the logarithm of the task size. */
static double crossing(const struct course *c, int round)
{
	double metg = c->efficiency[0][round] >= 0.5 ? c->task_ns[0][round] : PEERS_NEVER_NS;
	for (int i = 1; i < SIZES; i++) {
		double below = c->efficiency[i - 1][round], above = c->efficiency[i][round];
		double from = log(c->task_ns[i - 1][round]), to = log(c->task_ns[i][round]);
		if (below < 0.5 && above >= 0.5)
			metg = exp(from + (0.5 - below) / (above - below) * (to - from));
		if (above < 0.5)
			metg = PEERS_NEVER_NS;
	}
	return metg;
}

static void write_course(FILE *csv, struct course *c, struct estimate *metg)
{
	double crossings[ROUNDS];
	for (int r = 0; r < ROUNDS; r++)
		crossings[r] = crossing(c, r);
	*metg = stat_median_interval(crossings, ROUNDS);
	for (int i = 0; i < SIZES; i++) {
		struct estimate e = stat_median_interval(c->efficiency[i], ROUNDS);
		fprintf(csv, "\"%s\",%.2f,%.5f,%.5f,%.5f\r\n", c->entrant->name,
			stat_median(c->task_ns[i], ROUNDS), e.value, e.low, e.high);
	}
}

static bool measure(struct course *courses)
{
	bool any = false;
	for (int i = 0; i < ENTRANTS; i++) {
		int error = open_course(&courses[i], &entrants[i]);
		if (error) {
			printf("efficiency: skipped, %s: %s\n", entrants[i].name, strerror(-error));
			close_course(&courses[i]);
		}
		any |= !error;
	}
	for (int r = 0; r < ROUNDS; r++)
		for (int s = 0; s < SIZES; s++)
			for (int i = 0; i < ENTRANTS; i++) {
				struct course *c = &courses[i];
				if ((c->pool || c->server) && measure_size(c, s, r) != 0)
					close_course(c);
			}
	return any;
}

int efficiency_measure(FILE *peers, const char *path, char *finding, size_t finding_bytes)
{
	struct course *courses = calloc(ENTRANTS, sizeof *courses);
	FILE *csv = fopen(path, "we");
	char ours[32] = "?", python[32] = "";
	if (!courses || !csv)
		return free(courses), -errno;
	fputs("peer,task_ns,efficiency,low,high\r\n", csv);
	measure(courses);
	for (int i = 0; i < ENTRANTS; i++) {
		struct estimate metg;
		char text[32];
		if (!courses[i].pool && !courses[i].server)
			continue;
		write_course(csv, &courses[i], &metg);
		peers_show_limit(peers, "smallest task at which 2 workers are half efficient",
				 entrants[i].name, &metg, i < 2 ? METG_LIMIT_NS : NAN);
		units_show_ns(metg.value, text, sizeof text);
		if (metg.value >= PEERS_NEVER_NS)
			snprintf(text, sizeof text, "none of these sizes");
		if (strcmp(entrants[i].name, "pvt, processes") == 0)
			snprintf(ours, sizeof ours, "%s", text);
		if (strcmp(entrants[i].name, "Python Pool") == 0)
			snprintf(python, sizeof python, "%s", text);
		close_course(&courses[i]);
	}
	snprintf(finding, finding_bytes,
		 "Smallest task at 50 %% efficiency (METG): %s in two pooled processes%s%s%s", ours,
		 *python ? ", " : "", python, *python ? " in Python's Pool" : "");
	free(courses);
	return fclose(csv) == EOF ? -EIO : 0;
}
