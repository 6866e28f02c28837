#include "bench/peers/peers.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/base/exit.h"
#include "bench/base/option_table.h"
#include "bench/base/units.h"
#include "bench/plan/catalog.h"
#include "bench/plan/lists.h"
#include "bench/render/plots.h"
#include "bench/stats/statistics.h"
#include "kernels/registry.h"
#include "runners/affinity.h"
#include "runners/runner.h"

enum { ROUNDS = 31 };

struct request {
	const char *workers, *only;
	bool help;
};

struct tables {
	FILE *csv;
	struct sweep *sweep;
};

static const char *verdict(const struct pair *pair, double ratio)
{
	if (isnan(pair->to_reach))
		return "";
	return (pair->at_most ? ratio <= pair->to_reach : ratio >= pair->to_reach) ? "yes" : "no";
}

static void show(FILE *csv, const struct pair *pair, uint32_t workers, double ours, double peer,
		 const struct estimate *e)
{
	char a[32], b[32], goal[32] = "", what[128];
	if (!isnan(pair->to_reach))
		snprintf(goal, sizeof goal, "%s%.3g", pair->at_most ? "<=" : ">=", pair->to_reach);
	snprintf(what, sizeof what, pair->series ? "%s, %u workers" : "%s", pair->what, workers);
	printf("%s\n  ours %s, %s %s: ratio %.3g [%.3g, %.3g] %s %s\n", what,
	       units_show_ns(ours, a, sizeof a), pair->peer, units_show_ns(peer, b, sizeof b), e->value,
	       e->low, e->high, goal, verdict(pair, e->value));
	fprintf(csv, "\"%s\",%.1f,\"%s\",%.1f,%.5g,%.5g,%.5g,%s,%s\r\n", what, ours, pair->peer, peer,
		e->value, e->low, e->high, goal, verdict(pair, e->value));
	fflush(stdout);
}

static const char *show_limit(double ns, char *text, size_t bytes)
{
	return ns < PEERS_NEVER_NS ? units_show_ns(ns, text, bytes) : "never";
}

void peers_show_limit(FILE *csv, const char *what, const char *whose, const struct estimate *ns,
		      double limit_ns)
{
	const char *verdict = isnan(limit_ns) ? "" : ns->value <= limit_ns ? "yes" : "no";
	char value[32], low[32], high[32];
	printf("%s, %s\n  %s [%s, %s] %s\n", what, whose, show_limit(ns->value, value, sizeof value),
	       show_limit(ns->low, low, sizeof low), show_limit(ns->high, high, sizeof high), verdict);
	fprintf(csv, "\"%s, %s\",%.1f,", what, whose, ns->value);
	if (isnan(limit_ns))
		fputs(",,,,,,\r\n", csv);
	else
		fprintf(csv, "\"the limit\",%.1f,%.5g,%.5g,%.5g,<=1,%s\r\n", limit_ns, ns->value / limit_ns,
			ns->low / limit_ns, ns->high / limit_ns, verdict);
	fflush(stdout);
}

static void note(struct sweep *sweep, const struct pair *pair, uint32_t workers, double *ours, double *peer)
{
	struct estimate e = stat_median_interval(ours, ROUNDS);
	sweep_note(sweep, pair->quantity, pair->series, workers, &e);
	if (strncmp(pair->peer, "our ", 4) == 0)
		return; /* a series of its own has that one */
	e = stat_median_interval(peer, ROUNDS);
	sweep_note(sweep, pair->quantity, pair->peer, workers, &e);
}

static int measure(const struct tables *t, const struct pair *pair, uint32_t workers)
{
	double ours[ROUNDS], peer[ROUNDS], ratio[ROUNDS];
	errno = 0;
	void *state = pair->open(pair, workers);
	if (!state && errno == ENOENT)
		return complain(0, "%s: skipped, %s is not on this machine", pair->what, pair->peer), 0;
	if (!state && errno == ENODEV)
		return complain(0, "%s: skipped, it takes two CPUs", pair->what), 0;
	if (!state)
		return complain(EXIT_FAILED, "%s: cannot start: %s", pair->what, strerror(errno));
	int error = pair->round(state, &ours[0], &peer[0]); /* warms up */
	for (int i = 0; i < ROUNDS && !error; i++) {
		error = pair->round(state, &ours[i], &peer[i]);
		ratio[i] = ours[i] / peer[i];
	}
	pair->close(state);
	if (error)
		return complain(EXIT_FAILED, "%s: %s", pair->what, strerror(error < 0 ? -error : EIO));
	struct estimate e = stat_median_interval(ratio, ROUNDS);
	show(t->csv, pair, workers, stat_median(ours, ROUNDS), stat_median(peer, ROUNDS), &e);
	if (pair->series)
		note(t->sweep, pair, workers, ours, peer);
	return 0;
}

