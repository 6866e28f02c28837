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

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* What these samples would have shown: the median of the cases, and how many resolve their margin. */
static void tell_seen(const struct compared *compared, char *text, size_t bytes)
{
	double *seen = calloc(compared->count + 1, sizeof *seen);
	size_t n = 0, resolved = 0;
	for (size_t i = 0; seen && i < compared->count; i++) {
		const struct compared_case *c = &compared->comparison[i];
		if ((c->verdict != VERDICT_PASS && c->verdict != VERDICT_REGRESSION) || !isfinite(c->seen))
			continue;
		seen[n++] = c->seen;
		resolved += log1p(c->seen) <= 2 * log1p(c->margin) * (1 + 1e-9);
	}
	if (n) {
		qsort(seen, n, sizeof *seen, ascending);
		snprintf(text, bytes,
			 "; smallest slowdown found: median %+.1f %%, at most twice the margin in %zu of %zu",
			 100 * (seen[(n - 1) / 2] + seen[n / 2]) / 2, resolved, n);
	}
	free(seen);
}

void verdicts_tell(const struct compared *compared, char *text, size_t bytes)
{
	size_t needed = 0, n;
	for (size_t i = 0; i < compared->count; i++)
		if (compared->comparison[i].verdict == VERDICT_CANNOT_TELL &&
		    compared->comparison[i].runs_needed > needed)
			needed = compared->comparison[i].runs_needed;
	snprintf(text, bytes,
		 "%zu comparison%s at alpha %g for all together: %zu regression%s, %zu without, %zu cannot "
		 "tell, %zu missing or failed, %zu only in base, %zu only in head",
		 compared->count, compared->count == 1 ? "" : "s", compared->alpha,
		 verdicts_count(compared, VERDICT_REGRESSION),
		 verdicts_count(compared, VERDICT_REGRESSION) == 1 ? "" : "s",
		 verdicts_count(compared, VERDICT_PASS), verdicts_count(compared, VERDICT_CANNOT_TELL),
		 verdicts_count(compared, VERDICT_MISSING), verdicts_count(compared, VERDICT_ONLY_BASE),
		 verdicts_count(compared, VERDICT_ONLY_HEAD));
	n = strlen(text);
	tell_seen(compared, text + n, bytes - n);
	n = strlen(text);
	if (needed)
		snprintf(text + n, bytes - n, "; a decision takes %zu invocations per side", needed);
}

const char *verdicts_show(const struct compared_case *c, char text[static VERDICT_BYTES])
{
	size_t runs = c->base_runs < c->head_runs ? c->base_runs : c->head_runs;
	if (c->verdict == VERDICT_PASS && isfinite(c->seen))
		snprintf(text, VERDICT_BYTES, "none of %.1f %% or more", 100 * c->seen);
	else if (c->verdict == VERDICT_CANNOT_TELL && runs < c->runs_needed)
		snprintf(text, VERDICT_BYTES, "cannot tell: %zu of %zu invocations", runs, c->runs_needed);
	else
		compare_verdict(c, text);
	return text;
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

enum { PLAIN_MOST = 40 }; /* of more cases those without news are left to the sum */

static bool is_shown(const struct compared *compared, const struct compared_case *c, bool all)
{
	bool plain = c->verdict == VERDICT_PASS || c->verdict == VERDICT_CANNOT_TELL;
	return all || !plain || compared->count <= PLAIN_MOST;
}

/* ---- for people ---- */

static void put_text(FILE *file, const struct compared *compared, bool all)
{
	char name[CASE_NAME_BYTES], ratio[CELL_BYTES], seen[CELL_BYTES], sum[NAME_BYTES],
		verdict[VERDICT_BYTES];
	for (size_t i = 0; i < compared->count; i++) {
		const struct compared_case *c = &compared->comparison[i];
		if (!is_shown(compared, c, all))
			continue;
		compare_case_name(c, name);
		fprintf(file, "%s %s\n  %-22s %s", name, c->metric,
			verdicts_show_ratio(c, ratio, sizeof ratio), verdicts_show(c, verdict));
		if (c->verdict == VERDICT_REGRESSION)
			fprintf(file, ", could see %s", show_seen(c, seen, sizeof seen));
		fputc('\n', file);
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
		if (!is_shown(compared, c, all))
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
			verdicts_show(c, verdict));
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
