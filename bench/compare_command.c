/* pvt compare: is head slower than base? Two sets of samples that are there already. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/alike.h"
#include "bench/arguments.h"
#include "bench/commands.h"
#include "bench/compare.h"
#include "bench/verdicts.h"

enum { LIMITS_MAX = 16 };

struct request {
	struct limit limit[LIMITS_MAX];
	struct question question;
	struct exception *exception;
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
	if (margin && verdicts_read_margin(margin, &l->margin))
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

static int add_exception(struct request *r, const char *path, size_t line, char *text)
{
	char *rest = text, *pattern = strtok_r(text, " \t\r\n", &rest),
	     *margin = strtok_r(NULL, " \t\r\n", &rest);
	if (!pattern || *pattern == '#')
		return 0;
	struct exception *more = realloc(r->exception, (r->question.exceptions + 1) * sizeof *more);
	if (!more)
		return complain(EXIT_UNUSABLE, "out of memory");
	r->exception = more;
	struct exception *e = &more[r->question.exceptions];
	if (!margin || verdicts_read_margin(margin, &e->margin) || strtok_r(NULL, " \t\r\n", &rest))
		return complain(EXIT_UNUSABLE,
				"%s:%zu: not a pattern and a margin, such as: scaling/triad/* 5%%", path,
				line);
	e->pattern = strdup(pattern);
	r->question.exceptions += e->pattern != NULL;
	return e->pattern ? 0 : complain(EXIT_UNUSABLE, "out of memory");
}

static int read_margins(struct request *r)
{
	FILE *file = r->margins ? fopen(r->margins, "re") : NULL;
	char *text = NULL;
	size_t room = 0, line = 0;
	int code = 0;
	if (r->margins && !file)
		return complain(EXIT_UNUSABLE, "--margins: '%s': %s", r->margins, strerror(errno));
	while (file && !code && getline(&text, &room, file) > 0)
		code = add_exception(r, r->margins, ++line, text);
	free(text);
	if (file)
		fclose(file);
	return code;
}

static int take(void *request, int id)
{
	struct request *r = request;
	switch (id) {
	case 'm':
		return verdicts_margin(optarg, &r->margin);
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

static int check_sides(const struct request *r, const struct side *base, const struct side *head)
{
	int code = alike_check(base->path[0], base->path, base->file_count, r->any_machine, r->any_build);
	return code ? code
		    : alike_check(base->path[0], head->path, head->file_count, r->any_machine, r->any_build);
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

static void request_free(struct request *r)
{
	for (size_t i = 0; i < r->question.exceptions; i++)
		free(r->exception[i].pattern);
	free(r->exception);
}

int command_compare(int argc, char **argv)
{
	struct request r = {.metrics = "span_ns", .margin = 0.02, .question.alpha = 0.01};
	struct side base = {0}, head = {0};
	char why[512] = "out of memory";
	int code = read_request(argc, argv, &r);
	r.question.limit = r.limit;
	r.question.exception = r.exception;
	if (!code && (compare_read(&base, argv[optind], why, sizeof why) ||
		      compare_read(&head, argv[optind + 1], why, sizeof why)))
		code = complain(EXIT_UNUSABLE, "%s", why);
	if (!code)
		code = check_sides(&r, &base, &head);
	if (!code)
		code = compare_and_show(&r, &base, &head);
	side_free(&base);
	side_free(&head);
	request_free(&r);
	return code;
}
