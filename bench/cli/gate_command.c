/* pvt gate: is one build slower than another, or, with --self-test, how well would a gate tell on this
 * machine? */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/base/signals.h"
#include "bench/cli/commands.h"
#include "bench/regress/compare_options.h"
#include "bench/regress/count_gate.h"
#include "bench/regress/gate.h"
#include "bench/regress/gate_files.h"
#include "bench/regress/program_arm.h"
#include "bench/regress/self_test.h"
#include "bench/regress/verdicts.h"
#include "runners/clock.h"

struct request {
	struct gate_request gate;
	struct compare_flags asked;
	struct compare_parsed question;
	int format; /* enum format */
	bool all, self_test;
	uint64_t gates;
	const char *out;
	const char *base_command, *head_command; /* programs of somebody else's … */
	char *composed[2];                       /* … as arms */
	char dir[PATH_MAX];
};

static int take_base(void *request, const struct option_row *row, const char *text)
{
	struct request *r = request;
	(void)row;
	r->gate.run.command[ARM_BASE] = r->gate.run.command[ARM_CONTROL] = text;
	return 0;
}

const struct option_row options_of_gate[] = {
	{"base", "CMD", NULL, "the `pvt run` of one build", NULL, OPTION_TAKEN, .take = take_base},
	{"head", "CMD", NULL, "the `pvt run` of the other", NULL, OPTION_TEXT,
	 .offset = offsetof(struct request, gate.run.command[ARM_HEAD])},
	{"base-command", "COMMAND", NULL, "instead of --base: any shell command, one run of which is timed",
	 NULL, OPTION_NAME, .offset = offsetof(struct request, base_command)},
	{"head-command", "COMMAND", NULL, "instead of --head: the same", NULL, OPTION_NAME,
	 .offset = offsetof(struct request, head_command)},
	COMPARE_OPTION_ROWS(struct request, asked),
	{"budget", "TIME", NULL, "time for all blocks (default 10min)", NULL, OPTION_TIME,
	 .offset = offsetof(struct request, gate.budget_ns)},
	{"repetitions", "N", NULL,
	 "samples per case in a block (default: what the noise asks for and the budget allows)", NULL,
	 OPTION_COUNT, .offset = offsetof(struct request, gate.run.repetitions), 1, UINT64_MAX},
	{"timeout", "TIME", NULL, "time for one answer of an arm, which is then ended (default 60s)", NULL,
	 OPTION_TIME, .offset = offsetof(struct request, gate.run.timeout_ns)},
	{"out", "DIR", "@folder", "folder of the samples; an interrupted gate continues there", NULL,
	 OPTION_NAME, .offset = offsetof(struct request, out)},
	{"seed", "N", NULL, "seed of the order", NULL, OPTION_COUNT,
	 .offset = offsetof(struct request, gate.run.seed), 1, UINT64_MAX},
	VERDICTS_FORMAT_ROW(struct request, format),
	{"all", NULL, NULL, "also show what passed", NULL, OPTION_FLAG,
	 .offset = offsetof(struct request, all)},
	{"self-test", NULL, NULL, "measure how reliable a gate is here", NULL, OPTION_FLAG,
	 .offset = offsetof(struct request, self_test)},
	{"gates", "N", NULL, "number of gates of the self-test, each with the whole budget (default 20)",
	 NULL, OPTION_COUNT, .offset = offsetof(struct request, gates), 1, UINT64_MAX},
	{0},
};

/* Commands of somebody else's become arms. */
static int compose(struct request *r)
{
	const char *const given[2] = {r->base_command, r->head_command};
	const char **const arms[2] = {&r->gate.run.command[ARM_BASE], &r->gate.run.command[ARM_HEAD]};
	for (int i = 0; i < 2; i++) {
		if (!given[i])
			continue;
		if (*arms[i])
			return complain(EXIT_UNUSABLE,
					"--%s and --%s-command are two arms in one place: give one of them",
					i ? "head" : "base", i ? "head" : "base");
		*arms[i] = r->composed[i] = program_arm(given[i]);
		if (!*arms[i])
			return EXIT_UNUSABLE;
	}
	r->gate.run.command[ARM_CONTROL] = r->gate.run.command[ARM_BASE];
	return 0;
}

