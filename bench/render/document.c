#include "bench/render/document.h"

#include <inttypes.h>
#include <math.h>

#include "bench/base/units.h"
#include "bench/render/html_text.h"
#include "bench/render/markdown_text.h"

void document_heading(struct document *page, int level, const char *text, const char *id)
{
	if (page->html) {
		fprintf(page->file, "<h%d id=\"%s\">", level, id);
		html_put_text(page->file, text);
		fprintf(page->file, "</h%d>\n", level);
	} else {
		fprintf(page->file, "%.*s ", level, "######");
		markdown_put_text(page->file, text);
		fputs("\n\n", page->file);
	}
}

void document_text(struct document *page, const char *text)
{
	if (page->html) {
		html_put_element(page->file, "p", text);
	} else {
		markdown_put_text(page->file, text);
		fputc('\n', page->file);
	}
	fputc('\n', page->file);
}

void document_table(struct document *page, const char *about, const char *const *heads, size_t count)
{
	if (about && !page->html)
		document_text(page, about);
	if (page->html) {
		fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table: ",
		      page->file);
		html_put_text(page->file, heads[0]);
		fputs(", can be scrolled\"><table>\n", page->file);
		html_put_element(page->file, "caption", about ? about : heads[0]);
		fputs("\n<thead><tr>", page->file);
		for (size_t i = 0; i < count; i++)
			html_put_element(page->file, i ? "th scope=col class=n" : "th scope=col", heads[i]);
		fputs("</tr></thead>\n<tbody>\n", page->file);
		return;
	}
	document_cells(page, heads, count);
	fputs("|---|", page->file);
	for (size_t i = 1; i < count; i++)
		fputs("---:|", page->file);
	fputc('\n', page->file);
}

void document_cells(struct document *page, const char *const *cells, size_t count)
{
	fputs(page->html ? "<tr>" : "|", page->file);
	for (size_t i = 0; i < count; i++) {
		if (page->html) {
			html_put_element(page->file, i ? "td class=n" : "th scope=row", cells[i]);
			continue;
		}
		fputc(' ', page->file);
		markdown_put_text(page->file, cells[i]);
		fputs(" |", page->file);
	}
	fputs(page->html ? "</tr>\n" : "\n", page->file);
}

void document_end(struct document *page)
{
	fputs(page->html ? "</tbody></table></div>\n" : "\n", page->file);
}

/* ---- rows, cell by cell ---- */

char *document_cell(struct document_row *row)
{
	return row->cell[row->cells < DOCUMENT_COLUMNS - 1 ? row->cells++ : DOCUMENT_COLUMNS - 1];
}

void document_put_row(struct document *page, const struct document_row *row)
{
	const char *cells[DOCUMENT_COLUMNS];
	for (size_t i = 0; i < row->cells; i++)
		cells[i] = row->cell[i];
	document_cells(page, cells, row->cells);
}

void document_number(struct document_row *row, uint64_t n)
{
	snprintf(document_cell(row), DOCUMENT_CELL_BYTES, "%" PRIu64, n);
}
