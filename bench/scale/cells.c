#include "bench/scale/cells.h"

#include <inttypes.h>
#include <math.h>

#include "bench/base/units.h"

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

void scale_cell_estimate(struct document_row *row, enum scale_what what, const struct estimate *e)
{
	char value[48], low[48], high[48], *cell = document_cell(row);
	if (!e || !isfinite(e->value))
		snprintf(cell, DOCUMENT_CELL_BYTES, "–");
	else if (!isfinite(e->low))
		snprintf(cell, DOCUMENT_CELL_BYTES, "%s", show(what, e->value, value, sizeof value));
	else
		snprintf(cell, DOCUMENT_CELL_BYTES, "%s [%s, %s]", show(what, e->value, value, sizeof value),
			 show(what, e->low, low, sizeof low), show(what, e->high, high, sizeof high));
}

const char *scale_point_name(const struct scale_point *p, char text[static DOCUMENT_CELL_BYTES])
{
	char size[32];
	if (p->what == SCALE_BARRIER)
		snprintf(text, DOCUMENT_CELL_BYTES, "barrier");
	else if (p->what == SCALE_DEAL)
		snprintf(text, DOCUMENT_CELL_BYTES, "fetch-and-add by each worker");
	else if (p->what == SCALE_ALL_REDUCE)
		snprintf(text, DOCUMENT_CELL_BYTES, "all-reduce of %s",
			 units_show_size((double)p->size, size, sizeof size));
	else
		snprintf(text, DOCUMENT_CELL_BYTES, "%.80s %" PRIu64 "%s", p->kernel, p->size,
			 p->what == SCALE_EFFICIENCY || p->what == SCALE_WEAK_SPAN ? " a worker" : "");
	return text;
}
