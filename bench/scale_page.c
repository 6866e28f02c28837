#include "bench/scale_page.h"

#include <inttypes.h>
#include <math.h>

#include "bench/html_text.h"
#include "bench/markdown.h"
#include "bench/units.h"

void scale_page_heading(struct scale_page *page, int level, const char *text, const char *id)
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

void scale_page_text(struct scale_page *page, const char *text)
{
	if (page->html) {
		html_put_element(page->file, "p", text);
	} else {
		markdown_put_text(page->file, text);
		fputc('\n', page->file);
	}
	fputc('\n', page->file);
}

void scale_page_table(struct scale_page *page, const char *about, const char *const *heads, size_t count)
{
	if (about && !page->html)
		scale_page_text(page, about);
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
	scale_page_row(page, heads, count);
	fputs("|---|", page->file);
	for (size_t i = 1; i < count; i++)
		fputs("---:|", page->file);
	fputc('\n', page->file);
}

void scale_page_row(struct scale_page *page, const char *const *cells, size_t count)
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

void scale_page_end(struct scale_page *page)
{
	fputs(page->html ? "</tbody></table></div>\n" : "\n", page->file);
}

/* ---- rows, cell by cell ---- */

char *scale_row_cell(struct scale_row *row)
{
	return row->cell[row->cells < SCALE_COLUMNS - 1 ? row->cells++ : SCALE_COLUMNS - 1];
}

void scale_page_put(struct scale_page *page, const struct scale_row *row)
{
	const char *cells[SCALE_COLUMNS];
	for (size_t i = 0; i < row->cells; i++)
		cells[i] = row->cell[i];
	scale_page_row(page, cells, row->cells);
}

static const char *show(enum scale_what what, double value, char *text, size_t bytes)
{
	char number[32];
	switch (what) {
	case SCALE_SPEEDUP:
		snprintf(text, bytes, "%.2f", value);
		break;
	case SCALE_EFFICIENCY:
		snprintf(text, bytes, "%.0f %%", 100 * value);
		break;
	case SCALE_BANDWIDTH:
		snprintf(text, bytes, "%sB/s", units_show_si(value, number, sizeof number));
		break;
	default:
		units_show_ns(value, text, bytes);
	}
	return text;
}

void scale_row_estimate(struct scale_row *row, enum scale_what what, const struct estimate *e)
{
	char value[48], low[48], high[48], *cell = scale_row_cell(row);
	if (!e || !isfinite(e->value))
		snprintf(cell, SCALE_CELL_BYTES, "–");
	else if (!isfinite(e->low))
		snprintf(cell, SCALE_CELL_BYTES, "%s", show(what, e->value, value, sizeof value));
	else
		snprintf(cell, SCALE_CELL_BYTES, "%s [%s, %s]", show(what, e->value, value, sizeof value),
			 show(what, e->low, low, sizeof low), show(what, e->high, high, sizeof high));
}

void scale_row_number(struct scale_row *row, uint64_t n)
{
	snprintf(scale_row_cell(row), SCALE_CELL_BYTES, "%" PRIu64, n);
}

const char *scale_point_name(const struct scale_point *p, char text[static SCALE_CELL_BYTES])
{
	char size[32];
	if (p->what == SCALE_BARRIER)
		snprintf(text, SCALE_CELL_BYTES, "barrier");
	else if (p->what == SCALE_DEAL)
		snprintf(text, SCALE_CELL_BYTES, "fetch-and-add by each worker");
	else if (p->what == SCALE_ALL_REDUCE)
		snprintf(text, SCALE_CELL_BYTES, "all-reduce of %s",
			 units_show_size((double)p->size, size, sizeof size));
	else
		snprintf(text, SCALE_CELL_BYTES, "%.80s %" PRIu64 "%s", p->kernel, p->size,
			 p->what == SCALE_EFFICIENCY || p->what == SCALE_WEAK_SPAN ? " a worker" : "");
	return text;
}
