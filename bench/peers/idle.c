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

static double after(struct side *s, double gap_ns, bool asks_cpu)
{
	double ns = 0;
	if (s->pool)
		return contest_after_gap(s->pool, s->shared, gap_ns, asks_cpu);
	int error = server_ask(s->server, &ns, "%s %.0f 1 2", asks_cpu ? "gap-cpu" : "gap", gap_ns);
	return error ? error : ns;
}

/* The first job only wakes the workers: the gap that follows it is the one that counts. */
static double after_awake(struct side *s, double gap_ns, bool asks_cpu)
{
	double ns = after(s, 0, false);
	return ns < 0 ? ns : after(s, gap_ns, asks_cpu);
}

static int measure(FILE *csv, const char *name, struct side *s)
{
	char late[32], gap[32];
	printf("first job after a gap, 2 workers, %s (latency; processor time of the others in the gap)\n ",
	       name);
	for (int g = 0; g < GAPS; g++) {
		double latency[MOST_ROUNDS], cpu[MOST_ROUNDS];
		size_t n = gaps[g].rounds;
		for (size_t i = 0; i < n; i++) {
			latency[i] = after_awake(s, gaps[g].ns, false);
			cpu[i] = after_awake(s, gaps[g].ns, true) - 1;
			if (latency[i] < 0 || cpu[i] < -1)
				return -EIO;
		}
		struct estimate e = stat_median_interval(latency, n);
		double share = stat_median(cpu, n) / gaps[g].ns;
		fprintf(csv, "\"%s\",%.0f,%.5g,%.5g,%.5g,%.5g\r\n", name, gaps[g].ns, e.value, e.low, e.high,
			share);
		printf(" %s: %s; %.0f %%%s", units_show_ns(gaps[g].ns, gap, sizeof gap),
		       units_show_ns(e.value, late, sizeof late), 100 * share,
		       g == GAPS - 1 ? "\n"
		       : g == 3      ? ",\n "
				     : ",");
	}
	fflush(stdout);
	return 0;
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
			printf(" skipped: no answer from %s\n", entrants[i].server);
			error = 0;
		}
		pool_free(s.pool);
		server_stop(s.server);
	}
	return fclose(csv) == EOF ? -EIO : error;
}
