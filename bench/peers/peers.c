#include "bench/peers/peers.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/exit.h"
#include "bench/statistics.h"
#include "bench/units.h"
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
		snprintf(goal, sizeof goal, "%s%.2f", pair->at_most ? "<=" : ">=", pair->to_reach);
	printf("%s\n  ours %s, %s %s: ratio %.3f [%.3f, %.3f] %s %s\n", pair->what,
	       units_show_ns(ours, a, sizeof a), pair->peer, units_show_ns(peer, b, sizeof b), e->value,
	       e->low, e->high, goal, verdict(pair, e->value));
	fprintf(csv, "\"%s\",%.1f,\"%s\",%.1f,%.4f,%.4f,%.4f,%s,%s\r\n", pair->what, ours, pair->peer, peer,
		e->value, e->low, e->high, goal, verdict(pair, e->value));
	fflush(stdout);
}

static int measure(FILE *csv, const struct pair *pair)
{
	double ours[ROUNDS], peer[ROUNDS], ratio[ROUNDS];
	void *state = pair->open ? pair->open() : NULL;
	if (pair->open && !state)
		return complain(EXIT_FAILED, "%s: cannot start", pair->what);
	int error = pair->round(state, &ours[0], &peer[0]); /* warms up */
	for (int i = 0; i < ROUNDS && !error; i++) {
		error = pair->round(state, &ours[i], &peer[i]);
		ratio[i] = ours[i] / peer[i];
	}
	if (pair->close)
		pair->close(state);
	if (error)
		return complain(EXIT_FAILED, "%s: %s", pair->what, strerror(error < 0 ? -error : EIO));
	struct estimate e = stat_median_interval(ratio, ROUNDS);
	show(csv, pair, stat_median(ours, ROUNDS), stat_median(peer, ROUNDS), &e);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct pair *const lists[] = {launch_pairs, bandwidth_pairs, peak_pairs, NULL};
	spawn_worker_main(argc, argv, kernel_find);
	if (argc > 2)
		return complain(EXIT_UNUSABLE, "peers [FILE.csv]");
	const char *path = argc == 2 ? argv[1] : "results/peers.csv";
	if (argc < 2)
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
	if (fclose(csv) == EOF)
		code = complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(errno));
	return code;
}
