/* How a comparison is shown to programs: JSON, JUnit's XML, CSV, and what three services read. */
#include <csv.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/json_put.h"
#include "bench/regress/verdicts.h"

enum { CELL_BYTES = 64, SUM_BYTES = 512 };

/* ---- JSON, XML, CSV ---- */

/* 0, or EXIT_UNUSABLE after a message. Takes over the value. */
static int put_whole(json_t *json, FILE *file)
{
	return json_put(json, file) ? complain(EXIT_UNUSABLE, "out of memory") : 0;
}

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *as_json(const struct compared_case *c)
{
	char name[CASE_NAME_BYTES], verdict[VERDICT_BYTES];
	compare_case_name(c, name);
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:f, s:f, s:f, s:f, s:o, s:I, s:I, s:I, s:b}",
			 "case", name, "metric", c->metric, "verdict", compare_verdict(c, verdict), "ratio",
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
	json_t *whole = json_pack(
		"{s:f, s:i, s:I, s:I, s:o}", "alpha", compared->alpha, "exit", compare_code(compared),
		"only_in_base", (json_int_t)verdicts_count(compared, VERDICT_ONLY_BASE), "only_in_head",
		(json_int_t)verdicts_count(compared, VERDICT_ONLY_HEAD), "comparisons", list);
	return put_whole(whole, file);
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

/* JUnit: a regression is a failure, what is missing an error; what cannot be told, and what is allowed to be
 * on one side alone, is skipped. */
static const char *junit_element(const struct compared *compared, const struct compared_case *c)
{
	switch (c->verdict) {
	case VERDICT_PASS:
		return NULL;
	case VERDICT_REGRESSION:
		return "failure";
	case VERDICT_MISSING:
		return "error";
	case VERDICT_ONLY_BASE:
		return compared->allow_missing ? "skipped" : "error";
	case VERDICT_CANNOT_TELL:
	case VERDICT_ONLY_HEAD:
		break;
	}
	return "skipped";
}

static size_t count_elements(const struct compared *compared, const char *element)
{
	size_t n = 0;
	for (size_t i = 0; i < compared->count; i++) {
		const char *own = junit_element(compared, &compared->comparison[i]);
		n += own && strcmp(own, element) == 0;
	}
	return n;
}

static void put_junit(FILE *file, const struct compared *compared)
{
	char name[CASE_NAME_BYTES], ratio[CELL_BYTES], verdict[VERDICT_BYTES];
	fprintf(file,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"pvt compare\" tests=\"%zu\" "
		"failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
		compared->count, count_elements(compared, "failure"), count_elements(compared, "error"),
		count_elements(compared, "skipped"));
	for (size_t i = 0; i < compared->count; i++) {
		const struct compared_case *c = &compared->comparison[i];
		const char *element = junit_element(compared, c);
		compare_case_name(c, name);
		fputs("  <testcase classname=\"", file);
		put_xml(file, c->metric);
		fputs("\" name=\"", file);
		put_xml(file, name);
		if (element)
			fprintf(file, "\"><%s message=\"%s: %s\"/></testcase>\n", element,
				verdicts_show(c, verdict), verdicts_show_ratio(c, ratio, sizeof ratio));
		else
			fprintf(file, "\"><system-out>%s: %s</system-out></testcase>\n",
				verdicts_show(c, verdict), verdicts_show_ratio(c, ratio, sizeof ratio));
	}
	fputs("</testsuite>\n", file);
}

/* For plots: what is not known is left empty. */
static void put_number(FILE *file, double value)
{
	if (isfinite(value))
		fprintf(file, ",%.8g", value);
	else
		fputc(',', file);
}

static void put_csv(FILE *file, const struct compared *compared)
{
	char name[CASE_NAME_BYTES], verdict[VERDICT_BYTES];
	fputs("case,metric,ratio,low,high,margin,noise,could_see,base_runs,head_runs,verdict\r\n", file);
	for (size_t i = 0; i < compared->count; i++) {
		const struct compared_case *c = &compared->comparison[i];
		const double numbers[] = {c->ratio.value, c->ratio.low, c->ratio.high,
					  c->margin,      c->noise,     c->seen};
		compare_case_name(c, name);
		csv_fwrite(file, name, strlen(name));
		fprintf(file, ",%s", c->metric);
		for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
			put_number(file, numbers[k]);
		fprintf(file, ",%zu,%zu,%s\r\n", c->base_runs, c->head_runs, compare_verdict(c, verdict));
	}
}

/* ---- what services read: head's own figures ---- */

/* What the case's metric comes to in head, with its interval; NULL: it has no good sample there. */
static const struct estimate *head_of(const struct compared_case *c)
{
	enum metric metric;
	if (!c->head || !c->head->samples || !summary_metric_named(c->metric, &metric))
		return NULL;
	const struct estimate *e = &c->head->metric[metric];
	return isfinite(e->value) ? e : NULL;
}

static const char *unit_of(const char *metric)
{
	for (size_t i = 0; i < sample_column_count; i++)
		if (strcmp(sample_columns[i].name, metric) == 0)
			return sample_columns[i].unit;
	return "";
}

