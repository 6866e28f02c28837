/*
 * What does an idle pool cost, and how late is its first job? Between two jobs the caller computes for a
 * while; workers that wait by looking are there at once and take a unit's whole time meanwhile, workers that
 * sleep have to be woken.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/peers/contest.h"
#include "bench/stats/statistics.h"

enum { GAPS = 7, MOST_ROUNDS = 31, ENTRANTS = 6 };
#define CPU_TIME_NS 2e8 /* CPU time is counted in ticks: so long, to be a figure */

static const struct {
	double ns;
	size_t rounds;
} gaps[GAPS] = {{1e3, 31}, {1e4, 31}, {1e5, 31}, {1e6, 31}, {1e7, 15}, {1e8, 7}, {1e9, 3}};

static const struct entrant {
	const char *name;
	enum pool_kind kind; /* ours, if there is no server */
	const char *server, *argument;
} entrants[ENTRANTS] = {
	{"pvt, threads", POOL_THREADS, NULL, NULL},
	{"pvt, processes", POOL_PROCESSES, NULL, NULL},
	{"libgomp, default", POOL_THREADS, "peer_openmp", ""},
	{"libgomp, active", POOL_THREADS, "peer_openmp", "active"},
	{"libgomp, passive", POOL_THREADS, "peer_openmp", "passive"},
	{"oneTBB", POOL_THREADS, "peer_tbb", NULL},
};

struct side {
	struct pool *pool;
	void *shared;
	struct server *server;
};

static double ask(struct side *s, const char *what, double gap_ns, uint64_t count)
{
	double answer = 0;
	int error = server_ask(s->server, &answer, "%s %.0f %llu 2", what, gap_ns, (unsigned long long)count);
	return error ? error : answer;
}

/* The first job only wakes the workers: the gap that follows it is the one that counts. */
static double latency_after(struct side *s, double gap_ns)
{
	double woken = s->pool ? contest_after_gap(s->pool, s->shared, 0, 1) : ask(s, "gap", 0, 1);
	if (woken < 0)
		return woken;
	return s->pool ? contest_after_gap(s->pool, s->shared, gap_ns, 1) : ask(s, "gap", gap_ns, 1);
}

static double cpu_share(struct side *s, double gap_ns)
{
	uint64_t count = gap_ns < CPU_TIME_NS ? (uint64_t)(CPU_TIME_NS / gap_ns) : 1;
	return s->pool ? contest_cpu_of_gaps(s->pool, s->shared, gap_ns, count)
		       : ask(s, "gap-cpu", gap_ns, count);
}

static int measure_gap(FILE *csv, const char *name, struct side *s, double gap_ns, size_t rounds)
{
	double latency[MOST_ROUNDS], share = cpu_share(s, gap_ns);
	char late[32], gap[32];
	bool failed = share < 0;
	for (size_t i = 0; i < rounds && !failed; i++) {
		latency[i] = latency_after(s, gap_ns);
		failed = latency[i] < 0;
	}
	if (failed)
		return -EIO;
	struct estimate e = stat_median_interval(latency, rounds);
	fprintf(csv, "\"%s\",%.0f,%.5g,%.5g,%.5g,%.5g\r\n", name, gap_ns, e.value, e.low, e.high, share);
	printf("  after %-7s %8s; the others took %.0f %% of a CPU\n", units_show_ns(gap_ns, gap, sizeof gap),
	       units_show_ns(e.value, late, sizeof late), 100 * share);
	return 0;
}

static int measure(FILE *csv, const char *name, struct side *s)
{
	printf("first job after a gap, 2 workers, %s\n", name);
	int error = 0;
	for (int g = 0; g < GAPS && !error; g++)
		error = measure_gap(csv, name, s, gaps[g].ns, gaps[g].rounds);
	fflush(stdout);
	return error;
}

static bool open_side(struct side *s, const struct entrant *e)
{
	if (e->server)
		s->server = server_start_beside(e->server, e->argument);
	else
		s->pool = contest_open_pool(e->kind, 2, true, &s->shared);
	return s->server || s->shared;
}

int idle_measure(const char *path)
{
	FILE *csv = fopen(path, "we");
	int error = 0;
	if (!csv)
		return -errno;
	fputs("who,gap_ns,latency_ns,low,high,cpu_share\r\n", csv);
	for (int i = 0; i < ENTRANTS && !error; i++) {
		struct side s = {0};
		if (open_side(&s, &entrants[i]))
			error = measure(csv, entrants[i].name, &s);
		if (error && entrants[i].server) {
			printf("  skipped: no answer from %s\n", entrants[i].server);
			error = 0;
		}
		pool_free(s.pool);
		server_stop(s.server);
	}
	return fclose(csv) == EOF ? -EIO : error;
}
