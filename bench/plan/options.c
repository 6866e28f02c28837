#include "bench/plan/options.h"

#include <getopt.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"
#include "bench/plan/catalog.h"
#include "runners/clock.h"

/* ---- those that are more than a value ---- */

static int take_hold(void *request, const struct option_row *row, const char *text)
{
	struct options *o = request;
	uint64_t rank = 0;
	if (units_count(text, &rank) != 0 || rank >= WORKERS_MAX)
		return option_refuse(row, text, "the rank of a worker, from 0");
	o->hold = (int)rank;
	return 0;
}

static int take_min_time(void *request, const struct option_row *row, const char *text)
{
	struct options *o = request;
	uint64_t ns = 0;
	if (units_time_ns(text, &ns) != 0 || ns == 0)
		return option_refuse(row, text, "a time such as 5ms");
	o->min_time_s = (double)ns / (double)NS_PER_S;
	return 0;
}

static int take_filter(void *request, const struct option_row *row, const char *text)
{
	struct options *o = request;
	regex_t regex;
	if (regcomp(&regex, text, REG_EXTENDED | REG_NOSUB) != 0)
		return option_refuse(row, text, "a POSIX extended regular expression");
	regfree(&regex);
	o->filter = text;
	return 0;
}

static int take_plugin(void *request, const struct option_row *row, const char *text)
{
	(void)request;
	(void)row;
	return catalog_load(text);
}

/* Each sample has a process of its own in any case. */
static int take_nothing(void *request, const struct option_row *row, const char *text)
{
	(void)request;
	(void)row;
	(void)text;
	return 0;
}

static int refuse_resume(void *request, const struct option_row *row, const char *text)
{
	(void)request;
	(void)text;
	return complain(EXIT_UNUSABLE,
			"--%s is an option of `pvt run` alone, and takes no other option with it", row->name);
}

/* ---- the table ---- */

#define AT(member) .offset = offsetof(struct options, member)

