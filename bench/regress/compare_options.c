#include "bench/regress/compare_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"

const struct compare_flags compare_flags_default = {.metrics = "span_ns", .margin = 0.02, .alpha = 0.01};

int compare_flags_margin(const char *flag, const char *text, double *margin)
{
	return margins_share(text, margin)
		       ? complain(EXIT_UNUSABLE, "%s: '%s' is not a margin such as 2%%", flag, text)
		       : 0;
}

int compare_flags_alpha(const char *text, double *alpha)
{
	char *end;
	*alpha = strtod(text, &end);
	return *text && !*end && *alpha > 0 && *alpha < 0.5
		       ? 0
		       : complain(EXIT_UNUSABLE, "--alpha: '%s' is not a number between 0 and 0.5", text);
}

int compare_flags_take(struct compare_flags *asked, int id)
{
	switch (id) {
	case 'm':
		return compare_flags_margin("--margin", optarg, &asked->margin);
	case 'a':
		return compare_flags_alpha(optarg, &asked->alpha);
	case 'M':
		asked->metrics = optarg;
		return 0;
	case 'L':
		asked->allow_missing = true;
		return 0;
	default:
		asked->margins = optarg;
		return 0;
	}
}

static int add_limit(struct compare_parsed *to, double otherwise, char *word)
{
	char *margin = strchr(word, ':');
	enum metric metric;
	if (margin)
		*margin++ = '\0';
	if (to->question.limits == COMPARE_LIMITS_MAX)
		return complain(EXIT_UNUSABLE, "--metric: more than %d", COMPARE_LIMITS_MAX);
	if (!summary_metric_named(word, &metric))
		return complain(EXIT_UNUSABLE,
				"--metric: '%s' is no column that can be compared, such as span_ns, wall_ns, "
				"minflt, pss_kib",
				word);
	struct metric_limit *l = &to->limit[to->question.limits++];
	snprintf(l->metric, sizeof l->metric, "%s", word);
	l->margin = otherwise;
	return margin ? compare_flags_margin("--metric", margin, &l->margin) : 0;
}

static int read_metrics(const struct compare_flags *asked, struct compare_parsed *to)
{
	char *list = strdup(asked->metrics), *rest = list, *word;
	int code = list ? 0 : complain(EXIT_UNUSABLE, "out of memory");
	while (!code && (word = strsep(&rest, ",")))
		code = add_limit(to, asked->margin, word);
	free(list);
	return code;
}

static int read_margins(const char *path, struct compare_parsed *to)
{
	char why[512];
	return path && margins_read(path, &to->exceptions, why, sizeof why)
		       ? complain(EXIT_UNUSABLE, "--margins: %s", why)
		       : 0;
}

int compare_flags_parse(const struct compare_flags *asked, struct compare_parsed *to)
{
	*to = (struct compare_parsed){
		.question = {.alpha = asked->alpha, .allow_missing = asked->allow_missing}};
	int code = read_metrics(asked, to);
	code = code ? code : read_margins(asked->margins, to);
	to->question.limit = to->limit;
	to->question.exception = to->exceptions.exception;
	to->question.exceptions = to->exceptions.count;
	return code;
}

void compare_parsed_free(struct compare_parsed *q)
{
	margins_free(&q->exceptions);
}
