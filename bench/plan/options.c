#include "bench/plan/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"
#include "bench/plan/catalog.h"
#include "runners/clock.h"

enum {
	OPT_SUITE = 256,
	OPT_KERNEL,
	OPT_RUNNER,
	OPT_WORKERS,
	OPT_SIZE,
	OPT_BALLAST,
	OPT_PAGES,
	OPT_HOSTS,
	OPT_MPIRUN,
	OPT_UNLIKE_HOSTS,
	OPT_INPUT,
	OPT_PLACEMENT,
	OPT_SCHEDULE,
	OPT_CHUNK,
	OPT_REPETITIONS,
	OPT_INVOCATIONS,
	OPT_PRECISION,
	OPT_BUDGET,
	OPT_MIN_TIME,
	OPT_TIMEOUT,
	OPT_SEED,
	OPT_HOLD,
	OPT_PLUGIN,
	OPT_OUT,
	OPT_CSV,
	OPT_QUICK,
	OPT_VERBOSE,
	OPT_DRY_RUN,
	OPT_JSON,
	OPT_CONTINUE,
	OPT_RESUME,
	OPT_FILTER,
	OPT_ISOLATE,
	OPT_NO_ISOLATE,
};

static const struct option long_options[] = {
	{"suite", required_argument, NULL, OPT_SUITE},
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"runner", required_argument, NULL, OPT_RUNNER},
	{"workers", required_argument, NULL, OPT_WORKERS},
	{"size", required_argument, NULL, OPT_SIZE},
	{"ballast", required_argument, NULL, OPT_BALLAST},
	{"pages", required_argument, NULL, OPT_PAGES},
	{"hosts", required_argument, NULL, OPT_HOSTS},
	{"mpirun", required_argument, NULL, OPT_MPIRUN},
	{"unlike-hosts", no_argument, NULL, OPT_UNLIKE_HOSTS},
	{"input", required_argument, NULL, OPT_INPUT},
	{"placement", required_argument, NULL, OPT_PLACEMENT},
	{"schedule", required_argument, NULL, OPT_SCHEDULE},
	{"chunk", required_argument, NULL, OPT_CHUNK},
	{"repetitions", required_argument, NULL, OPT_REPETITIONS},
	{"invocations", required_argument, NULL, OPT_INVOCATIONS},
	{"precision", required_argument, NULL, OPT_PRECISION},
	{"budget", required_argument, NULL, OPT_BUDGET},
	{"min-time", required_argument, NULL, OPT_MIN_TIME},
	{"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"seed", required_argument, NULL, OPT_SEED},
	{"hold", required_argument, NULL, OPT_HOLD},
	{"plugin", required_argument, NULL, OPT_PLUGIN},
	{"out", required_argument, NULL, OPT_OUT},
	{"csv", required_argument, NULL, OPT_CSV},
	{"quick", no_argument, NULL, OPT_QUICK},
	{"verbose", no_argument, NULL, OPT_VERBOSE},
	{"dry-run", no_argument, NULL, OPT_DRY_RUN},
	{"json", no_argument, NULL, OPT_JSON},
	{"isolate", no_argument, NULL, OPT_ISOLATE},
	{"no-isolate", no_argument, NULL, OPT_NO_ISOLATE},
	{"resume", required_argument, NULL, OPT_RESUME}, /* resume.c's, and alone */
	{"continue-run", required_argument, NULL, OPT_CONTINUE},
	{"benchmark_filter", required_argument, NULL, OPT_FILTER},
	{"benchmark_repetitions", required_argument, NULL, OPT_REPETITIONS},
	{"benchmark_list_tests", no_argument, NULL, OPT_DRY_RUN},
	{NULL, 0, NULL, 0},
};

static const char *option_name(int id)
{
	for (const struct option *o = long_options; o->name; o++)
		if (o->val == id)
			return o->name;
	return "";
}

static int refuse(int id, const char *text, const char *wanted)
{
	return complain(EXIT_UNUSABLE, "--%s: '%s' is not %s", option_name(id), text, wanted);
}

static int read_count(int id, const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char wanted[80];
	if (units_count(text, value) == 0 && *value >= least && *value <= most)
		return 0;
	snprintf(wanted, sizeof wanted, "a whole number from %llu to %llu", (unsigned long long)least,
		 (unsigned long long)most);
	return refuse(id, text, wanted);
}