const struct option_row options_of_run[] = {
	{"suite", "S,…", ",@suites", "only these suites; see `pvt list suites`",
	 "What to measure (default: all)", OPTION_TEXT, AT(suites)},
	{"kernel", "K,…", ",@kernels",
	 "only these kernels; with --suite they run in these suites, instead of the suite's own kernels",
	 NULL, OPTION_TEXT, AT(kernels)},
	{"runner", "R,…", ",@runners", "only these runners", NULL, OPTION_TEXT, AT(runners)},
	{"workers", "N,…", ",auto 1 2 4 8",
	 "numbers of workers; auto: 1, 2, 4 … to all CPUs; 4x: four per CPU", NULL, OPTION_TEXT, AT(workers)},
	{"size", "S,…", ",small medium large", "small, medium, large, or numbers (512, 64K)", NULL,
	 OPTION_TEXT, AT(sizes)},
	{"ballast", "B,…", ",0 64M 256M 1G", "memory that the parent holds at the launch (0, 64M)", NULL,
	 OPTION_TEXT, AT(ballast)},
	{"pages", "P,…", ",small huge", "pages of the ballast: small, huge", NULL, OPTION_TEXT, AT(pages)},
	{"input", "FILE", "@file", "what the kernel reads (sobel, wordcount)", NULL, OPTION_TEXT, AT(input)},
	{"python", "PATH,…", NULL,
	 "Pythons side by side, or all; default: PVT_PYTHON, or python3 and a free-threaded one", NULL,
	 OPTION_TEXT, AT(pythons)},
	{"placement", "P", "compact scatter smt single none",
	 "where workers are pinned: compact, scatter, smt, single, none", NULL, OPTION_CHOICE, AT(placement)},
	{"schedule", "S", "static dynamic guided",
	 "how items are scheduled: static, dynamic, guided (default: the kernel's own)", NULL, OPTION_CHOICE,
	 AT(schedule)},
	{"chunk", "N", NULL, "items per chunk", NULL, OPTION_COUNT, AT(chunk), 1, UINT32_MAX},
	{"hosts", "H[:N],…", NULL, "machines for the runners mpi…, N ranks each; the first is this one", NULL,
	 OPTION_TEXT, AT(hosts)},
	{"mpirun", "COMMAND", "mpirun mpirun.openmpi mpiexec.mpich mpiexec.hydra",
	 "what starts ranks, with its options; a name with mpich or hydra is MPICH's", NULL, OPTION_NAME,
	 AT(mpirun)},
	{"unlike-hosts", NULL, NULL, "hosts may be different machines", NULL, OPTION_FLAG, AT(unlike_hosts)},
	{"plugin", "FILE", "@file",
	 "a shared object with kernels (more than once; also every *.so in the folders of PVT_PLUGIN_PATH); "
	 "see examples/plugin",
	 NULL, OPTION_TAKEN, .take = take_plugin},
	{"budget", "TIME", NULL, "time for the whole run (default 180s, quick 60s)", "How long", OPTION_TIME,
	 AT(budget_ns)},
	{"precision", "SHARE", NULL, "stop a case when its 95 % interval is as narrow as this (default 2%)",
	 NULL, OPTION_SHARE, AT(precision)},
	{"repetitions", "N", NULL, "exactly N samples per case instead", NULL, OPTION_COUNT, AT(repetitions),
	 1, 1000000},
	{"invocations", "N", NULL,
	 "at most N processes, over which samples are spread (default 20, quick 10)", NULL, OPTION_COUNT,
	 AT(invocations), 1, 1000},
	{"min-time", "TIME", NULL, "least time of one sample (default 5ms, quick 2ms)", NULL, OPTION_TAKEN,
	 .take = take_min_time},
	{"timeout", "TIME", NULL, "time after which a job is given up (default 60s)", NULL, OPTION_TIME,
	 AT(timeout_ns)},
	{"isolate", NULL, NULL, "without effect: each sample is taken in a process of its own", NULL,
	 OPTION_TAKEN, .take = take_nothing},
	{"no-isolate", NULL, NULL, "without effect, as --isolate", NULL, OPTION_TAKEN, .take = take_nothing},
	{"quick", NULL, NULL, "small sizes, 60 s", NULL, OPTION_FLAG, AT(quick)},
	{"out", "DIR", "@folder", "the run folder (default results/<time>-<host>)", "Output", OPTION_NAME,
	 AT(out)},
	{"csv", "FILE|-", "@file", "write the samples there; without --out: no run folder, one invocation",
	 NULL, OPTION_NAME, AT(csv)},
	{"resume", "RUNDIR", "@folder", "continue an interrupted run as it was begun; takes no other option",
	 NULL, OPTION_TAKEN, .take = refuse_resume}, /* resume.c's */
	{"verbose", NULL, NULL, "also print a line per case at the end (it is always in summary.csv)", NULL,
	 OPTION_FLAG, AT(verbose)},
	{"seed", "N", NULL, "seed of the order of measurement", "Other", OPTION_COUNT, AT(seed), 0,
	 UINT64_MAX},
	{"dry-run", NULL, NULL, "only list the cases", NULL, OPTION_FLAG, AT(dry_run)},
	{"hold", "RANK", NULL, "this worker stops before its first job, for a debugger", NULL, OPTION_TAKEN,
	 .take = take_hold},
	{"json", NULL, NULL, "print JSON (`pvt list`)", NULL, OPTION_FLAG, AT(json)},
	{"benchmark_filter", "REGEX", NULL, "only cases whose name matches",
	 "Google Benchmark's (others are passed on)", OPTION_TAKEN, .take = take_filter},
	{"benchmark_repetitions", "N", NULL, "as --repetitions", NULL, OPTION_COUNT, AT(repetitions), 1,
	 1000000},
	{"benchmark_list_tests", NULL, NULL, "as --dry-run", NULL, OPTION_FLAG, AT(dry_run)},
	{"continue-run", "STATE", NULL, NULL, NULL, OPTION_TEXT, AT(continued)},
	{0},
};

/* ---- Google Benchmark's own: to the end of argv, from *kept on ---- */

static bool is_foreign(const char *arg)
{
	static const char prefix[] = "--benchmark_";
	return strncmp(arg, prefix, sizeof prefix - 1) == 0 &&
	       !option_table_find(options_of_run, arg + 2, strcspn(arg + 2, "="));
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

/* ---- all ---- */

static int read_own(int argc, char **argv, struct options *o)
{
	int code = option_table_read("run", options_of_run, argc, argv, o);
	if (!code && optind < argc)
		code = complain(EXIT_UNUSABLE, "unexpected argument '%s'; see `pvt help run`", argv[optind]);
	return code;
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
	*o = (struct options){.placement = -1,
			      .schedule = -1,
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
