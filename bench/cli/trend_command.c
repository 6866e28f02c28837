/* pvt trend: the history of each case over many runs, and where its level changed. It tells, it never gates.
 */
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/arguments.h"
#include "bench/cli/commands.h"
#include "bench/machine/environment.h"
#include "bench/machine/same_machine.h"
#include "bench/regress/compare_options.h"
#include "bench/regress/trends.h"
#include "bench/render/plots.h"

struct request {
	const char *metric, *plot;
	double margin, alpha;
	enum format format;
	bool any_machine, all;
};

static int take_metric(struct request *r, const char *name)
{
	enum metric metric;
	r->metric = name;
	return summary_metric_named(name, &metric)
		       ? 0
		       : complain(EXIT_UNUSABLE,
				  "--metric: '%s' is no column that has a history, such as span_ns, wall_ns, "
				  "minflt, pss_kib",
				  name);
}

static int take_format(struct request *r, const char *name)
{
	int code = verdicts_format(name, &r->format);
	return code || r->format <= FORMAT_JSON
		       ? code
		       : complain(EXIT_UNUSABLE, "--format: '%s' is none of text, markdown, json", name);
}

static int take(void *request, int id)
{
	struct request *r = request;
	switch (id) {
	case 'm':
		return compare_flags_margin("--margin", optarg, &r->margin);
	case 'a':
		return compare_flags_alpha(optarg, &r->alpha);
	case 'M':
		return take_metric(r, optarg);
	case 'f':
		return take_format(r, optarg);
	case 'p':
		r->plot = optarg;
		return plots_can_write(optarg)
			       ? 0
			       : complain(EXIT_UNUSABLE, "--plot: '%s' ends neither in .svg nor in .png",
					  optarg);
	case 'x':
		r->any_machine = true;
		return 0;
	default:
		r->all = true;
		return 0;
	}
}

static int read_request(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{"metric", required_argument, NULL, 'M'}, {"margin", required_argument, NULL, 'm'},
		{"alpha", required_argument, NULL, 'a'},  {"format", required_argument, NULL, 'f'},
		{"plot", required_argument, NULL, 'p'},   {"any-machine", no_argument, NULL, 'x'},
		{"all", no_argument, NULL, 'A'},          {NULL, 0, NULL, 0}};
	int code = arguments_read(argc, argv, options, take, r);
	if (!code && argc == optind)
		code = complain(
			EXIT_UNUSABLE,
			"trend takes the runs of a history: run folders, samples.csv files, or patterns "
			"in quotes; see `pvt help trend`");
	return code;
}

static int plot(const struct request *r, const struct sample_set *side, const struct history *history)
{
	char *first = strdup(side->path[0]);
	char *machine = first && !r->any_machine ? environment_caption(dirname(first)) : NULL;
	int code = trends_plot(r->plot, history, machine ? machine : "");
	free(machine);
	free(first);
	return code;
}

static int show(const struct request *r, const struct sample_set *side)
{
	struct history history;
	char why[512];
	int code = 0;
	if (history_make(side, r->metric, r->alpha, r->margin, &history, why, sizeof why))
		code = complain(EXIT_UNUSABLE, "%s", why);
	else if (trends_put(stdout, &history, r->format, r->all))
		code = complain(EXIT_UNUSABLE, "out of memory");
	if (!code && r->plot)
		code = plot(r, side, &history);
	history_free(&history);
	return code;
}

int command_trend(int argc, char **argv)
{
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