static int check_request(struct request *r)
{
	int code = compose(r);
	if (code)
		return code;
	if (r->self_test && r->gate.run.command[ARM_BASE] && !r->gate.run.command[ARM_HEAD])
		r->gate.run.command[ARM_HEAD] = r->gate.run.command[ARM_BASE];
	if (!r->gate.run.command[ARM_BASE] || !r->gate.run.command[ARM_HEAD])
		return complain(
			EXIT_UNUSABLE,
			"gate takes --base CMD and --head CMD, or --base-command and --head-command; see `pvt help gate`");
	if (r->self_test && (r->format != FORMAT_TEXT || r->all))
		return complain(EXIT_UNUSABLE,
				"--self-test prints text: it takes neither --format nor --all");
	if (!r->self_test && r->gates)
		return complain(EXIT_UNUSABLE, "--gates goes with --self-test");
	r->gates = r->gates ? r->gates : SELF_TEST_GATES;
	return 0;
}

static int read_request(int argc, char **argv, struct request *r)
{
	int code = option_table_read("gate", options_of_gate, argc, argv, r);
	if (!code && optind < argc)
		code = complain(EXIT_UNUSABLE, "unexpected argument '%s'; see `pvt help gate`", argv[optind]);
	return code ? code : check_request(r);
}

/* A folder of its own unless one is named; one that is there already is gone on with. */
static int make_folder(struct request *r)
{
	time_t now = time(NULL);
	struct tm utc;
	if (r->out)
		snprintf(r->dir, sizeof r->dir, "%s", r->out);
	else
		strftime(r->dir, sizeof r->dir, "gate-%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
	if (strchr(r->dir, '\''))
		return complain(EXIT_UNUSABLE, "--out: a ' in the name is not supported");
	if (mkdir(r->dir, 0777) != 0 && errno != EEXIST)
		return complain(EXIT_UNUSABLE, "--out: '%s': %s", r->dir, strerror(errno));
	r->gate.run.dir = r->dir;
	return 0;
}

static int show(const struct request *r, const struct gate_result *result)
{
	const struct compared *head = &result->of_head;
	int code = head->count ? verdicts_put(stdout, head, (enum format)r->format, r->all) : 0;
	if (code)
		return code;
	if (head->count)
		complain(0, "%s; measured %s; details in %s/summary.md", gate_headline(result),
			 gate_how(result), r->dir);
	if (*result->cause)
		complain(0, "inconclusive: %s", result->cause);
	code = head->count ? gate_files_write(r->dir, result) : 0;
	return code ? code : result->code;
}

static int gate_once(struct request *r, bool counts)
{
	struct gate_result result;
	int code = counts ? count_gate_carry_out(&r->gate, &result) : gate_carry_out(&r->gate, &result);
	if (code)
		return code;
	code = show(r, &result);
	gate_result_free(&result);
	return code;
}

int command_gate(int argc, char **argv, char *const *original)
{
	(void)original;
	struct request r = {.gate = {.run = {.seed = clock_ns() | 1, .timeout_ns = 60 * NS_PER_S},
				     .budget_ns = 600 * NS_PER_S},
			    .asked = compare_flags_default};
	int code = read_request(argc, argv, &r);
	code = code ? code : compare_flags_parse(&r.asked, &r.question);
	bool counts = false;
	code = code ? code : count_gate_wanted(&r.question.question, &counts);
	if (!code && counts && r.self_test)
		code = complain(EXIT_UNUSABLE, "--self-test is about noise, and a count of instructions has "
					       "none: leave one of both out");
	code = code ? code : make_folder(&r);
	if (!code) {
		signals_catch();
		r.gate.question = r.question.question;
		r.gate.run.interrupted = &signals_interrupted;
		complain(0, "seed %" PRIu64 "; samples are kept in %s", r.gate.run.seed, r.dir);
		code = r.self_test ? self_test(&r.gate, r.gates) : gate_once(&r, counts);
	}
	compare_parsed_free(&r.question);
	free(r.composed[0]);
	free(r.composed[1]);
	return code;
}
