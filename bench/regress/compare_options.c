#include "bench/regress/compare_options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"

const struct compare_flags compare_flags_default = {.metrics = "span_ns", .margin = NAN, .alpha = 0.01};

#define MARGIN_OF_TIMES 0.02
#define MARGIN_OF_INSTRUCTIONS 0.002 /* they do not jitter */

static const char instructions[] = "instructions", instructions_column[] = "instructions_user";

int compare_flags_margin(void *request, const struct option_row *row, const char *text)
{
	return margins_share(text, (double *)((char *)request + row->offset))
		       ? option_refuse(row, text, "a margin such as 2%")
		       : 0;
}

int compare_flags_alpha(void *request, const struct option_row *row, const char *text)
{
	char *end;
	double alpha = strtod(text, &end);
	if (!*text || *end || !(alpha > 0 && alpha < 0.5))
		return option_refuse(row, text, "a number between 0 and 0.5");
	*(double *)((char *)request + row->offset) = alpha;
	return 0;
}

static int add_limit(struct compare_parsed *to, double otherwise, char *word)
{
	char *margin = strchr(word, ':');
	enum metric metric;
	if (margin)
		*margin++ = '\0';
	if (to->question.limits == COMPARE_LIMITS_MAX)
		return complain(EXIT_UNUSABLE, "--metric: more than %d", COMPARE_LIMITS_MAX);
	if (strcmp(word, instructions) == 0)
		word = (char *)(uintptr_t)instructions_column;
	if (!summary_metric_named(word, &metric))
		return complain(EXIT_UNUSABLE,
				"--metric: '%s' is no column that can be compared, such as span_ns, wall_ns, "
				"minflt, pss_kib, instructions",
				word);
	struct metric_limit *l = &to->limit[to->question.limits++];
	snprintf(l->metric, sizeof l->metric, "%s", word);
	l->margin = !isnan(otherwise)               ? otherwise
		    : metric == METRIC_INSTRUCTIONS ? MARGIN_OF_INSTRUCTIONS
						    : MARGIN_OF_TIMES;
	if (margin && margins_share(margin, &l->margin))
		return complain(EXIT_UNUSABLE, "--metric: '%s' is not a margin such as 2%%", margin);
	return 0;
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
