#include "bench/peers/peers.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"
#include "bench/plan/catalog.h"
#include "bench/render/plots.h"
#include "bench/stats/statistics.h"
#include "kernels/registry.h"
#include "runners/runner.h"

enum { ROUNDS = 31 };

static const char *verdict(const struct pair *pair, double ratio)
{
	if (isnan(pair->to_reach))
		return "";
	return (pair->at_most ? ratio <= pair->to_reach : ratio >= pair->to_reach) ? "yes" : "no";
}

static void show(FILE *csv, const struct pair *pair, double ours, double peer, const struct estimate *e)
{
	char a[32], b[32], goal[32] = "";
	if (!isnan(pair->to_reach))
		snprintf(goal, sizeof goal, "%s%.3g", pair->at_most ? "<=" : ">=", pair->to_reach);
	printf("%s\n  ours %s, %s %s: ratio %.3g [%.3g, %.3g] %s %s\n", pair->what,
	       units_show_ns(ours, a, sizeof a), pair->peer, units_show_ns(peer, b, sizeof b), e->value,
	       e->low, e->high, goal, verdict(pair, e->value));
	fprintf(csv, "\"%s\",%.1f,\"%s\",%.1f,%.5g,%.5g,%.5g,%s,%s\r\n", pair->what, ours, pair->peer, peer,
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

static int measure(FILE *csv, const struct pair *pair)
{
	double ours[ROUNDS], peer[ROUNDS], ratio[ROUNDS];
	errno = 0;
	void *state = pair->open(pair);
	if (!state && errno == ENOENT)
		return complain(0, "%s: skipped, %s is not on this machine", pair->what, pair->peer), 0;
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
	show(csv, pair, stat_median(ours, ROUNDS), stat_median(peer, ROUNDS), &e);
	return 0;
}

static int show_efficiency(FILE *csv)
{
	char finding[256];
	struct figure figures[] = {{"granularity", "granularity", "peers-efficiency.csv", "", finding,
				    "Two workers, tasks dealt one at a time and not stamped (RESULTS.md: "
				    "stamped); medians of 9 rounds with their 95 % intervals",
				    false},
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

int main(int argc, char **argv)
{
	static const struct pair *const lists[] = {launch_pairs, bandwidth_pairs, peak_pairs,
						   pool_pairs,   python_pairs,    NULL};
	spawn_worker_main(argc, argv, catalog_find_in);
	if (argc > 2)
		return complain(EXIT_UNUSABLE, "peers [FILE.csv]");
	const char *path = argc == 2 ? argv[1] : "results/peers.csv";
	mkdir("results", 0777);
	FILE *csv = fopen(path, "we");
	if (!csv)
		return complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(errno));
	fputs("what,ours_ns,peer,peer_ns,ratio,low,high,to_reach,holds\r\n", csv);
	int code = 0;
	for (const struct pair *const *list = lists; *list; list++)
		for (const struct pair *p = *list; p->what; p++) {
			int failed = measure(csv, p);
			code = code ? code : failed;
		}
	if (!code)
		code = show_efficiency(csv);
	if (fclose(csv) == EOF)
		code = complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(errno));
	return code;
}
