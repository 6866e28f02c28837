/*
 * pvt gate: is one build slower than another? Fresh processes of both, interleaved in blocks of random order.
 * In stage 1 all cases are looked at, and those that might be slower are suspects; in stage 2 only these are
 * measured again, in fresh blocks. A third arm, base once more, goes through the same: where that is found
 * slower than base, nothing that the gate says can be believed.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/arguments.h"
#include "bench/arms.h"
#include "bench/commands.h"
#include "bench/compare.h"
#include "bench/signals.h"
#include "bench/text.h"
#include "bench/units.h"
#include "bench/verdicts.h"
#include "runners/clock.h"

#define SUSPICION 0.05 /* the level of stage 1 */
enum { BLOCKS_1 = 10, BLOCKS_2 = 20, DROPS_MAX = 20 };

struct request {
	struct gate_run run;
	struct limit limit;
	double alpha;
	uint64_t budget_ns;
	enum format format;
	bool all;
	char dir[PATH_MAX];
};

/* One comparison of two arms in one stage; `sides` keep its texts. */
struct stage {
	struct side base, other;
	struct compared compared;
};

static void stage_free(struct stage *s)
{
	compare_free(&s->compared);
	side_free(&s->base);
	side_free(&s->other);
}

static int stage_compare(const struct gate_run *run, unsigned number, enum arm other, double margin,
			 const struct request *r, struct stage *s)
{
	char path[2][PATH_MAX], why[512] = "out of memory";
	struct limit limit = r->limit;
	limit.margin = margin;
	struct question q = {.limit = &limit, .limits = 1, .alpha = r->alpha};
	*s = (struct stage){0};
	if (compare_read(&s->base, arms_file(run, number, ARM_BASE, path[0], sizeof path[0]), why,
			 sizeof why) ||
	    compare_read(&s->other, arms_file(run, number, other, path[1], sizeof path[1]), why,
			 sizeof why) ||
	    compare_sides(&s->base, &s->other, &q, &s->compared))
		return complain(EXIT_UNUSABLE, "%s", why);
	return 0;
}

/* ---- suspects ---- */

/* The cases that stage 1 suspects, as a regular expression for stage 2; NULL: none. */
struct suspects {
	char *filter;
	size_t count;
};

static void escape(FILE *file, const char *name)
{
	for (; *name; name++) {
		if (strchr(".[]{}()*+?^$|\\", *name))
			fputc('\\', file);
		fputc(*name, file);
	}
}

/* The name up to the workers: what follows is spelt out by the program that is run. */
static void add_suspect(FILE *file, const struct comparison *c, struct suspects *suspects)
{
	char name[512];
	compare_case_name(c, name, sizeof name);
	char *more = strstr(name, "/workers:");
	if (more)
		more[strcspn(more + 1, "/") + 1] = '\0';
	fputs(suspects->count++ ? "|" : "^(", file);
	escape(file, name);
}

static void find_suspects(const struct compared *compared, FILE *file, struct suspects *suspects)
{
	for (size_t i = 0; i < compared->count; i++)
		if (compared->comparison[i].verdict != VERDICT_MISSING &&
		    compared->comparison[i].p <= SUSPICION)
			add_suspect(file, &compared->comparison[i], suspects);
}

static int make_suspects(const struct compared *head, const struct compared *control,
			 struct suspects *suspects)
{
	size_t bytes;
	*suspects = (struct suspects){0};
	FILE *file = open_memstream(&suspects->filter, &bytes);
	if (!file)
		return complain(EXIT_UNUSABLE, "out of memory");
	find_suspects(head, file, suspects);
	find_suspects(control, file, suspects);
	fputs(suspects->count ? ")(/|$)" : "", file);
	fclose(file);
	return 0;
}

/* ---- verdicts ---- */

