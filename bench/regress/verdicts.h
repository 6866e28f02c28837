/* How a comparison is shown: as text for 80 columns, Markdown, JSON, JUnit's XML, or a table in CSV. */
#ifndef PVT_VERDICTS_H
#define PVT_VERDICTS_H

#include <stdio.h>

#include "bench/regress/compare.h"

/*
 * GITHUB: annotations of a workflow, and Markdown into the file that GITHUB_STEP_SUMMARY names. BENCHER:
 * Bencher Metric Format, and SMALLER: what github-action-benchmark reads as customSmallerIsBetter, both of
 * head's own figures.
 */
enum format {
	FORMAT_TEXT,
	FORMAT_MARKDOWN,
	FORMAT_JSON,
	FORMAT_JUNIT,
	FORMAT_CSV,
	FORMAT_GITHUB,
	FORMAT_BENCHER,
	FORMAT_SMALLER
};

/* Their names, in this order. */
#define VERDICTS_FORMATS "text markdown json junit csv github bencher smaller-is-better"

/* The row of --format for a request of this type, which has the format as this member. */
/* NOLINTNEXTLINE(bugprone-macro-parentheses): offsetof takes no parentheses. */
#define VERDICTS_FORMAT_ROW(type, member)                                                             \
	{                                                                                             \
		"format", "F", VERDICTS_FORMATS,                                                      \
			"text, markdown, json, junit, csv, github, bencher, smaller-is-better", NULL, \
			OPTION_CHOICE, .offset = offsetof(type, member)                               \
	}

/* As text and Markdown, of more than 40 cases regressions and what is missing, or `all` of them; then the
 * sums. Else all. 0, or EXIT_UNUSABLE after a message. */
int verdicts_put(FILE *file, const struct compared *compared, enum format format, bool all);

/*
 * The intervals as a picture of 80 columns, for a fixed-width font: the largest ratios first, at most `rows`
 * of them; | stands for 1, : for the margin.
 */
void verdicts_draw(FILE *file, const struct compared *compared, size_t rows);

/* One sentence: how many comparisons, and what came of them. */
void verdicts_tell(const struct compared *compared, char *text, size_t bytes);

/* ---- for verdict_formats.c ---- */

int verdicts_put_for_programs(FILE *file, const struct compared *compared, enum format format);

size_t verdicts_count(const struct compared *compared, enum verdict verdict);

/* As compare_verdict, in words for people: "none of 3.1 % or more", "cannot tell: 3 of 5 invocations". */
const char *verdicts_show(const struct compared_case *c, char text[static VERDICT_BYTES]);

/* "1.043 [1.012, 1.075]", or "-"; returns `text`. */
const char *verdicts_show_ratio(const struct compared_case *c, char *text, size_t bytes);

#endif
