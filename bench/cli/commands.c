#include "bench/cli/commands.h"

#include <string.h>

#include "bench/advise/advise_options.h"
#include "bench/plan/options.h"

const struct command commands[] = {
	{"run", "measure kernels under runners and write a report", command_run, NULL, options_of_run,
	 "pvt run [options]: measure, and write results/<time>-<host>/. Lists are separated by commas.\n",
	 NULL},
	{"compare", "is one set of samples slower than another?", command_compare, "@file",
	 options_of_compare,
	 "pvt compare BASE HEAD [options]: is head slower than base by more than a margin?\n"
	 "\n"
	 "BASE and HEAD are a samples.csv, a run folder, or a pattern in quotes for several of them.\n"
	 "Process invocations (run_id) count, not repetitions: at least 5 per side in each case, 7 where\n"
	 "both sides have the same ones, for any number of cases; better 10. Each case without a\n"
	 "regression says which slowdowns these samples would have shown: 'none of 4.7 % or more'.\n",
	 "Exit: 0 no regression shown; 1 a regression; 2 cases are missing, failed or differ;\n"
	 "3 a case has too few invocations for any verdict.\n"},
	{"gate", "is one build slower than another? measures both in turn", command_gate, NULL,
	 options_of_gate,
	 "pvt gate --base CMD --head CMD [options]: is head slower than base by more than a margin?\n"
	 "pvt gate --base-command './old x' --head-command './new x' [options]: the same for any program\n"
	 "pvt gate --self-test --base CMD [--head CMD] [options]: how reliable is a gate here?\n"
	 "\n"
	 "A command is a `pvt run` of one build, with what to measure:\n"
	 "'old/pvt run --suite scaling --quick'. Fresh processes of both, and of base once more as a\n"
	 "control, run in blocks of random order: 10 blocks of all cases, then 20 of those that might\n"
	 "be slower. --metric instructions counts instead, in two runs of each, by the processor or by\n"
	 "valgrind; it does not see caches, waiting, locks, system calls and other runners.\n",
	 "Exit: 0 no regression shown; 1 a regression; 2 an arm failed, or misses a case; 3 inconclusive:\n"
	 "too little budget, too much noise, or the control fired.\n"},
	{"trend", "where, over many runs, the level of a case changed", command_trend, "@file",
	 options_of_trend,
	 "pvt trend DIR… [options]: the history of each case over many runs, and where its level changed\n"
	 "\n"
	 "Each DIR is a run folder, a samples.csv, or a pattern in quotes for several of them. A point is\n"
	 "the median of one process invocation (run_id); they are ordered by time. Changes are found by\n"
	 "Pettitt's test, in the whole and then on both sides of a change. It takes 8 invocations,\n"
	 "and more for more cases; changes are at least 4 apart. A change is no verdict: the\n"
	 "machine may have changed, not the program.\n",
	 "Exit: 0, whatever was found; 2 files that cannot be used, or of different machines.\n"},
	{"advise", "which runner suits a piece of work here, predicted, with reasons", command_advise, NULL,
	 options_of_advise,
	 "pvt advise --task T --tasks N [options]: processes or threads? A prediction for each runner\n"
	 "pvt advise --kernel K [--size S] [options]: the same on a kernel, measured alone on one core\n"
	 "\n"
	 "Predicted from the figures of a run folder of this machine; each is named. On a terminal,\n"
	 "without options, it asks.\n",
	 "Exit: 0 advice given; 2 usage, or nothing can be predicted; 3 a runner's figures are missing:\n"
	 "it prints the `pvt run` that measures them.\n"},
	{"report", "write RESULTS.md, report.html and the plots of a run folder", command_report, "@folder",
	 options_of_report,
	 "pvt report [--html] [--verbose] [RUNDIR]: write the tables (CSV), plots/, RESULTS.md and\n"
	 "TABLES.md into a run folder (default: results/latest) from its samples.csv alone\n"
	 "\n"
	 "pvt report RUNDIR RUNDIR... [--out FILE] [--plot FILE.svg|FILE.png]: runs of different machines\n"
	 "side by side, one column each: the machines, the verdicts, processes over threads, costs of\n"
	 "primitives, speedups, and cases that only some have. It decides nothing: for that use\n"
	 "`pvt compare` and `pvt gate`.\n",
	 NULL},
	{"list", "kernels, runners, suites, cases or columns", command_list,
	 "kernels runners suites cases columns commands options", options_of_run,
	 "pvt list [kernels|runners|suites|cases|columns] [--json] [the options of `pvt run` that choose "
	 "cases]\n"
	 "pvt list commands, pvt list options COMMAND: for completions: name, value, what may be its value, "
	 "help\n",
	 NULL},
	{"place", "which CPU each worker is pinned to", command_place, NULL, options_of_place,
	 "pvt place [options]: print rank,pu,core,package,numa,kind as CSV\n", NULL},
	{"doctor", "what will make timings noisy here, and how to fix it", command_doctor, NULL,
	 options_of_doctor,
	 "pvt doctor [--json]: what will make timings noisy here, why it matters, and how to fix it.\n"
	 "Every run records it in env.json and TABLES.md.\n",
	 NULL},
	{"help", "what a command takes", command_help, NULL, NULL, "pvt help [COMMAND]\n", NULL},
	{0},
};

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
