/* How a comparison is shown: as text for 80 columns, Markdown, JSON, or JUnit's XML. */
#ifndef PVT_VERDICTS_H
#define PVT_VERDICTS_H

#include <stdio.h>

#include "bench/compare.h"

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON, FORMAT_JUNIT };

/* 0, or -EINVAL. */
int verdicts_format(const char *name, enum format *format);

/* What --alpha says: 0, or EXIT_UNUSABLE after a message. */
int verdicts_alpha(const char *text, double *alpha);

/* "0" as well as "2%": 0, or -errno. */
int verdicts_read_margin(const char *text, double *margin);

/* What --margin says: 0, or EXIT_UNUSABLE after a message. */
int verdicts_margin(const char *text, double *margin);

/* As text and Markdown, regressions and what is missing, or `all` of them; then the sums. Else all. */
int verdicts_put(FILE *file, const struct compared *compared, enum format format, bool all);

/* One sentence: how many comparisons, and what came of them. */
void verdicts_tell(const struct compared *compared, char *text, size_t bytes);

#endif