static const struct comparison *find(const struct compared *compared, const struct comparison *like)
{
	for (size_t i = 0; i < compared->count; i++)
		if (compared->comparison[i].base && like->base &&
		    summary_same_case(compared->comparison[i].base, like->base))
			return &compared->comparison[i];
	return NULL;
}

/* Stage 1's comparisons, and of each suspect stage 2's: a regression where its p is small enough for all. */
static void conclude(struct compared *first, const struct compared *second, const struct request *r)
{
	double level = r->alpha / (SUSPICION * (double)first->count);
	for (size_t i = 0; i < first->count; i++) {
		struct comparison *c = &first->comparison[i];
		bool suspect = c->p <= SUSPICION;
		const struct comparison *again = suspect && second ? find(second, c) : NULL;
		c->margin = r->limit.margin;
		if (c->verdict == VERDICT_MISSING)
			continue;
		if (!suspect) {
			c->verdict = VERDICT_PASS;
		} else if (!again || again->verdict == VERDICT_MISSING || again->base_runs < BLOCKS_2) {
			c->verdict = VERDICT_CANNOT_TELL;
		} else {
			*c = *again;
			c->adjusted = fmin(1, fmax(c->p, c->p * r->alpha / level));
			c->verdict = c->p <= level ? VERDICT_REGRESSION : VERDICT_PASS;
		}
	}
}

static bool fires(const struct compared *control)
{
	for (size_t i = 0; i < control->count; i++)
		if (control->comparison[i].verdict == VERDICT_REGRESSION)
			return true;
	return false;
}

/* ---- measuring ---- */

static int measure_blocks(struct request *r, unsigned stage, size_t wanted, const char *filter)
{
	struct gate_run *run = &r->run;
	size_t blocks = arms_blocks(run, stage);
	int code = 0;
	while (!code && blocks < wanted && clock_ns() < run->deadline_ns && run->dropped < DROPS_MAX) {
		complain(0, "stage %u, block %zu of %zu, %" PRIu64 " dropped for noise, at most %.0f s left",
			 stage, blocks + 1, wanted, run->dropped,
			 (double)(run->deadline_ns - clock_ns()) / (double)NS_PER_S);
		code = arms_block(run, stage, blocks, filter);
		blocks = code ? blocks : arms_blocks(run, stage);
	}
	return code;
}

static int show(const struct request *r, struct compared *head, bool control_fires)
{
	if (verdicts_put(stdout, head, r->format, r->all))
		return complain(EXIT_UNUSABLE, "out of memory");
	int code = compare_code(head);
	if (code != EXIT_UNUSABLE && control_fires) {
		complain(0, "inconclusive: base was found slower than itself; this machine is too noisy now");
		return EXIT_INCONCLUSIVE;
	}
	return code;
}

static int decide(struct request *r)
{
	struct stage head[2] = {0}, control[2] = {0};
	struct suspects suspects = {0};
	size_t blocks = arms_blocks(&r->run, 1);
	int code = 0;
	if (blocks < BLOCKS_1) {
		complain(0,
			 "inconclusive: %zu of %d blocks within the budget and the noise; give more "
			 "--budget, and the same --out "
			 "to go on",
			 blocks, BLOCKS_1);
		return EXIT_INCONCLUSIVE;
	}
	code = stage_compare(&r->run, 1, ARM_HEAD, 0, r, &head[0]);
	code = code ? code : stage_compare(&r->run, 1, ARM_CONTROL, 0, r, &control[0]);
	code = code ? code : make_suspects(&head[0].compared, &control[0].compared, &suspects);
	if (!code && suspects.count) {
		code = measure_blocks(r, 2, BLOCKS_2, suspects.filter);
		bool measured = !code && arms_blocks(&r->run, 2) > 0;
		code = code || !measured ? code
					 : stage_compare(&r->run, 2, ARM_HEAD, r->limit.margin, r, &head[1]);
		code = code || !measured
			       ? code
			       : stage_compare(&r->run, 2, ARM_CONTROL, r->limit.margin, r, &control[1]);
	}
	if (!code) {
		conclude(&head[0].compared, &head[1].compared, r);
		conclude(&control[0].compared, &control[1].compared, r);
		code = show(r, &head[0].compared, fires(&control[0].compared));
	}
	free(suspects.filter);
	for (int i = 0; i < 2; i++) {
		stage_free(&head[i]);
		stage_free(&control[i]);
	}
	return code;
}

