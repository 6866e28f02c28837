#include "bench/regress/trends.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/json_put.h"
#include "bench/base/units.h"
#include "bench/render/markdown_text.h"

enum { NAME_BYTES = 512, CELL_BYTES = 64 };

static const char *show_value(const struct history *h, double value, char *text, size_t bytes)
{
	if (strcmp(h->column->unit, "ns") == 0)
		return units_show_ns(value, text, bytes);
	snprintf(text, bytes, "%.4g%s%s", value, *h->column->unit ? " " : "", h->column->unit);
	return text;
}

/* "-" where there is none, as from or to zero. */
static const char *show_ratio(const struct change *c, char *text, size_t bytes)
{
	if (c->before > 0 && c->after > 0)
		snprintf(text, bytes, "%.3f", c->after / c->before);
	else
		snprintf(text, bytes, "-");
	return text;
}

static const struct history_run *run_at(const struct history *h, const struct trend *t,
					const struct change *c)
{
	return &h->run[t->run[c->at]];
}

static size_t number_of(const struct trend *t, const struct change *c)
{
	return t->run[c->at] + 1;
}

/* What was asked of how much, in lines of less than 80 columns. */
static void put_sums(FILE *file, const struct history *h)
{
	char from[CELL_BYTES], to[CELL_BYTES];
	size_t needed = change_values_needed(h->level);
	fprintf(file, "%zu of %zu cases changed in %s by %g %% or more, over %zu invocations\n", h->changed,
		h->count, h->column->name, 100 * h->margin, h->runs);
	if (h->timed)
		fprintf(file, "from %s to %s UTC;\n", history_when(&h->run[0], false, from, sizeof from),
			history_when(&h->run[h->runs - 1], false, to, sizeof to));
	else
		fputs("in the order given, for not all have a time;\n", file);
	fprintf(file, "alpha %g for all together: %.2g for each of the %zu with %d values or more,\n",
		h->alpha, h->level, h->tested, 2 * CHANGE_LEAST);
	fprintf(file, "which takes %zu values of a case\n", needed);
}

/* ---- for people ---- */

static void put_text_change(FILE *file, const struct history *h, const struct trend *t,
			    const struct change *c)
{
	char before[CELL_BYTES], after[CELL_BYTES], ratio[CELL_BYTES], when[CELL_BYTES];
	const struct history_run *run = run_at(h, t, c);
	fprintf(file, "  %s → %s (ratio %s, p %.2g) at invocation %zu of %zu\n",
		show_value(h, c->before, before, sizeof before), show_value(h, c->after, after, sizeof after),
		show_ratio(c, ratio, sizeof ratio), c->p, number_of(t, c), h->runs);
	history_when(run, false, when, sizeof when);
	fprintf(file, "    %s%s%s\n", when, *when ? " UTC, " : "", run->run_id);
}

static void put_text(FILE *file, const struct history *h, bool all)
{
	char name[CASE_NAME_BYTES], value[CELL_BYTES];
	for (size_t i = 0; i < h->count; i++) {
		const struct trend *t = &h->trend[i];
		if (!t->changes && !all)
			continue;
		case_id_name(&t->of->id, name);
		fprintf(file, "%s\n", name);
		for (size_t k = 0; k < t->changes; k++)
			put_text_change(file, h, t, &t->change[k]);
		if (!t->changes)
			fprintf(file, "  %s, no change seen in %zu invocations\n",
				show_value(h, t->median, value, sizeof value), t->points);
	}
	put_sums(file, h);
}

static void put_markdown_change(FILE *file, const struct history *h, const struct trend *t,
				const struct change *c)
{
	char text[CELL_BYTES];
	fprintf(file, " %s |", show_value(h, c->before, text, sizeof text));
	fprintf(file, " %s |", show_value(h, c->after, text, sizeof text));
	fprintf(file, " %s | %.2g | %zu |", show_ratio(c, text, sizeof text), c->p, number_of(t, c));
	fprintf(file, " %s | ", history_when(run_at(h, t, c), false, text, sizeof text));
	markdown_put_text(file, run_at(h, t, c)->run_id);
	fputs(" |\n", file);
}

