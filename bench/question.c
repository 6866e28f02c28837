#include "bench/question.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/exit.h"
#include "bench/units.h"

const struct asked question_defaults = {.metrics = "span_ns", .margin = 0.02, .alpha = 0.01};

/* "0" as well as "2%". */
static int read_margin(const char *text, double *margin)
{
	if (strcmp(text, "0") == 0) {
		*margin = 0;
		return 0;
	}
	return units_share(text, margin);
}

int question_margin(const char *flag, const char *text, double *margin)
{
	return read_margin(text, margin)
		       ? complain(EXIT_UNUSABLE, "%s: '%s' is not a margin such as 2%%", flag, text)
		       : 0;
}

int question_alpha(const char *text, double *alpha)
{
	char *end;
	*alpha = strtod(text, &end);
	return *text && !*end && *alpha > 0 && *alpha < 0.5
		       ? 0
		       : complain(EXIT_UNUSABLE, "--alpha: '%s' is not a number between 0 and 0.5", text);
}

static int add_limit(struct asked_question *to, double otherwise, char *word)
{
	char *margin = strchr(word, ':');
	enum metric metric;
	if (margin)
		*margin++ = '\0';
	if (to->question.limits == LIMITS_MAX)
		return complain(EXIT_UNUSABLE, "--metric: more than %d", LIMITS_MAX);
	if (!summary_metric_named(word, &metric))
		return complain(EXIT_UNUSABLE,
				"--metric: '%s' is no column that can be compared, such as span_ns, wall_ns, "
				"minflt, pss_kib",
				word);
	struct limit *l = &to->limit[to->question.limits++];
	snprintf(l->metric, sizeof l->metric, "%s", word);
	l->margin = otherwise;
	return margin ? question_margin("--metric", margin, &l->margin) : 0;
}

static int read_metrics(const struct asked *asked, struct asked_question *to)
{
	char *list = strdup(asked->metrics), *rest = list, *word;
	int code = list ? 0 : complain(EXIT_UNUSABLE, "out of memory");
	while (!code && (word = strsep(&rest, ",")))
		code = add_limit(to, asked->margin, word);
	free(list);
	return code;
}

static int add_exception(struct asked_question *to, const char *path, size_t line, char *text)
{
	char *rest = text, *pattern = strtok_r(text, " \t\r\n", &rest),
	     *margin = strtok_r(NULL, " \t\r\n", &rest);
	if (!pattern || *pattern == '#')
		return 0;
	struct exception *more = realloc(to->exception, (to->question.exceptions + 1) * sizeof *more);
	if (!more)
		return complain(EXIT_UNUSABLE, "out of memory");
	to->exception = more;
	struct exception *e = &more[to->question.exceptions];
	if (!margin || read_margin(margin, &e->margin) || strtok_r(NULL, " \t\r\n", &rest))
		return complain(EXIT_UNUSABLE,
				"%s:%zu: not a pattern and a margin, such as: scaling/triad/* 5%%", path,
				line);
	e->pattern = strdup(pattern);
	to->question.exceptions += e->pattern != NULL;
	return e->pattern ? 0 : complain(EXIT_UNUSABLE, "out of memory");
}

static int read_margins(const char *path, struct asked_question *to)
{
	FILE *file = path ? fopen(path, "re") : NULL;
	char *text = NULL;
	size_t room = 0, line = 0;
	int code = 0;
	if (path && !file)
		return complain(EXIT_UNUSABLE, "--margins: '%s': %s", path, strerror(errno));
	while (file && !code && getline(&text, &room, file) > 0)
		code = add_exception(to, path, ++line, text);
	free(text);
	if (file)
		fclose(file);
	return code;
}

int question_make(const struct asked *asked, struct asked_question *to)
{
	*to = (struct asked_question){.question.alpha = asked->alpha};
	int code = read_metrics(asked, to);
	code = code ? code : read_margins(asked->margins, to);
	to->question.limit = to->limit;
	to->question.exception = to->exception;
	return code;
}

void question_free(struct asked_question *q)
{
	for (size_t i = 0; i < q->question.exceptions; i++)
		free(q->exception[i].pattern);
	free(q->exception);
}
