/* pvt report: everything that a run folder shows, from its samples alone; or several of them side by side. */
#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "bench/base/signals.h"
#include "bench/cli/commands.h"
#include "bench/render/plots.h"
#include "bench/report/machines.h"
#include "bench/report/report.h"
#include "bench/report/report_json.h"

struct request {
	bool html, verbose, json;
	const char *out, *plot;
};

const struct option_row options_of_report[] = {
	{"html", NULL, NULL, "also write report.html: all in one file, for a browser (`pvt run` does)",
	 "Of one run", OPTION_FLAG, .offset = offsetof(struct request, html)},
	{"verbose", NULL, NULL, "also print a line per case (it is always in summary.csv)", NULL, OPTION_FLAG,
	 .offset = offsetof(struct request, verbose)},
	{"json", NULL, NULL, "only print the median and range of each case as JSON; write nothing", NULL,
	 OPTION_FLAG, .offset = offsetof(struct request, json)},
	{"out", "FILE", "@file", "the page, in Markdown (default: standard output)", "Of several runs",
	 OPTION_NAME, .offset = offsetof(struct request, out)},
	{"plot", "FILE", "@file",
	 "processes over threads on each machine; shown in a page of the same folder", NULL, OPTION_TAKEN,
	 .offset = offsetof(struct request, plot), .take = plots_take_name},
	{0},
};

static int report_several(const struct request *r, char *const *dirs, int count)
{
	if (count < 2)
		return complain(EXIT_UNUSABLE,
				"--out and --plot are for two or more run folders, side by side; "
				"see `pvt help report`");
	if (r->html || r->verbose || r->json)
		return complain(EXIT_UNUSABLE, "--%s is for one run folder; see `pvt help report`",
				r->html      ? "html"
				: r->verbose ? "verbose"
					     : "json");
	return machines_report(dirs, (size_t)count, r->out, r->plot);
}

int command_report(int argc, char **argv, char *const *original)
{
	struct request r = {0};
	(void)original;
	int code = option_table_read("report", options_of_report, argc, argv, &r);
	if (code)
		return code;
	signals_catch();
	if (r.out || r.plot || argc - optind > 1)
		return report_several(&r, argv + optind, argc - optind);
	const char *dir = optind < argc ? argv[optind] : "results/latest";
	if (r.json && (r.html || r.verbose))
		return complain(EXIT_UNUSABLE,
				"--json writes no report: it takes neither --html nor --verbose");
	return r.json ? report_json(dir) : report_write(dir, r.verbose, r.html);
}
