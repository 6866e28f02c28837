/* pvt help: what the commands take. The manual pages say more. */
#include <stdio.h>
#include <string.h>

#include "bench/cli/commands.h"

static const struct {
	const char *command, *text;
} pages[] = {
	{"pvt", "pvt — processes vs threads: should this work run in processes or in threads?\n"
		"\n"
		"  pvt run      measure kernels under runners; leaves a run folder\n"
		"  pvt compare  is one set of samples slower than another?\n"
		"  pvt gate     is one build slower than another? Measures both, in turn\n"
		"  pvt trend    where, over many runs, did the level of a case change?\n"
		"  pvt advise   which runner a piece of work wants here, predicted, with reasons\n"
		"  pvt report   write RESULTS.md, report.html and the plots of a run folder\n"
		"  pvt list     kernels, runners, suites, cases or columns\n"
		"  pvt place    which processing unit each worker is pinned to\n"
		"  pvt doctor   what will make timings noisy here, and the mend\n"
		"  pvt help COMMAND, pvt --version\n"
		"\n"
		"Exit: 0 all well; 1 a wrong result or a failed worker; 2 usage or unusable input;\n"
		"130 interrupted, with every finished sample on disk. No command needs any privilege.\n"},
	{"run",
	 "pvt run [options]: measure, and leave results/<time>-<host>/ behind\n"
	 "\n"
	 "What to measure (lists are separated by commas; default: all)\n"
	 "  --suite S,…  --kernel K,…  --runner R,…   see `pvt list`; kernels named together with\n"
	 "                       suites run in these, whatever a suite has chosen for itself\n"
	 "  --workers N,…|auto   auto: 1, 2, 4 … to all processing units; 4x: four a unit\n"
	 "  --size S,…           small, medium, large, or numbers (512, 64K)\n"
	 "  --ballast B,…        the harness holds so much memory meanwhile (0, 64M)\n"
	 "  --pages P,…          of the ballast: small, huge\n"
	 "  --input FILE         for the kernel that reads one (sobel, wordcount)\n"
	 "  --placement P        compact, scatter, smt, single, none\n"
	 "  --schedule S         static, dynamic, guided (default: the kernel's own)\n"
	 "  --chunk N            items dealt at once\n"
	 "  --hosts H[:N],…      machines for the runners mpi…, N ranks each; the first is this one\n"
	 "  --mpirun COMMAND     what starts ranks, with its options; named mpich or hydra: MPICH's\n"
	 "  --unlike-hosts       hosts may be different machines\n"
	 "  --plugin FILE        a shared object with kernels (more than once; also every *.so in the\n"
	 "                       folders of PVT_PLUGIN_PATH); see examples/plugin\n"
	 "How long\n"
	 "  --budget 180s        of the whole run\n"
	 "  --precision 2%       stop a case when its 95 % interval is as narrow as this\n"
	 "  --repetitions N      exactly N samples a case instead\n"
	 "  --invocations 10     processes that the samples are spread over\n"
	 "  --min-time 5ms       of one sample\n"
	 "  --timeout 60s        after which a job is given up\n"
	 "  --isolate, --no-isolate   without effect: each sample is taken in a process of its own\n"
	 "  --quick              small sizes, 60 s\n"
	 "Where to\n"
	 "  --out DIR            the run folder\n"
	 "  --csv FILE|-         the samples there; without --out: no run folder, one invocation\n"
	 "  --resume RUNDIR      go on where that run broke off, as it was begun; takes no other option\n"
	 "  --verbose            a line for each case at the end, too; else it is in summary.csv\n"
	 "Other\n"
	 "  --seed N             of the order of measurement\n"
	 "  --dry-run            only name the cases\n"
	 "  --hold RANK          that worker stops before its first job, for a debugger\n"
	 "  --benchmark_…        Google Benchmark's flags; --benchmark_out=FILE: its JSON, of one "
	 "invocation\n"},
	{"compare",
	 "pvt compare BASE HEAD [options]: is head slower than base by more than a margin?\n"
	 "\n"
	 "BASE and HEAD are a samples.csv, a run folder, or a pattern in quotes for several of them.\n"
	 "What counts are process invocations (run_id), not repetitions: at least 4 a side, better 10.\n"
	 "  --margin 2%          what may be lost without alarm\n"
	 "  --alpha 0.01         the chance of any false alarm in the whole comparison\n"
	 "  --metric M[:X],…     columns, each with its margin (default span_ns): wall_ns:2%,minflt:0\n"
	 "  --margins FILE       lines of a pattern and a margin: scaling/triad/* 5%\n"
	 "  --format F           text, markdown, json, junit, csv\n"
	 "  --all                show also what passed, and what cannot be told\n"
	 "  --allow-missing      a case that only base has is no error; one that only head has never is\n"
	 "  --any-machine, --any-build   compare what differs in the machine, in the compiler\n"
	 "\n"
	 "Exit: 0 no regression shown; 1 a regression; 2 something is missing, failed or unlike;\n"
	 "3 too few invocations to tell.\n"},
	{"gate",
	 "pvt gate --base CMD --head CMD [options]: is head slower than base by more than a margin?\n"
	 "pvt gate --self-test --base CMD [--head CMD] [options]: how well does a gate tell here?\n"
	 "\n"
	 "A command is a `pvt run` of one build, with what to measure: 'old/pvt run --suite scaling "
	 "--quick'.\n"
	 "Fresh processes of both, and of base once more as a control, run in blocks of random order:\n"
	 "10 blocks of all cases, then 20 of those that might be slower.\n"
	 "  --margin 2%          what may be lost without alarm\n"
	 "  --alpha 0.01         the chance of any false alarm in the whole gate\n"
	 "  --metric M[:2%],...  the columns that are compared, with margins (default span_ns)\n"
	 "  --margins FILE       other margins for some cases; see `pvt help compare`\n"
	 "  --budget 10min       for all blocks\n"
	 "  --repetitions 3      samples of a case in one process\n"
	 "  --out DIR            the samples are kept there; a gate that was broken off goes on\n"
	 "  --seed N             of the order\n"
	 "  --format F           text, markdown, json, junit, csv\n"
	 "  --all                show also what passed\n"
	 "  --allow-missing      a case that only base has is no error; one that only head has never is\n"
	 "  --gates N            of the self-test, each with the whole budget (default 20)\n"
	 "\n"
	 "Exit: 0 no regression shown; 1 a regression; 2 an arm failed, or misses a case; 3 inconclusive:\n"
	 "too little budget, too much noise, or the control fired.\n"},
	{"advise",
	 "pvt advise --task T --tasks N [options]: processes or threads? A prediction for each runner\n"
	 "pvt advise --kernel K [--size S] [options]: the same on a kernel, measured alone on one core\n"
	 "\n"
	 "From the figures of a run folder of this machine; each is named. On a terminal without any option "
	 "it\n"
	 "asks.\n"
	 "What the work is\n"
	 "  --task 20us, --tasks 1000   one task's time alone on a core; tasks in a job\n"
	 "  --longest-task T     where they differ\n"
	 "  --each               they are handed out one at a time\n"
	 "  --workers N          default: all processing units\n"
	 "  --bytes-in B, --bytes-out B   of a task, sent where memory is not shared\n"
	 "  --shared-memory B    that all workers share\n"
	 "  --traffic B          of a task, to and from memory\n"
	 "  --shared-writes N, --syscalls N, --maps N, --allocations N, --descriptors N\n"
	 "                       a task, or N/s: a second of its time\n"
	 "  --parent-memory B    that is held when workers are launched\n"
	 "  --jobs N             that one pool carries out (default: many)\n"
	 "  --survive-crash      threads are excluded\n"
	 "A kernel\n"
	 "  --kernel K, --size S, --input FILE, --plugin FILE   as in `pvt run`\n"
	 "  --budget 1s          of measuring it; --no-measure: the folder's sequential time\n"
	 "  --from DIR           the run folder (default results/latest)\n"
	 "  --format F           text, json\n"
	 "\n"
	 "Exit: 0 an advice; 2 usage, or nothing can be predicted; 3 a runner's figures are missing:\n"
	 "the `pvt run` that measures them is named.\n"},
	{"trend",
	 "pvt trend DIR… [options]: the history of each case over many runs, and where its level changed\n"
	 "\n"
	 "Each DIR is a run folder, a samples.csv, or a pattern in quotes for several of them. A point is\n"
	 "the median of one process invocation (run_id); they stand in the order of time. A change is what\n"
	 "Pettitt's test finds, in the whole and then on both sides of a change. It takes 8 invocations,\n"
	 "and more the more cases there are; 4 at least lie between changes. A change is no verdict: the\n"
	 "machine may have changed, not the program.\n"
	 "  --metric M           the column (default span_ns)\n"
	 "  --margin 2%          smaller changes are not shown\n"
	 "  --alpha 0.01         the chance of any change being found where no case changes\n"
	 "  --format F           text, markdown, json\n"
	 "  --all                show also the cases that did not change\n"
	 "  --plot FILE          draw up to 12 cases, the largest changes first; .svg or .png\n"
	 "  --any-machine        runs of different machines, or of unknown ones\n"
	 "\n"
	 "Exit: 0, whatever was found; 2 files that cannot be used, or of different machines.\n"},
	{"report",
	 "pvt report [--html] [--verbose] [RUNDIR]: write claims.csv, summary.csv, ratios.csv, plots/ and "
	 "RESULTS.md "
	 "into a run folder\n"
	 "(default: results/latest) from its samples.csv alone\n"
	 "  --html       report.html, too: all of it in one file, for a browser; `pvt run` writes it at its "
	 "end\n"
	 "  --verbose    a line for each case before the verdicts; else it is in summary.csv\n"
	 "\n"
	 "pvt report RUNDIR RUNDIR... [--out FILE] [--plot FILE.svg|FILE.png]: runs of different\n"
	 "machines side by side, a column each: what each machine is, the verdicts, processes over threads, "
	 "what the\n"
	 "primitives cost, speedups, and which cases only some have. No verdict: for that `pvt compare`\n"
	 "and `pvt gate`.\n"
	 "  --out FILE   the page, in Markdown (default: standard output)\n"
	 "  --plot FILE  processes over threads on each machine; shown in a page of the same folder\n"},
	{"list", "pvt list [kernels|runners|suites|cases|columns] [--json] [the options of `pvt run` that "
		 "choose cases]\n"},
	{"doctor",
	 "pvt doctor [--json]: what will make timings noisy on this machine, why it matters, and its "
	 "mend.\nEvery run records it in env.json and RESULTS.md.\n"},
	{"place",
	 "pvt place --workers N|auto --policy compact|scatter|smt|single|none [--topology "
	 "SYNTHETIC|FILE.xml]\n"
	 "prints rank,pu,core,package,numa,kind as CSV; --topology 'pack:2 core:8 pu:2' is a machine\n"
	 "that does not exist, FILE.xml one that lstopo described\n"},
};

int command_help(int argc, char **argv)
{
	const char *topic = argc > 1 ? argv[1] : "pvt";
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (strcmp(pages[i].command, topic) == 0) {
			fputs(pages[i].text, stdout);
			return EXIT_WELL;
		}
	return complain(
		EXIT_UNUSABLE,
		"there is no help on '%s'; try run, compare, gate, trend, advise, report, list, place or "
		"doctor",
		topic);
}
