/* pvt report: everything that a run folder shows, from its samples alone; or several of them side by side. */
#include <stdbool.h>
#include <stddef.h>

#include "bench/base/arguments.h"
#include "bench/base/signals.h"
#include "bench/cli/commands.h"
#include "bench/report/machines.h"
#include "bench/report/report.h"

enum { OPTION_HTML = 256, OPTION_VERBOSE };

static const struct option options[] = {{"html", no_argument, NULL, OPTION_HTML},
					{"verbose", no_argument, NULL, OPTION_VERBOSE},
					{NULL, 0, NULL, 0}};

struct request {
	bool html, verbose;
};

static int take_option(void *arg, int id)
{
	struct request *request = arg;
	*(id == OPTION_HTML ? &request->html : &request->verbose) = true;
	return 0;
}

int command_report(int argc, char **argv)
{
	struct request request = {0};
	if (machines_are_meant(argc, argv))
		return machines_command(argc, argv);
	int code = arguments_read(argc, argv, options, take_option, &request);
	if (code)
		return code;
	if (argc - optind > 1)
		return complain(EXIT_UNUSABLE, "report takes one run folder; see `pvt help report`");
	signals_catch();
	return report_write(optind < argc ? argv[optind] : "results/latest", request.verbose, request.html);
}
