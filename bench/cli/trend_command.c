/* pvt trend: the history of each case over many runs, and where its level changed. It tells, it never gates.
 */
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/machine/env_file.h"
#include "bench/machine/same_machine.h"
#include "bench/regress/compare_options.h"
#include "bench/regress/trends.h"
#include "bench/render/plots.h"

struct request {
	const char *metric, *plot;
	double margin, alpha;
	int format; /* enum format */
	bool any_machine, all;
};

static int take_metric(void *request, const struct option_row *row, const char *text)
{
	struct request *r = request;
	enum metric metric;
	r->metric = text;
	return summary_metric_named(text, &metric)
		       ? 0
		       : option_refuse(
				 row, text,
				 "a column that has a history, such as span_ns, wall_ns, minflt, pss_kib");
}

const struct option_row options_of_trend[] = {
	{"metric", "M", NULL, "the column (default span_ns)", NULL, OPTION_TAKEN, .take = take_metric},
	{"margin", "SHARE", NULL, "smaller changes are not shown (default 2%)", NULL, OPTION_TAKEN,
	 .offset = offsetof(struct request, margin), .take = compare_flags_margin},
	{"alpha", "CHANCE", NULL, "chance of finding any change where no case changes (default 0.01)", NULL,
	 OPTION_TAKEN, .offset = offsetof(struct request, alpha), .take = compare_flags_alpha},
	{"format", "F", "text markdown json", "text, markdown, json", NULL, OPTION_CHOICE,
	 .offset = offsetof(struct request, format)},
	{"all", NULL, NULL, "also show the cases that did not change", NULL, OPTION_FLAG,
	 .offset = offsetof(struct request, all)},
	{"plot", "FILE", "@file", "draw up to 12 cases, the largest changes first; .svg or .png", NULL,
	 OPTION_TAKEN, .offset = offsetof(struct request, plot), .take = plots_take_name},
	{"any-machine", NULL, NULL, "allow runs of different machines, or of unknown ones", NULL, OPTION_FLAG,
	 .offset = offsetof(struct request, any_machine)},
	{0},
};

static int read_request(int argc, char **argv, struct request *r)
{
	int code = option_table_read("trend", options_of_trend, argc, argv, r);
	if (!code && argc == optind)
		code = complain(
			EXIT_UNUSABLE,
			"trend takes the runs of a history: run folders, samples.csv files, or patterns "
			"in quotes; see `pvt help trend`");
	return code;
}

static int plot(const struct request *r, const struct sample_set *side, const struct history *history)
{
	struct env_file env = env_read_beside(side->path[0]);
	char *machine = r->any_machine ? NULL : env_caption(&env);
	int code = trends_plot(r->plot, history, machine ? machine : "");
	free(machine);
	env_free(&env);
	return code;
}

static int show(const struct request *r, const struct sample_set *side)
{
	struct history history;
	char why[512];
	int code = 0;
	if (history_make(side, r->metric, r->alpha, r->margin, &history, why, sizeof why))
		code = complain(EXIT_UNUSABLE, "%s", why);
	else if (trends_put(stdout, &history, (enum format)r->format, r->all))
		code = complain(EXIT_UNUSABLE, "out of memory");
	if (!code && r->plot)
		code = plot(r, side, &history);
	history_free(&history);
	return code;
}

int command_trend(int argc, char **argv, char *const *original)
{
	(void)original;
	struct request r = {.metric = "span_ns", .margin = 0.02, .alpha = 0.01};
	struct sample_set side = {0};
	char why[512] = "out of memory";
	int code = read_request(argc, argv, &r);
	if (!code && sample_set_read(&side, (size_t)(argc - optind), (const char *const *)(argv + optind),
				     why, sizeof why))
		code = complain(EXIT_UNUSABLE, "%s", why);
	if (!code) /* that the program changes is what a history is about */
		code = same_machine_check(side.path[0], side.path, side.file_count, r.any_machine, true);
	if (!code)
		code = show(&r, &side);
	sample_set_free(&side);
	return code;
}
