/* The table that plots/trend.gp draws, and the words around it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/regress/trends.h"
#include "bench/render/csv_table.h"
#include "bench/render/plots.h"

enum { PANELS = 12, NAME_BYTES = 512, CELL_BYTES = 64 };
static const uint64_t two_days_ns = (uint64_t)2 * 86400 * 1000000000;

/* Days, or the time of a day where all was measured within two. */
static const char *show_tic(const struct history *h, size_t run, char *text, size_t bytes)
{
	if (!h->timed) {
		snprintf(text, bytes, "%zu", run + 1);
		return text;
	}
	bool days = h->run[h->runs - 1].time_ns - h->run[0].time_ns > two_days_ns;
	history_when(&h->run[run], days, text, bytes);
	if (!days && strlen(text) > 16) {
		text[16] = '\0';             /* without seconds, */
		memmove(text, text + 11, 6); /* and without the day */
	}
	return text;
}

/* Only a change's own row has a ratio. */
static void put_row(struct csv_table *table, const struct history *h, const char *name, const struct trend *t,
		    size_t i, size_t passed)
{
	char when[CELL_BYTES];
	const struct change *last = passed ? &t->change[passed - 1] : NULL;
	double level = last ? last->after : t->changes ? t->change[0].before : t->median;
	csv_text(table, name);
	csv_text(table, t->of->id.runner);
	csv_word(table, h->column->unit);
	csv_count(table, t->run[i] + 1);
	csv_word(table, show_tic(h, t->run[i], when, sizeof when));
	csv_number(table, t->value[i]);
	csv_number(table, level);
	csv_number(table, last && last->at == i && last->before > 0 && last->after > 0
				  ? last->after / last->before
				  : (double)NAN);
	csv_count(table, last && last->at == i);
	csv_end_row(table);
}

static void put_trend(struct csv_table *table, const struct history *h, const struct trend *t)
{
	char name[CASE_NAME_BYTES];
	size_t passed = 0;
	case_id_name(&t->of->id, name);
	for (size_t i = 0; i < t->points; i++) {
		passed += passed < t->changes && t->change[passed].at == i;
		put_row(table, h, name, t, i, passed);
	}
}

static size_t panels_of(const struct history *h)
{
	size_t most = h->changed ? h->changed : h->count;
	return most < PANELS ? most : PANELS;
}

/* What the figure shows, in a sentence. */
static void tell(const struct history *h, char *text, size_t bytes)
{
	char name[CASE_NAME_BYTES], when[CELL_BYTES];
	const struct trend *t = &h->trend[0];
	const struct change *c = history_largest(t);
	if (!c) {
		snprintf(text, bytes, "No change of %s by %g %% or more is seen in %zu cases",
			 h->column->name, 100 * h->margin, h->count);
		return;
	}
	case_id_name(&t->of->id, name);
	int n = snprintf(text, bytes, "%zu of %zu cases changed in %s, most of all %s", h->changed, h->count,
			 h->column->name, name);
	if (n > 0 && (size_t)n < bytes && c->before > 0 && c->after > 0)
		n += snprintf(text + n, bytes - (size_t)n, ": × %.3g", c->after / c->before);
	history_when(&h->run[t->run[c->at]], true, when, sizeof when);
	if (n > 0 && (size_t)n < bytes && *when)
		snprintf(text + n, bytes - (size_t)n, " on %s", when);
	else if (n > 0 && (size_t)n < bytes)
		snprintf(text + n, bytes - (size_t)n, " at invocation %zu", t->run[c->at] + 1);
}

static void describe(const struct history *h, const char *machine, char *text, size_t bytes)
{
	char from[CELL_BYTES] = "", to[CELL_BYTES] = "";
	history_when(&h->run[0], false, from, sizeof from);
	history_when(&h->run[h->runs - 1], false, to, sizeof to);
	snprintf(text, bytes,
		 "a point: the median of one process invocation; changes: Pettitt's test, alpha %g over %zu "
		 "cases, margin %g %%; each panel has a scale of its own, not from zero · %zu "
		 "invocations%s%s%s%s%s · %zu of %zu cases%s%s",
		 h->alpha, h->tested, 100 * h->margin, h->runs, h->timed ? ", " : " in the order given",
		 h->timed ? from : "", h->timed ? " to " : "", h->timed ? to : "", h->timed ? " UTC" : "",
		 panels_of(h), h->count, *machine ? " · " : "", machine);
}

int trends_plot(const char *path, const struct history *h, const char *machine)
{
	char title[2 * NAME_BYTES], caption[4 * NAME_BYTES];
	struct csv_table table;
	if (csv_table_open(&table, "panel,runner,unit,x,when,value,level,ratio,change"))
		return complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < panels_of(h); i++)
		put_trend(&table, h, &h->trend[i]);
	int code = draft_close(&table.draft) ? complain(EXIT_UNUSABLE, "out of memory") : 0;
	tell(h, title, sizeof title);
	describe(h, machine, caption, sizeof caption);
	const struct figure figure = {.name = "trend",
				      .script = "trend",
				      .table = "trend.csv",
				      .suite = h->column->name,
				      .title = title,
				      .caption = caption};
	code = code ? code : plots_draw_file(path, &figure, table.draft.text, table.draft.bytes);
	free(table.draft.text);
	return code;
}
