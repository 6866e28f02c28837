/* pvt gate: is one build slower than another, or, with --self-test, how well would a gate tell on this
 * machine? */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/base/arguments.h"
#include "bench/base/signals.h"
#include "bench/base/units.h"
#include "bench/cli/commands.h"
#include "bench/regress/compare_options.h"
#include "bench/regress/gate.h"
#include "bench/regress/gate_files.h"
#include "bench/regress/self_test.h"
#include "bench/regress/verdicts.h"
#include "runners/clock.h"

struct request {
	struct gate_request gate;
	struct compare_flags asked;
	struct compare_parsed question;
	enum format format;
	bool all, self_test;
	uint64_t gates;
	char dir[PATH_MAX];
};

static int read_time(const char *flag, uint64_t *ns)
{
	return units_time_ns(optarg, ns)
		       ? complain(EXIT_UNUSABLE, "--%s: '%s' is not a time such as 10min", flag, optarg)
		       : 0;
}

static int read_count(const char *flag, uint64_t *count)
{
	return units_count(optarg, count) || *count < 1
		       ? complain(EXIT_UNUSABLE, "--%s: '%s' is not a number", flag, optarg)
		       : 0;
}

static int take(void *request, int id)
{
	struct request *r = request;
	switch (id) {
	case 'b':
		r->gate.run.command[ARM_BASE] = r->gate.run.command[ARM_CONTROL] = optarg;
		return 0;
	case 'h':
		r->gate.run.command[ARM_HEAD] = optarg;
		return 0;
	case 'B':
		return read_time("budget", &r->gate.budget_ns);
	case 'r':
		return read_count("repetitions", &r->gate.run.repetitions);
	case 's':
		return read_count("seed", &r->gate.run.seed);
	case 'g':
		return read_count("gates", &r->gates);
	case 'o':
		snprintf(r->dir, sizeof r->dir, "%s", optarg);
		return 0;
	case 'f':
		return verdicts_format(optarg, &r->format);
	case 'A':
		r->all = true;
		return 0;
	case 'S':
		r->self_test = true;
		return 0;
	default:
		return compare_flags_take(&r->asked, id);
	}
}

static int check_request(struct request *r)
{
	if (r->self_test && r->gate.run.command[ARM_BASE] && !r->gate.run.command[ARM_HEAD])
		r->gate.run.command[ARM_HEAD] = r->gate.run.command[ARM_BASE];
	if (!r->gate.run.command[ARM_BASE] || !r->gate.run.command[ARM_HEAD])
		return complain(EXIT_UNUSABLE, "gate takes --base CMD and --head CMD; see `pvt help gate`");
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
	static const struct option options[] = {{"base", required_argument, NULL, 'b'},
						{"head", required_argument, NULL, 'h'},
						COMPARE_OPTIONS,
						{"budget", required_argument, NULL, 'B'},
						{"repetitions", required_argument, NULL, 'r'},
						{"seed", required_argument, NULL, 's'},
						{"out", required_argument, NULL, 'o'},
						{"format", required_argument, NULL, 'f'},
						{"all", no_argument, NULL, 'A'},
						{"self-test", no_argument, NULL, 'S'},
						{"gates", required_argument, NULL, 'g'},
						{NULL, 0, NULL, 0}};
	int code = arguments_read(argc, argv, options, take, r);
	if (!code && optind < argc)
		code = complain(EXIT_UNUSABLE, "unexpected argument '%s'; see `pvt help gate`", argv[optind]);
	return code ? code : check_request(r);
}

/* A folder of its own unless one is named; one that is there already is gone on with. */
static int make_folder(struct request *r)
{
	time_t now = time(NULL);
	struct tm utc;
	if (!*r->dir)
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
	if (head->count && verdicts_put(stdout, head, r->format, r->all))
		return complain(EXIT_UNUSABLE, "out of memory");
	if (*result->cause)
		complain(0, "inconclusive: %s", result->cause);
	int code = head->count ? gate_files_write(r->dir, result) : 0;
	return code ? code : result->code;
}

static int gate_once(struct request *r)
{
	struct gate_result result;
	int code = gate_carry_out(&r->gate, &result);
	if (code)
		return code;
	code = show(r, &result);
	gate_result_free(&result);
	return code;
}

int command_gate(int argc, char **argv)
{
	struct request r = {
		.gate = {.run = {.seed = clock_ns() | 1, .repetitions = 3}, .budget_ns = 600 * NS_PER_S},
		.asked = compare_flags_default};
	int code = read_request(argc, argv, &r);
	code = code ? code : compare_flags_parse(&r.asked, &r.question);
	code = code ? code : make_folder(&r);
	if (!code) {
		signals_catch();
		r.gate.question = r.question.question;
		r.gate.run.interrupted = &signals_interrupted;
		complain(0, "seed %" PRIu64 "; samples are kept in %s", r.gate.run.seed, r.dir);
		code = r.self_test ? self_test(&r.gate, r.gates) : gate_once(&r);
	}
	compare_parsed_free(&r.question);
	return code;
}
