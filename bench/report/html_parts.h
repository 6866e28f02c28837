/* The parts of report.html, each in a file of its own; bench/report/html.c puts them together. */
#ifndef PVT_HTML_PARTS_H
#define PVT_HTML_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/report/html.h"

/* The sections, in their order. Each begins with its heading of the second level. */
void html_put_verdicts(FILE *file, const struct html_page *page);
void html_put_cases(FILE *file, const struct html_page *page);
void html_put_figures(FILE *file, const struct html_page *page);
void html_put_words(FILE *file, const struct html_page *page);
void html_put_machine(FILE *file, const struct html_page *page);

/* What follows for who has to choose, as a list; nothing where nothing follows. */
void html_put_answer(FILE *file, const struct claims *claims);

/* The first drawn figure of this name, or NULL. */
const struct figure *html_find_figure(const struct html_page *page, const char *name);

/* A figure below its title, to be folded; nothing where its plot cannot be read. */
void html_put_figure(FILE *file, const struct html_page *page, const struct figure *figure);

/* What the script reads: all cases as JSON, in the order of the table's rows, in a <script>. 0 or -ENOMEM. */
int html_put_data(FILE *file, const struct summary *summary);

/* Two texts of a case that table and data share: how it was run besides runner and workers, and what came of
 * it. */
enum { HTML_NOTE_BYTES = 256 };
const char *html_setting(const struct case_summary *c, char *text, size_t bytes);
const char *html_status(const struct case_summary *c, char *text, size_t bytes);

#endif