static int read_time(int id, const char *text, uint64_t *ns)
{
	return units_time_ns(text, ns) == 0 && *ns > 0
		       ? 0
		       : refuse(id, text, "a time such as 500ms, 180s or 3min");
}

static int read_placement(const char *text, struct options *o)
{
	o->placement_given = true;
	for (o->placement = PLACE_COMPACT; o->placement <= PLACE_NONE; o->placement++)
		if (strcmp(text, placement_name(o->placement)) == 0)
			return 0;
	return refuse(OPT_PLACEMENT, text, "one of compact, scatter, smt, single, none");
}

static int read_schedule(const char *text, struct options *o)
{
	for (o->schedule = SCHEDULE_STATIC; o->schedule <= SCHEDULE_GUIDED; o->schedule++)
		if (strcmp(text, schedule_name((enum schedule)o->schedule)) == 0)
			return 0;
	return refuse(OPT_SCHEDULE, text, "one of static, dynamic, guided");
}

static int read_filter(const char *text, struct options *o)
{
	regex_t regex;
	if (regcomp(&regex, text, REG_EXTENDED | REG_NOSUB) != 0)
		return refuse(OPT_FILTER, text, "a POSIX extended regular expression");
	regfree(&regex);
	o->filter = text;
	return 0;
}

static int read_numbers(int id, const char *text, struct options *o)
{
	uint64_t value = 0;
	int error = 0;
	switch (id) {
	case OPT_CHUNK:
		return read_count(id, text, 1, UINT32_MAX, &o->chunk);
	case OPT_REPETITIONS:
		return read_count(id, text, 1, 1000000, &o->repetitions);
	case OPT_INVOCATIONS:
		return read_count(id, text, 1, 1000, &o->invocations);
	case OPT_SEED:
		return read_count(id, text, 0, UINT64_MAX, &o->seed);
	case OPT_HOLD:
		error = read_count(id, text, 0, WORKERS_MAX - 1, &value);
		o->hold = (int)value;
		return error;
	case OPT_BUDGET:
		return read_time(id, text, &o->budget_ns);
	case OPT_TIMEOUT:
		return read_time(id, text, &o->timeout_ns);
	case OPT_MIN_TIME:
		error = read_time(id, text, &value);
		o->min_time_s = (double)value / (double)NS_PER_S;
		return error;
	default: /* OPT_PRECISION */
		return units_share(text, &o->precision) == 0 && o->precision > 0
			       ? 0
			       : refuse(id, text, "a share such as 2%");
	}
}

static int read_option(int id, const char *text, struct options *o)
{
	switch (id) {
	case OPT_SUITE:
		o->suites = text;
		return 0;
	case OPT_KERNEL:
		o->kernels = text;
		return 0;
	case OPT_RUNNER:
		o->runners = text;
		return 0;
	case OPT_WORKERS:
		o->workers = text;
		return 0;
	case OPT_SIZE:
		o->sizes = text;
		return 0;
	case OPT_BALLAST:
		o->ballast = text;
		return 0;
	case OPT_PAGES:
		o->pages = text;
		return 0;
	case OPT_HOSTS:
		o->hosts = text;
		return 0;
	case OPT_MPIRUN:
		o->mpirun = text;
		return *text ? 0 : refuse(id, text, "a command such as mpirun");
	case OPT_UNLIKE_HOSTS:
		o->unlike_hosts = true;
		return 0;
	case OPT_INPUT:
		o->input = text;
		return 0;
	case OPT_PLUGIN:
		return catalog_load(text);
	case OPT_OUT:
		o->out = text;
		return *text ? 0 : refuse(id, text, "the name of a folder");
	case OPT_CSV:
		o->csv = text;
		return *text ? 0 : refuse(id, text, "the name of a file, or -");
	case OPT_QUICK:
		o->quick = true;
		return 0;
	case OPT_VERBOSE:
		o->verbose = true;
		return 0;
	case OPT_DRY_RUN:
		o->dry_run = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_RESUME:
		return complain(EXIT_UNUSABLE, "--resume is of `pvt run` alone; see `pvt help run`");
	case OPT_ISOLATE:
	case OPT_NO_ISOLATE: /* each sample has a process of its own */
		return 0;
	case OPT_CONTINUE:
		o->continued = text;
		return 0;
	case OPT_PLACEMENT:
		return read_placement(text, o);
	case OPT_SCHEDULE:
		return read_schedule(text, o);
	case OPT_FILTER:
		return read_filter(text, o);
	default:
		return read_numbers(id, text, o);
	}
}

