/* A section's parts, written as Markdown or as HTML. All text is escaped. */
#ifndef PVT_SCALE_PAGE_H
#define PVT_SCALE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "bench/scale.h"

struct scale_page {
	FILE *file;
	bool html;
};

/* `id` is the heading's anchor in HTML. */
void scale_page_heading(struct scale_page *page, int level, const char *text, const char *id);
void scale_page_text(struct scale_page *page, const char *text);

/* `about`: what the table shows, its caption in HTML and a paragraph before it in Markdown; NULL: the first
 * head. */
/* A table: its head, its rows, its end. The first column is text, the others are numbers. */
void scale_page_table(struct scale_page *page, const char *about, const char *const *heads, size_t count);
void scale_page_row(struct scale_page *page, const char *const *cells, size_t count);
void scale_page_end(struct scale_page *page);

enum { SCALE_CELL_BYTES = 160, SCALE_COLUMNS = 12 };

/* A row on its way; cells beyond the last overwrite it. */
struct scale_row {
	char cell[SCALE_COLUMNS][SCALE_CELL_BYTES];
	size_t cells;
};

/* The next cell, to be written to. */
char *scale_row_cell(struct scale_row *row);
void scale_row_number(struct scale_row *row, uint64_t n);
/* In the unit of what it is of; NULL: a dash. */
void scale_row_estimate(struct scale_row *row, enum scale_what what, const struct estimate *e);
void scale_page_put(struct scale_page *page, const struct scale_row *row);

/* "kmeans 180000", "all-reduce of 8 B"; returns `text`. */
const char *scale_point_name(const struct scale_point *p, char text[static SCALE_CELL_BYTES]);

/* The section about what is predicted. */
void scale_put_model(struct scale_page *page, const struct scale *scale);

#endif
