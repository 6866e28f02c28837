#include "bench/verdicts.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/exit.h"
#include "bench/markdown.h"
#include "bench/units.h"

enum { NAME_BYTES = 512, CELL_BYTES = 64 };

int verdicts_format(const char *name, enum format *format)
{
	static const char *const names[] = {"text", "markdown", "json", "junit"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0) {
			*format = (enum format)i;
			return 0;
		}
	return -EINVAL;
}

int verdicts_alpha(const char *text, double *alpha)
{
	char *end;
	*alpha = strtod(text, &end);
	return *text && !*end && *alpha > 0 && *alpha < 0.5
		       ? 0
		       : complain(EXIT_UNUSABLE, "--alpha: '%s' is not a number between 0 and 0.5", text);
}

int verdicts_read_margin(const char *text, double *margin)
{
	if (strcmp(text, "0") == 0) {
		*margin = 0;
		return 0;
	}
	return units_share(text, margin);
}

int verdicts_margin(const char *text, double *margin)
{
	return verdicts_read_margin(text, margin)
		       ? complain(EXIT_UNUSABLE, "--margin: '%s' is not a share such as 2%%", text)
		       : 0;
}

static size_t count_of(const struct compared *compared, enum verdict verdict)
{
	size_t n = 0;
	for (size_t i = 0; i < compared->count; i++)
		n += compared->comparison[i].verdict == verdict;
	return n;
}

void verdicts_tell(const struct compared *compared, char *text, size_t bytes)
{
	size_t needed = 0;
	for (size_t i = 0; i < compared->count; i++)
		if (compared->comparison[i].verdict == VERDICT_CANNOT_TELL &&
		    compared->comparison[i].runs_needed > needed)
			needed = compared->comparison[i].runs_needed;
	int n = snprintf(
		text, bytes,
		"%zu comparisons at alpha %g for all together: %zu regressions, %zu without, %zu cannot "
		"tell, %zu missing or failed",
		compared->count, compared->alpha, count_of(compared, VERDICT_REGRESSION),
		count_of(compared, VERDICT_PASS), count_of(compared, VERDICT_CANNOT_TELL),
		count_of(compared, VERDICT_MISSING));
	if (needed && n > 0 && (size_t)n < bytes)
		snprintf(text + n, bytes - (size_t)n, "; to tell takes %zu invocations a side", needed);
}

static const char *show_ratio(const struct comparison *c, char *text, size_t bytes)
{
	if (!isfinite(c->ratio.value))
		snprintf(text, bytes, "-");
	else if (!isfinite(c->ratio.low))
		snprintf(text, bytes, "%.3f", c->ratio.value);
	else
		snprintf(text, bytes, "%.3f [%.3f, %.3f]", c->ratio.value, c->ratio.low, c->ratio.high);
	return text;
}

/* The smallest slowdown that this data would have shown. */
static const char *show_seen(const struct comparison *c, char *text, size_t bytes)
{
	if (isfinite(c->seen))
		snprintf(text, bytes, "%+.1f %%", 100 * c->seen);
	else
		snprintf(text, bytes, "-");
	return text;
}

/* Where there are too few invocations there are for all cases: the sum says so. */
static bool is_plain(const struct comparison *c)
{
	return c->verdict == VERDICT_PASS || c->verdict == VERDICT_CANNOT_TELL;
}

/* ---- for people ---- */

static void put_text(FILE *file, const struct compared *compared, bool all)
{
	char name[NAME_BYTES], ratio[CELL_BYTES], seen[CELL_BYTES], sum[NAME_BYTES];
	for (size_t i = 0; i < compared->count; i++) {
		const struct comparison *c = &compared->comparison[i];
		if (is_plain(c) && !all)
			continue;
		compare_case_name(c, name, sizeof name);
		fprintf(file, "%s %s\n  %-22s %s, could see %s\n", name, c->metric,
			show_ratio(c, ratio, sizeof ratio), verdict_name(c->verdict),
			show_seen(c, seen, sizeof seen));
	}
	verdicts_tell(compared, sum, sizeof sum);
	fprintf(file, "%s\n", sum);
}