/* ---- what is asked ---- */

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

static int read_metric(struct request *r)
{
	enum metric metric;
	if (!summary_metric_named(optarg, &metric))
		return complain(EXIT_UNUSABLE, "--metric: '%s' is no column that can be compared", optarg);
	snprintf(r->limit.metric, sizeof r->limit.metric, "%s", optarg);
	return 0;
}

static int take(void *request, int id)
{
	struct request *r = request;
	switch (id) {
	case 'b':
		r->run.command[ARM_BASE] = r->run.command[ARM_CONTROL] = optarg;
		return 0;
	case 'h':
		r->run.command[ARM_HEAD] = optarg;
		return 0;
	case 'm':
		return units_share(optarg, &r->limit.margin)
			       ? complain(EXIT_UNUSABLE, "--margin: '%s' is not a share such as 2%%", optarg)
			       : 0;
	case 'a':
		return verdicts_alpha(optarg, &r->alpha);
	case 'M':
		return read_metric(r);
	case 'B':
		return read_time("budget", &r->budget_ns);
	case 'r':
		return read_count("repetitions", &r->run.repetitions);
	case 's':
		return read_count("seed", &r->run.seed);
	case 'o':
		snprintf(r->dir, sizeof r->dir, "%s", optarg);
		return 0;
	case 'f':
		return verdicts_format(optarg, &r->format)
			       ? complain(EXIT_UNUSABLE,
					  "--format: '%s' is none of text, markdown, json, junit", optarg)
			       : 0;
	default:
		r->all = true;
		return 0;
	}
}

static int read_request(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {{"base", required_argument, NULL, 'b'},
						{"head", required_argument, NULL, 'h'},
						{"margin", required_argument, NULL, 'm'},
						{"alpha", required_argument, NULL, 'a'},
						{"metric", required_argument, NULL, 'M'},
						{"budget", required_argument, NULL, 'B'},
						{"repetitions", required_argument, NULL, 'r'},
						{"seed", required_argument, NULL, 's'},
						{"out", required_argument, NULL, 'o'},
						{"format", required_argument, NULL, 'f'},
						{"all", no_argument, NULL, 'A'},
						{NULL, 0, NULL, 0}};
	int code = arguments_read(argc, argv, options, take, r);
	if (!code && optind < argc)
		code = complain(EXIT_UNUSABLE, "unexpected argument '%s'; see `pvt help gate`", argv[optind]);
	if (!code && (!r->run.command[ARM_BASE] || !r->run.command[ARM_HEAD]))
		code = complain(EXIT_UNUSABLE, "gate takes --base CMD and --head CMD; see `pvt help gate`");
	return code;
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
	r->run.dir = r->dir;
	return 0;
}

int command_gate(int argc, char **argv)
{
	struct request r = {.run = {.seed = clock_ns() | 1, .repetitions = 3},
			    .limit = {.metric = "span_ns", .margin = 0.02},
			    .alpha = 0.01,
			    .budget_ns = 600 * NS_PER_S};
	int code = read_request(argc, argv, &r);
	code = code ? code : make_folder(&r);
	if (code)
		return code;
	signals_catch();
	r.run.interrupted = &signals_interrupted;
	r.run.deadline_ns = clock_ns() + r.budget_ns;
	complain(0, "seed %" PRIu64 "; samples are kept in %s", r.run.seed, r.dir);
	code = measure_blocks(&r, 1, BLOCKS_1, NULL);
	return code ? code : decide(&r);
}
