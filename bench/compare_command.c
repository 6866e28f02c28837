/* pvt compare: is head slower than base? Two sets of samples that are there already. */
#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/arguments.h"
#include "bench/commands.h"
#include "bench/compare.h"
#include "bench/environment.h"
#include "bench/margins.h"
#include "bench/text.h"
#include "bench/verdicts.h"

enum { LIMITS_MAX = 16 };

struct request {
	struct limit limit[LIMITS_MAX];
	struct question question;
	struct margins exceptions;
	const char *metrics, *margins;
	double margin;
	enum format format;
	bool any_machine, any_build, all;
};

/* ---- what is asked ---- */

static int add_limit(struct request *r, char *word)
{
	char *margin = strchr(word, ':');
	struct limit *l = &r->limit[r->question.limits];
	enum metric metric;
	if (margin)
		*margin++ = '\0';
	if (r->question.limits == LIMITS_MAX)
		return complain(EXIT_UNUSABLE, "--metric: more than %d", LIMITS_MAX);
	if (!summary_metric_named(word, &metric))
		return complain(EXIT_UNUSABLE,
				"--metric: '%s' is no column that can be compared, such as span_ns, wall_ns, "
				"minflt, pss_kib",
				word);
	snprintf(l->metric, sizeof l->metric, "%s", word);
	l->margin = r->margin;
	if (margin && margins_share(margin, &l->margin))
		return complain(EXIT_UNUSABLE, "--metric: '%s' is not a margin such as 2%%", margin);
	r->question.limits++;
	return 0;
}

static int read_metrics(struct request *r)
{
	char *list = strdup(r->metrics), *rest = list, *word;
	int code = list ? 0 : complain(EXIT_UNUSABLE, "out of memory");
	while (!code && (word = strsep(&rest, ",")))
		code = add_limit(r, word);
	free(list);
	return code;
}

static int read_margins(struct request *r)
{
	char why[512];
	if (r->margins && margins_read(r->margins, &r->exceptions, why, sizeof why))
		return complain(EXIT_UNUSABLE, "--margins: %s", why);
	return 0;
}

static int take(void *request, int id)
{
	struct request *r = request;
	switch (id) {
	case 'm':
		return margins_share(optarg, &r->margin)
			       ? complain(EXIT_UNUSABLE, "--margin: '%s' is not a share such as 2%%", optarg)
			       : 0;
	case 'a':
		return verdicts_alpha(optarg, &r->question.alpha);
	case 'M':
		r->metrics = optarg;
		return 0;
	case 'F':
		r->margins = optarg;
		return 0;
	case 'f':
		return verdicts_format(optarg, &r->format)
			       ? complain(EXIT_UNUSABLE,
					  "--format: '%s' is none of text, markdown, json, junit", optarg)
			       : 0;
	case 'x':
		r->any_machine = true;
		return 0;
	case 'b':
		r->any_build = true;
		return 0;
	default:
		r->all = true;
		return 0;
	}
}

static int read_request(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {{"margin", required_argument, NULL, 'm'},
						{"alpha", required_argument, NULL, 'a'},
						{"metric", required_argument, NULL, 'M'},
						{"margins", required_argument, NULL, 'F'},
						{"format", required_argument, NULL, 'f'},
						{"any-machine", no_argument, NULL, 'x'},
						{"any-build", no_argument, NULL, 'b'},
						{"all", no_argument, NULL, 'A'},
						{NULL, 0, NULL, 0}};
	int code = arguments_read(argc, argv, options, take, r);
	if (!code && argc - optind != 2)
		code = complain(
			EXIT_UNUSABLE,
			"compare takes two sides, BASE and HEAD: a file, a run folder, or a pattern in "
			"quotes; see `pvt help compare`");
	code = code ? code : read_metrics(r);
	return code ? code : read_margins(r);
}

/* ---- may they be compared? ---- */

/* What has to be alike, and what the user says who knows better. */
static const struct {
	const char *path, *what, *flag;
	bool build;
} alike[] = {
	{"machine.cpu", "processor", "--any-machine", false},
	{"machine.cores", "number of cores", "--any-machine", false},
	{"machine.pus", "number of processing units", "--any-machine", false},
	{"machine.memory_bytes", "memory", "--any-machine", false},
	{"machine.kernel", "kernel", "--any-machine", false},
	{"machine.host", "host", "--any-machine", false},
	{"pvt.compiler", "compiler", "--any-build", true},
	{"pvt.flags", "flags of the compiler", "--any-build", true},
	{"pvt.build_type", "type of build", "--any-build", true},
};

static char *said_of(const char *path, const char *key)
{
	char *copy = strdup(path), *text = copy ? environment_text(dirname(copy), key) : NULL;
	free(copy);
	return text;
}

static int check_alike(const struct request *r, const char *first, const char *other, size_t key)
{
	char *a = said_of(first, alike[key].path), *b = said_of(other, alike[key].path);
	char shown[2][160];
	int code = 0;
	if (alike[key].build ? r->any_build : r->any_machine)
		code = 0;
	else if (!a || !b || !*a || !*b)
		code = complain(EXIT_UNUSABLE,
				"'%s': no env.json beside it that names the %s; give run folders, or %s",
				a && *a ? other : first, alike[key].what, alike[key].flag);
	else if (strcmp(a, b) != 0)
		code = complain(EXIT_UNUSABLE,
				"'%s' and '%s' differ in the %s: %s, %s; compare like with like, or give %s",
				first, other, alike[key].what, text_show(a, shown[0], sizeof shown[0]),
				text_show(b, shown[1], sizeof shown[1]), alike[key].flag);
	else if (strcmp(alike[key].path, "pvt.build_type") == 0 && strcmp(a, "Debug") == 0)
		code = complain(EXIT_UNUSABLE,
				"'%s' is of a debug build; build for release, or give --any-build", first);
	free(a);
	free(b);
	return code;
}

static int check_sides(const struct request *r, const struct side *base, const struct side *head)
{
	int code = 0;
	const struct side *sides[] = {base, head};
	for (size_t s = 0; s < 2; s++)
		for (size_t f = 0; f < sides[s]->file_count; f++)
			for (size_t k = 0; k < sizeof alike / sizeof *alike && !code; k++)
				code = check_alike(r, base->path[0], sides[s]->path[f], k);
	return code;
}

/* ---- the command ---- */

static int compare_and_show(const struct request *r, const struct side *base, const struct side *head)
{
	struct compared compared;
	int error = compare_sides(base, head, &r->question, &compared);
	int code = error ? complain(EXIT_UNUSABLE, "out of memory") : compare_code(&compared);
	if (!error && verdicts_put(stdout, &compared, r->format, r->all))
		code = complain(EXIT_UNUSABLE, "out of memory");
	compare_free(&compared);
	return code;
}

int command_compare(int argc, char **argv)
{
	struct request r = {.metrics = "span_ns", .margin = 0.02, .question.alpha = 0.01};
	struct side base = {0}, head = {0};
	char why[512] = "out of memory";
	int code = read_request(argc, argv, &r);
	r.question.limit = r.limit;
	r.question.exception = r.exceptions.exception;
	r.question.exceptions = r.exceptions.count;
	if (!code && (side_read(&base, argv[optind], why, sizeof why) ||
		      side_read(&head, argv[optind + 1], why, sizeof why)))
		code = complain(EXIT_UNUSABLE, "%s", why);
	if (!code)
		code = check_sides(&r, &base, &head);
	if (!code)
		code = compare_and_show(&r, &base, &head);
	side_free(&base);
	side_free(&head);
	margins_free(&r.exceptions);
	return code;
}
