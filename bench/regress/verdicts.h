/* How a comparison is shown: as text for 80 columns, Markdown, JSON, JUnit's XML, or a table in CSV. */
#ifndef PVT_VERDICTS_H
#define PVT_VERDICTS_H

#include <stdio.h>

#include "bench/regress/compare.h"

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON, FORMAT_JUNIT, FORMAT_CSV };

/* Their names, in this order. */
#define VERDICTS_FORMATS "text markdown json junit csv"

/* As text and Markdown, regressions and what is missing, or `all` of them; then the sums. Else all. */
int verdicts_put(FILE *file, const struct compared *compared, enum format format, bool all);

/*
 * The intervals as a picture of 80 columns, for a fixed-width font: the largest ratios first, at most `rows`
 * of them; | stands for 1, : for the margin.
 */
void verdicts_draw(FILE *file, const struct compared *compared, size_t rows);

/* One sentence: how many comparisons, and what came of them. */
void verdicts_tell(const struct compared *compared, char *text, size_t bytes);

#endif
