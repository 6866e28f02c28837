#include "bench/regress/verdicts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/render/markdown_text.h"

enum { NAME_BYTES = 512, CELL_BYTES = 64 };

size_t verdicts_count(const struct compared *compared, enum verdict verdict)
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
		"%zu comparison%s at alpha %g for all together: %zu regression%s, %zu without, %zu cannot "
		"tell, %zu missing or failed, %zu only in base, %zu only in head",
		compared->count, compared->count == 1 ? "" : "s", compared->alpha,
		verdicts_count(compared, VERDICT_REGRESSION),
		verdicts_count(compared, VERDICT_REGRESSION) == 1 ? "" : "s",
		verdicts_count(compared, VERDICT_PASS), verdicts_count(compared, VERDICT_CANNOT_TELL),
		verdicts_count(compared, VERDICT_MISSING), verdicts_count(compared, VERDICT_ONLY_BASE),
		verdicts_count(compared, VERDICT_ONLY_HEAD));
	if (needed && n > 0 && (size_t)n < bytes)
		snprintf(text + n, bytes - (size_t)n, "; a decision takes %zu invocations per side", needed);
}

const char *verdicts_show_ratio(const struct compared_case *c, char *text, size_t bytes)
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
static const char *show_seen(const struct compared_case *c, char *text, size_t bytes)
{
	if (isfinite(c->seen))
		snprintf(text, bytes, "%+.1f %%", 100 * c->seen);
	else
		snprintf(text, bytes, "-");
	return text;
}

/* Where there are too few invocations there are for all cases: the sum says so. */
static bool is_plain(const struct compared_case *c)
{
	return c->verdict == VERDICT_PASS || c->verdict == VERDICT_CANNOT_TELL;
}

/* ---- for people ---- */

static void put_text(FILE *file, const struct compared *compared, bool all)
{
	char name[CASE_NAME_BYTES], ratio[CELL_BYTES], seen[CELL_BYTES], sum[NAME_BYTES],
		verdict[VERDICT_BYTES];
	for (size_t i = 0; i < compared->count; i++) {
		const struct compared_case *c = &compared->comparison[i];
		if (is_plain(c) && !all)
			continue;
		compare_case_name(c, name);
		fprintf(file, "%s %s\n  %-22s %s, could see %s\n", name, c->metric,
			verdicts_show_ratio(c, ratio, sizeof ratio), compare_verdict(c, verdict),
			show_seen(c, seen, sizeof seen));
	}
	verdicts_tell(compared, sum, sizeof sum);
	fprintf(file, "%s\n", sum);
}

static void put_markdown(FILE *file, const struct compared *compared, bool all)
{
	char name[CASE_NAME_BYTES], text[CELL_BYTES], sum[NAME_BYTES], verdict[VERDICT_BYTES];
	bool begun = false;
	for (size_t i = 0; i < compared->count; i++) {
		const struct compared_case *c = &compared->comparison[i];
		if (is_plain(c) && !all)
			continue;
		if (!begun)
			fputs("| case | metric | head over base | margin | verdict | could see "
			      "|\n|---|---|---:|---:|---|---:|\n",
			      file);
		begun = true;
		compare_case_name(c, name);
		fputs("| ", file);
		markdown_put_text(file, name);
		fprintf(file, " | %s | %s | %g %% | %s |", c->metric,
			verdicts_show_ratio(c, text, sizeof text), 100 * c->margin,
			compare_verdict(c, verdict));
		fprintf(file, " %s |\n", show_seen(c, text, sizeof text));
	}
	verdicts_tell(compared, sum, sizeof sum);
	fprintf(file, "%s%s.\n", begun ? "\n" : "", sum);
}

/* ---- as a picture ---- */

enum { PICTURE_COLUMNS = 37, PICTURE_NAME = 42 };

struct row {
	const struct compared_case *c;
};

static int by_ratio(const void *a, const void *b)
{
	double x = ((const struct row *)a)->c->ratio.value, y = ((const struct row *)b)->c->ratio.value;
	return (x < y) - (x > y);
}

/* Half of the picture's width, as a logarithm: what most of the intervals need. */
static double reach_of(const struct row *row, size_t n)
{
	double reach = 0.03;
	for (size_t i = 0; i < n; i++)
		reach = fmax(reach, fmax(fabs(log(row[i].c->ratio.value)), log1p(row[i].c->margin)) * 1.3);
	return fmin(reach, 0.7);
}

static int column_of(double ratio, double reach)
{
	double x = (log(ratio) / reach + 1) / 2 * (PICTURE_COLUMNS - 1);
	return (int)lround(fmin(PICTURE_COLUMNS - 1, fmax(0, x)));
}

static void draw_row(FILE *file, const struct compared_case *c, double reach)
{
	char line[PICTURE_COLUMNS + 1], name[CASE_NAME_BYTES];
	double low = isfinite(c->ratio.low) ? c->ratio.low : c->ratio.value;
	double high = isfinite(c->ratio.high) ? c->ratio.high : c->ratio.value;
	memset(line, ' ', PICTURE_COLUMNS);
	line[PICTURE_COLUMNS] = '\0';
	line[column_of(1 + c->margin, reach)] = ':';
	line[column_of(1, reach)] = '|';
	for (int i = column_of(low, reach); i <= column_of(high, reach); i++)
		line[i] = '-';
	line[column_of(c->ratio.value, reach)] = c->verdict == VERDICT_REGRESSION ? 'X' : 'o';
	if (log(low) < -reach)
		line[0] = '<';
	if (log(high) > reach)
		line[PICTURE_COLUMNS - 1] = '>';
	compare_case_name(c, name);
	fprintf(file, "%-*.*s %s\n", PICTURE_NAME, PICTURE_NAME, name, line);
}

void verdicts_draw(FILE *file, const struct compared *compared, size_t rows)
{
	struct row *row = calloc(compared->count + 1, sizeof *row);
	size_t n = 0;
	for (size_t i = 0; row && i < compared->count; i++)
		if (isfinite(compared->comparison[i].ratio.value) && compared->comparison[i].ratio.value > 0)
			row[n++].c = &compared->comparison[i];
	if (n) {
		qsort(row, n, sizeof *row, by_ratio);
		double reach = reach_of(row, n);
		fprintf(file, "%-*s %-.3f%*s1%*s%.3f\n", PICTURE_NAME, "head over base", exp(-reach),
			PICTURE_COLUMNS / 2 - 5, "", PICTURE_COLUMNS / 2 - 5, "", exp(reach));
		for (size_t i = 0; i < n && i < rows; i++)
			draw_row(file, row[i].c, reach);
	}
	if (n > rows)
		fprintf(file, "(and %zu whose ratios are smaller)\n", n - rows);
	free(row);
}

int verdicts_put(FILE *file, const struct compared *compared, enum format format, bool all)
{
	if (format == FORMAT_TEXT)
		put_text(file, compared, all);
	else if (format == FORMAT_MARKDOWN)
		put_markdown(file, compared, all);
	else
		return verdicts_put_for_programs(file, compared, format);
	return 0;
}
