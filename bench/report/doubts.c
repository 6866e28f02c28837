#include "bench/report/doubts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DOUBTFUL 0.05

double doubts_width(const struct case_summary *c)
{
	double half = (c->span.high - c->span.low) / 2 / c->span.value;
	return half > DOUBTFUL ? half : 0;
}

/* Adds to the sentence; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) static void add(char *text, const char *format, ...)
{
	size_t n = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + n, DOUBTS_BYTES - n, format, arguments);
	va_end(arguments);
}

/* Of the cases of one suite, or of all. */
static size_t count_wide(const struct summary *s, size_t first, size_t last)
{
	size_t wide = 0;
	for (size_t i = first; i < last; i++)
		wide += doubts_width(&s->cases[i]) > 0;
	return wide;
}

/* Cases come by suite. */
static size_t end_of_suite(const struct summary *s, size_t first)
{
	size_t end = first;
	while (end < s->count && strcmp(s->cases[end].id.suite, s->cases[first].id.suite) == 0)
		end++;
	return end;
}

static void add_suites(const struct summary *s, char *text)
{
	const char *before = ": ";
	for (size_t i = 0, end; i < s->count; i = end) {
		end = end_of_suite(s, i);
		size_t wide = count_wide(s, i, end);
		if (!wide)
			continue;
		add(text, "%s%.40s %zu of %zu", before, s->cases[i].id.suite, wide, end - i);
		before = ", ";
	}
}

void doubts_tell(const struct summary *s, char text[static DOUBTS_BYTES])
{
	size_t failed = 0;
	*text = '\0';
	for (size_t i = 0; i < s->count; i++)
		failed += s->cases[i].failed > 0;
	if (s->run_count < 2) {
		add(text, "One invocation has no interval: how much the next one would differ is unknown");
	} else {
		add(text, "The interval of the span is wider than ±5 %% in %zu of %zu cases",
		    count_wide(s, 0, s->count), s->count);
		add_suites(s, text);
	}
	if (failed)
		add(text, "; %zu cases have samples that failed or were skipped", failed);
}