/* Bencher Metric Format: an object of cases, each an object of metrics (https://bencher.dev/bmf.json). */
static int put_bencher(FILE *file, const struct compared *compared)
{
	json_t *all = json_object();
	for (size_t i = 0; i < compared->count; i++) {
		char name[CASE_NAME_BYTES];
		const struct compared_case *c = &compared->comparison[i];
		const struct estimate *e = head_of(c);
		if (!e)
			continue;
		json_t *value = json_pack("{s:f}", "value", e->value);
		if (isfinite(e->low)) {
			json_object_set_new(value, "lower_value", json_real(e->low));
			json_object_set_new(value, "upper_value", json_real(e->high));
		}
		json_t *metrics = json_object_get(all, compare_case_name(c, name));
		if (!metrics)
			json_object_set_new(all, name, metrics = json_object());
		json_object_set_new(metrics, c->metric, value);
	}
	return put_whole(all, file);
}

/* What github-action-benchmark reads as customSmallerIsBetter: an array of name, unit, value, range and
 * extra. */
static int put_smaller(FILE *file, const struct compared *compared)
{
	json_t *all = json_array();
	for (size_t i = 0; i < compared->count; i++) {
		char name[CASE_NAME_BYTES], range[CELL_BYTES] = "", ratio[CELL_BYTES],
					    extra[CELL_BYTES + VERDICT_BYTES + 32], verdict[VERDICT_BYTES];
		const struct compared_case *c = &compared->comparison[i];
		const struct estimate *e = head_of(c);
		if (!e)
			continue;
		if (isfinite(e->low))
			snprintf(range, sizeof range, "± %.6g", fmax(e->high - e->value, e->value - e->low));
		snprintf(extra, sizeof extra, "head over base %s, %s",
			 verdicts_show_ratio(c, ratio, sizeof ratio), verdicts_show(c, verdict));
		json_array_append_new(all,
				      json_pack("{s:o, s:s, s:f, s:s, s:s}", "name",
						json_sprintf("%s %s", compare_case_name(c, name), c->metric),
						"unit", unit_of(c->metric), "value", e->value, "range", range,
						"extra", extra));
	}
	return put_whole(all, file);
}

/* ---- GitHub: annotations, and the summary of the step ---- */

enum { ANNOTATIONS_MOST = 10 }; /* of a kind, in a step: more are not shown */

/* In a message of a workflow command these have to be escaped, in a property the last two, too. */
static void put_escaped(FILE *file, const char *text, bool property)
{
	for (; *text; text++)
		if (strchr("%\r\n", *text) || (property && strchr(":,", *text)))
			fprintf(file, "%%%02X", (unsigned)(unsigned char)*text);
		else
			fputc(*text, file);
}

static const char *annotation_of(const struct compared *compared, const struct compared_case *c)
{
	const char *element = junit_element(compared, c);
	if (!element || c->verdict == VERDICT_CANNOT_TELL)
		return NULL; /* the summary counts them */
	return strcmp(element, "skipped") == 0 ? "notice" : "error";
}

static size_t annotate(FILE *file, const struct compared *compared, const char *kind)
{
	char name[CASE_NAME_BYTES], ratio[CELL_BYTES], verdict[VERDICT_BYTES], margin[CELL_BYTES];
	size_t n = 0;
	for (size_t i = 0; i < compared->count; i++) {
		const struct compared_case *c = &compared->comparison[i];
		const char *own = annotation_of(compared, c);
		if (!own || strcmp(own, kind) != 0 || n++ >= ANNOTATIONS_MOST)
			continue;
		fprintf(file, "::%s title=", kind);
		put_escaped(file, compare_verdict(c, verdict), true);
		fputs("::", file);
		put_escaped(file, compare_case_name(c, name), false);
		snprintf(margin, sizeof margin, " %s %s, margin %g %%", c->metric,
			 verdicts_show_ratio(c, ratio, sizeof ratio), 100 * c->margin);
		put_escaped(file, margin, false);
		fputc('\n', file);
	}
	return n;
}

/* Appended to the file that GITHUB_STEP_SUMMARY names; where it names none, that is all there is to do. */
static int put_summary(const struct compared *compared)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	FILE *file = path && *path ? fopen(path, "ae") : NULL;
	if (path && *path && !file)
		return complain(EXIT_UNUSABLE, "GITHUB_STEP_SUMMARY: '%s': %s", path, strerror(errno));
	if (!file)
		return 0;
	int error = verdicts_put(file, compared, FORMAT_MARKDOWN, false);
	if (fclose(file) == EOF && !error)
		error = complain(EXIT_UNUSABLE, "GITHUB_STEP_SUMMARY: '%s': %s", path, strerror(errno));
	return error;
}

static int put_github(FILE *file, const struct compared *compared)
{
	char sum[SUM_BYTES];
	size_t errors = annotate(file, compared, "error"), notices = annotate(file, compared, "notice");
	size_t more = (errors > ANNOTATIONS_MOST ? errors - ANNOTATIONS_MOST : 0) +
		      (notices > ANNOTATIONS_MOST ? notices - ANNOTATIONS_MOST : 0);
	if (more)
		fprintf(file, "%zu more are in the summary\n", more);
	verdicts_tell(compared, sum, sizeof sum);
	fprintf(file, "%s\n", sum);
	return put_summary(compared);
}

int verdicts_put_for_programs(FILE *file, const struct compared *compared, enum format format)
{
	switch (format) {
	case FORMAT_JUNIT:
		put_junit(file, compared);
		return 0;
	case FORMAT_CSV:
		put_csv(file, compared);
		return 0;
	case FORMAT_GITHUB:
		return put_github(file, compared);
	case FORMAT_BENCHER:
		return put_bencher(file, compared);
	case FORMAT_SMALLER:
		return put_smaller(file, compared);
	default:
		return put_json(file, compared);
	}
}
