/* A section's parts, written as Markdown or as HTML. All text is escaped. */
#ifndef PVT_DOCUMENT_H
#define PVT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct document {
	FILE *file;
	bool html;
};

/* `id` is the heading's anchor in HTML. */
void document_heading(struct document *page, int level, const char *text, const char *id);
void document_text(struct document *page, const char *text);

/* `about`: what the table shows, its caption in HTML and a paragraph before it in Markdown; NULL: the first
 * head. */
/* A table: its head, its rows, its end. The first column is text, the others are numbers. */
void document_table(struct document *page, const char *about, const char *const *heads, size_t count);
void document_cells(struct document *page, const char *const *cells, size_t count);
void document_end(struct document *page);

enum { DOCUMENT_CELL_BYTES = 160, DOCUMENT_COLUMNS = 12 };

/* A row on its way; cells beyond the last overwrite it. */
struct document_row {
	char cell[DOCUMENT_COLUMNS][DOCUMENT_CELL_BYTES];
	size_t cells;
};

/* The next cell, to be written to. */
char *document_cell(struct document_row *row);
void document_number(struct document_row *row, uint64_t n);
void document_put_row(struct document *page, const struct document_row *row);

#endif