static void put_markdown(FILE *file, const struct history *h, bool all)
{
	char name[CASE_NAME_BYTES], value[CELL_BYTES];
	if (h->changed || all)
		fputs("| case | before | after | ratio | p | invocation | time (UTC) | run_id |\n"
		      "|---|---:|---:|---:|---:|---:|---|---|\n",
		      file);
	for (size_t i = 0; i < h->count; i++) {
		const struct trend *t = &h->trend[i];
		case_id_name(&t->of->id, name);
		for (size_t k = 0; k < t->changes || (k == 0 && all); k++) {
			fputs("| ", file);
			markdown_put_text(file, name);
			fputs(" |", file);
			if (k < t->changes)
				put_markdown_change(file, h, t, &t->change[k]);
			else
				fprintf(file, " %s | | | | | | |\n",
					show_value(h, t->median, value, sizeof value));
		}
	}
	fputs(h->changed || all ? "\n" : "", file);
	put_sums(file, h);
}

/* ---- for programs ---- */

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *time_json(const struct history_run *run)
{
	char when[CELL_BYTES];
	if (!run->time_ns)
		return json_null();
	history_when(run, false, when, sizeof when);
	when[strcspn(when, " ")] = 'T'; /* ISO 8601 */
	return json_sprintf("%sZ", when);
}

static json_t *changes_json(const struct history *h, const struct trend *t)
{
	json_t *list = json_array();
	for (size_t i = 0; i < t->changes; i++) {
		const struct change *c = &t->change[i];
		double ratio = c->before > 0 && c->after > 0 ? c->after / c->before : (double)NAN;
		json_array_append_new(list, json_pack("{s:I, s:s, s:o, s:f, s:f, s:o, s:f}", "invocation",
						      (json_int_t)number_of(t, c), "run_id",
						      run_at(h, t, c)->run_id, "time",
						      time_json(run_at(h, t, c)), "before", c->before,
						      "after", c->after, "ratio", number(ratio), "p", c->p));
	}
	return list;
}

static json_t *trend_json(const struct history *h, const struct trend *t)
{
	char name[CASE_NAME_BYTES];
	json_t *points = json_array();
	for (size_t i = 0; i < t->points; i++)
		json_array_append_new(points, json_pack("{s:I, s:f}", "invocation", (json_int_t)t->run[i] + 1,
							"value", t->value[i]));
	case_id_name(&t->of->id, name);
	return json_pack("{s:s, s:o, s:o, s:o}", "case", name, "median", number(t->median), "changes",
			 changes_json(h, t), "points", points);
}

static int put_json(FILE *file, const struct history *h)
{
	json_t *cases = json_array(), *runs = json_array();
	for (size_t r = 0; r < h->runs; r++)
		json_array_append_new(runs, json_pack("{s:s, s:o}", "run_id", h->run[r].run_id, "time",
						      time_json(&h->run[r])));
	for (size_t i = 0; i < h->count; i++)
		json_array_append_new(cases, trend_json(h, &h->trend[i]));
	json_t *whole = json_pack("{s:s, s:s, s:f, s:f, s:f, s:s, s:I, s:o, s:o}", "metric", h->column->name,
				  "unit", h->column->unit, "alpha", h->alpha, "level", h->level, "margin",
				  h->margin, "order", h->timed ? "time" : "given", "changed",
				  (json_int_t)h->changed, "invocations", runs, "cases", cases);
	return json_put(whole, file);
}

int trends_put(FILE *file, const struct history *h, enum format format, bool all)
{
	if (format == FORMAT_JSON)
		return put_json(file, h);
	if (format == FORMAT_MARKDOWN)
		put_markdown(file, h, all);
	else
		put_text(file, h, all);
	return 0;
}