/* Once, or at each number of workers. */
static int measure_over(const struct tables *t, const struct pair *pair, const struct worker_counts *counts)
{
	int code = 0;
	if (!pair->series)
		return measure(t, pair, 2);
	for (size_t i = 0; i < counts->count; i++) {
		int failed = counts->value[i] > 1 ? measure(t, pair, counts->value[i]) : 0;
		code = code ? code : failed;
	}
	return code;
}

static int show_efficiency(FILE *csv)
{
	char finding[256];
	struct figure figures[] = {{"granularity", "granularity", "peers-efficiency.csv", "", finding,
				    "Two workers, tasks scheduled one at a time and not stamped (TABLES.md: "
				    "stamped); medians of 9 rounds with their 95 % intervals",
				    false, false},
				   {.name = NULL}};
	int error = efficiency_measure(csv, "results/peers-efficiency.csv", finding, sizeof finding);
	if (error)
		return complain(EXIT_UNUSABLE, "'results/peers-efficiency.csv' cannot be written: %s",
				strerror(-error));
	int code = plots_draw("results", figures);
	if (!code)
		puts("the plot is results/plots/granularity.png");
	return code;
}

static int measure_lists(const struct request *q, const struct worker_counts *counts, const struct tables *t)
{
	static const struct pair *const lists[] = {launch_pairs, bandwidth_pairs, peak_pairs, pool_pairs,
						   busy_pairs,   python_pairs,    NULL};
	int code = 0;
	for (const struct pair *const *list = lists; *list; list++)
		for (const struct pair *p = *list; p->what; p++) {
			bool wanted = !q->only || strstr(p->what, q->only) || strstr(p->peer, q->only);
			int failed = wanted ? measure_over(t, p, counts) : 0;
			code = code ? code : failed;
		}
	if (!code && !q->only)
		code = show_efficiency(t->csv);
	return code;
}

static int measure_all(const struct request *q, const struct worker_counts *counts, const char *path)
{
	struct tables t = {.csv = fopen(path, "we")};
	if (!t.csv)
		return complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(errno));
	t.sweep = sweep_open("results/peers-workers.csv");
	if (!t.sweep)
		return fclose(t.csv), EXIT_UNUSABLE;
	fputs("what,ours_ns,peer,peer_ns,ratio,low,high,to_reach,holds\r\n", t.csv);
	int code = measure_lists(q, counts, &t);
	int drawn = sweep_close(t.sweep);
	if (fclose(t.csv) == EOF)
		return complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(errno));
	if (!code && (!q->only || strstr("first job after a gap", q->only)) &&
	    idle_measure("results/peers-idle.csv") != 0)
		code = complain(EXIT_UNUSABLE, "'results/peers-idle.csv' cannot be written");
	return code ? code : drawn;
}

static const struct option_row options[] = {
	{.name = "workers",
	 .value = "LIST",
	 .help = "numbers of workers for the pools, such as 2,4,8; auto: 2, 4, 8 … to all units (the default)",
	 .kind = OPTION_NAME,
	 .offset = offsetof(struct request, workers)},
	{.name = "only",
	 .value = "TEXT",
	 .help = "only what has this in its name, such as 'empty job' or libgomp",
	 .kind = OPTION_NAME,
	 .offset = offsetof(struct request, only)},
	{.name = "help", .help = "this", .kind = OPTION_FLAG, .offset = offsetof(struct request, help)},
	{.name = NULL}};

static int help(void)
{
	puts("peers [OPTION…] [FILE.csv]\n\nMeasures pvt's runners and pools in turn with other ways to do the "
	     "same: bare\nloops of system calls, STREAM, libgomp, oneTBB, Python's pools. The table goes\nto "
	     "FILE.csv (results/peers.csv).\n");
	option_table_put_help(stdout, options);
	return 0;
}

int main(int argc, char **argv)
{
	struct request q = {.workers = "auto"};
	struct worker_counts counts = {.count = 0};
	spawn_worker_main(argc, argv, catalog_find_in);
	int code = option_table_read("peers", options, argc, argv, &q);
	if (code)
		return code;
	if (q.help)
		return help();
	if (argc - optind > 1)
		return complain(EXIT_UNUSABLE, "peers: one file is enough: '%s'", argv[optind + 1]);
	code = list_workers(q.workers, affinity_allowed(), false, &counts);
	if (code)
		return code;
	mkdir("results", 0777);
	return measure_all(&q, &counts, optind < argc ? argv[optind] : "results/peers.csv");
}