/* Flags that only Google Benchmark knows go to the end of argv, from *kept on. */
static bool is_foreign(const char *arg)
{
	static const char prefix[] = "--benchmark_";
	if (strncmp(arg, prefix, sizeof prefix - 1) != 0)
		return false;
	size_t length = strcspn(arg + 2, "=");
	for (const struct option *o = long_options; o->name; o++)
		if (strlen(o->name) == length && strncmp(o->name, arg + 2, length) == 0)
			return false;
	return true;
}

/* Google Benchmark's own min_time (seconds, no unit) has to reach our calibration too. */
static int take_foreign(char *arg, struct options *o)
{
	static const char min_time[] = "--benchmark_min_time=";
	static const char out[] = "--benchmark_out=";
	char *end;
	if (strncmp(arg, out, sizeof out - 1) == 0)
		o->single = true;
	if (strncmp(arg, min_time, sizeof min_time - 1) != 0)
		return 0;
	o->min_time_s = strtod(arg + sizeof min_time - 1, &end);
	if (end == arg + sizeof min_time - 1 || (*end && strcmp(end, "s") != 0) || !(o->min_time_s > 0))
		return complain(EXIT_UNUSABLE, "%s: not a number of seconds", arg);
	return 0;
}

static int split_foreign(int *argc, char **argv, char **foreign, int *foreign_count, struct options *o)
{
	int kept = 1;
	for (int i = 1; i < *argc; i++) {
		if (!is_foreign(argv[i])) {
			argv[kept++] = argv[i];
			continue;
		}
		int error = take_foreign(argv[i], o);
		if (error)
			return error;
		foreign[(*foreign_count)++] = argv[i];
	}
	*argc = kept;
	argv[kept] = NULL;
	return 0;
}

static int read_own(int argc, char **argv, struct options *o)
{
	int id, error = 0;
	opterr = 0;
	optind = 1;
	while (!error && (id = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (id == ':')
			error = complain(EXIT_UNUSABLE, "%s needs a value; see `pvt help run`",
					 argv[optind - 1]);
		else if (id == '?')
			error = complain(EXIT_UNUSABLE, "unknown option %s; see `pvt help run`",
					 argv[optind - 1]);
		else
			error = read_option(id, optarg, o);
	}
	if (!error && optind < argc)
		error = complain(EXIT_UNUSABLE, "unexpected argument '%s'; see `pvt help run`", argv[optind]);
	return error;
}

static void apply_defaults(struct options *o)
{
	if (o->budget_ns == 0)
		o->budget_ns = (o->quick ? 60 : 180) * NS_PER_S;
	if (o->min_time_s == 0)
		o->min_time_s = o->quick ? 0.002 : 0.005;
	if (o->invocations == 0)
		o->invocations = o->quick ? 10 : 20;
	if (o->single || (o->csv && !o->out))
		o->invocations = 1;
	if (o->hold >= 0)
		o->timeout_ns = 0;
}

int options_read(int *argc, char **argv, struct options *o)
{
	*o = (struct options){.schedule = -1,
			      .precision = 0.02,
			      .timeout_ns = 60 * NS_PER_S,
			      .hold = -1,
			      .seed = UINT64_MAX};
	char **foreign = calloc((size_t)*argc + 1, sizeof *foreign);
	int foreign_count = 0;
	if (!foreign)
		return complain(EXIT_UNUSABLE, "out of memory");
	int error = catalog_load_folders(getenv("PVT_PLUGIN_PATH"));
	if (!error)
		error = split_foreign(argc, argv, foreign, &foreign_count, o);
	if (!error)
		error = read_own(*argc, argv, o);
	*argc = 1;
	for (int i = 0; i < foreign_count; i++)
		argv[(*argc)++] = foreign[i];
	argv[*argc] = NULL;
	free(foreign);
	apply_defaults(o);
	return error;
}