static void put_markdown(FILE *file, const struct compared *compared, bool all)
{
	char name[NAME_BYTES], text[CELL_BYTES], sum[NAME_BYTES];
	bool begun = false;
	for (size_t i = 0; i < compared->count; i++) {
		const struct comparison *c = &compared->comparison[i];
		if (is_plain(c) && !all)
			continue;
		if (!begun)
			fputs("| case | metric | head over base | margin | verdict | could see "
			      "|\n|---|---|---:|---:|---|---:|\n",
			      file);
		begun = true;
		compare_case_name(c, name, sizeof name);
		fputs("| ", file);
		markdown_put_text(file, name);
		fprintf(file, " | %s | %s | %g %% | %s |", c->metric, show_ratio(c, text, sizeof text),
			100 * c->margin, verdict_name(c->verdict));
		fprintf(file, " %s |\n", show_seen(c, text, sizeof text));
	}
	verdicts_tell(compared, sum, sizeof sum);
	fprintf(file, "%s%s.\n", begun ? "\n" : "", sum);
}

/* ---- for programs ---- */

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *as_json(const struct comparison *c)
{
	char name[NAME_BYTES];
	compare_case_name(c, name, sizeof name);
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:f, s:f, s:f, s:f, s:o, s:I, s:I, s:I, s:b}",
			 "case", name, "metric", c->metric, "verdict", verdict_name(c->verdict), "ratio",
			 number(c->ratio.value), "low", number(c->ratio.low), "high", number(c->ratio.high),
			 "margin", c->margin, "p", c->p, "p_adjusted", c->adjusted, "q", c->q, "could_see",
			 number(c->seen), "base_runs", (json_int_t)c->base_runs, "head_runs",
			 (json_int_t)c->head_runs, "runs_needed", (json_int_t)c->runs_needed, "paired",
			 c->paired);
}

static int put_json(FILE *file, const struct compared *compared)
{
	json_t *list = json_array();
	for (size_t i = 0; i < compared->count; i++)
		json_array_append_new(list, as_json(&compared->comparison[i]));
	json_t *whole = json_pack("{s:f, s:i, s:o}", "alpha", compared->alpha, "exit", compare_code(compared),
				  "comparisons", list);
	int error = whole && json_dumpf(whole, file, JSON_INDENT(2)) == 0 ? 0 : -ENOMEM;
	fputc('\n', file);
	json_decref(whole);
	return error;
}

static void put_xml(FILE *file, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '&':
			fputs("&amp;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		default:
			fputc((unsigned char)*text < ' ' ? ' ' : *text, file);
		}
}

/* JUnit: a regression is a failure, what is missing an error, what cannot be told is skipped. */
static void put_junit(FILE *file, const struct compared *compared)
{
	static const char *const elements[] = {NULL, "failure", "skipped", "error"};
	char name[NAME_BYTES], ratio[CELL_BYTES];
	fprintf(file,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"pvt compare\" tests=\"%zu\" "
		"failures=\"%zu\" "
		"errors=\"%zu\" skipped=\"%zu\">\n",
		compared->count, count_of(compared, VERDICT_REGRESSION), count_of(compared, VERDICT_MISSING),
		count_of(compared, VERDICT_CANNOT_TELL));
	for (size_t i = 0; i < compared->count; i++) {
		const struct comparison *c = &compared->comparison[i];
		compare_case_name(c, name, sizeof name);
		fputs("  <testcase classname=\"", file);
		put_xml(file, c->metric);
		fputs("\" name=\"", file);
		put_xml(file, name);
		if (elements[c->verdict])
			fprintf(file, "\"><%s message=\"%s: %s\"/></testcase>\n", elements[c->verdict],
				verdict_name(c->verdict), show_ratio(c, ratio, sizeof ratio));
		else
			fputs("\"/>\n", file);
	}
	fputs("</testsuite>\n", file);
}

int verdicts_put(FILE *file, const struct compared *compared, enum format format, bool all)
{
	switch (format) {
	case FORMAT_TEXT:
		put_text(file, compared, all);
		return 0;
	case FORMAT_MARKDOWN:
		put_markdown(file, compared, all);
		return 0;
	case FORMAT_JUNIT:
		put_junit(file, compared);
		return 0;
	case FORMAT_JSON:
		break;
	}
	return put_json(file, compared);
}
