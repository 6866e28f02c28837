#include "bench/findings/curves.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/folder.h"
#include "bench/base/units.h"
#include "bench/findings/curve_figures.h"
#include "bench/findings/shown.h"
#include "bench/render/csv_table.h"
#include "bench/render/markdown_text.h"
#include "bench/samples/pairing.h"

const char *curves_figure(size_t index)
{
	for (const struct curve_figure *f = curve_figures; f->name; f++)
		if (index-- == 0)
			return f->name;
	return NULL;
}

bool curves_is_drawn(size_t index)
{
	return !curve_figures[index].only_a_table;
}

/* ---- making ---- */

static int add_point(const struct summary *s, const struct case_summary *c, const struct curve_figure *f,
		     const struct curve_panel *panel, struct curves *curves)
{
	double *x = calloc(s->run_count + 1, sizeof *x);
	struct curve_point *more = realloc(curves->point, (curves->count + 1) * sizeof *more);
	size_t n = 0;
	if (more)
		curves->point = more;
	if (!x || !more)
		return free(x), -ENOMEM;
	for (size_t r = 0; r < s->run_count; r++) {
		x[n] = (panel && panel->y ? panel->y : f->y)(s, c, r);
		n += isfinite(x[n]) != 0;
	}
	struct curve_point *p = &more[curves->count];
	*p = (struct curve_point){.figure = f, .x = f->x(c), .of = c};
	summary_series(c, p->series);
	const char *star = strchr(f->kernels, '*');
	p->place = panel ? (size_t)(panel - f->panel) : 0;
	if (panel)
		snprintf(p->panel, sizeof p->panel, "%s", panel->name);
	else
		snprintf(p->panel, sizeof p->panel, "%.60s%s%.20s",
			 c->id.kernel + (star ? star - f->kernels : 0),
			 strcmp(c->id.placement, "compact") == 0 ? "" : ", ",
			 strcmp(c->id.placement, "compact") == 0 ? "" : c->id.placement);
	if (n) {
		p->y = stat_interval(x, n);
		curves->count++;
	}
	free(x);
	return 0;
}

static bool shows(const struct curve_panel *p, const struct case_summary *c)
{
	return (!p->kernel || strcmp(p->kernel, c->id.kernel) == 0) && (!p->has || p->has(c));
}

static int add_case(const struct summary *s, const struct case_summary *c, const struct curve_figure *f,
		    struct curves *curves)
{
	int error = 0;
	if (!f->panel[0].name)
		return add_point(s, c, f, NULL, curves);
	for (const struct curve_panel *p = f->panel; p->name && !error; p++)
		if (shows(p, c))
			error = add_point(s, c, f, p, curves);
	return error;
}

/* By panel, then by x. */
static int compare_points(const void *a, const void *b)
{
	const struct curve_point *p = a, *q = b;
	int order = (p->figure > q->figure) - (p->figure < q->figure);
	order = order ? order : (p->place > q->place) - (p->place < q->place);
	order = order ? order : strcmp(p->panel, q->panel);
	return order ? order : (p->x > q->x) - (p->x < q->x);
}

int curves_make(const struct summary *s, struct curves *curves)
{
	int error = 0;
	*curves = (struct curves){.summary = s};
	for (const struct curve_figure *f = curve_figures; f->name; f++)
		for (size_t i = 0; i < s->count && !error; i++) {
			const struct case_summary *c = &s->cases[i];
			if (strcmp(c->id.suite, f->suite) == 0 && c->samples && !case_id_is_seq(&c->id) &&
			    fnmatch(f->kernels, c->id.kernel, 0) == 0)
				error = add_case(s, c, f, curves);
		}
	if (!error)
		error = grains_make(s, "granularity", &curves->grains);
	if (curves->count)
		qsort(curves->point, curves->count, sizeof *curves->point, compare_points);
	return error;
}

void curves_free(struct curves *curves)
{
	free(curves->point);
	grains_free(&curves->grains);
	*curves = (struct curves){0};
}

size_t curves_count(const struct curves *curves, const char *figure)
{
	size_t n = 0;
	for (size_t i = 0; i < curves->count; i++)
		n += strcmp(curves->point[i].figure->name, figure) == 0;
	return n;
}

/* ---- words ---- */

static const char *show(enum unit unit, double value, char *text, size_t bytes)
{
	char number[32];
	switch (unit) {
	case UNIT_NS:
		return units_show_ns(value, text, bytes);
	case UNIT_SHARE:
		snprintf(text, bytes, "%.0f %%", 100 * value);
		return text;
	case UNIT_KIB:
		snprintf(text, bytes, "%.*f KiB", fabs(value) < 10 ? 1 : 0, value);
		return text;
	case UNIT_WORKERS:
		snprintf(text, bytes, "%.0f", value);
		return text;
	case UNIT_BYTES_A_SECOND:
		snprintf(text, bytes, "%sB/s", units_show_si(value, number, sizeof number));
		return text;
	case UNIT_BYTES:
		break;
	}
	return units_show_size(value, text, bytes);
}

/* The series of the first panel at its largest x. */
static void tell_series(const struct curves *curves, const struct curve_figure *f, char *title, size_t bytes)
{
	const struct curve_point *first = NULL, *last = NULL;
	char list[CURVE_TITLE_BYTES] = "", text[32], at[32];
	size_t n = 0;
	for (size_t i = 0; i < curves->count; i++) {
		const struct curve_point *p = &curves->point[i];
		if (p->figure != f)
			continue;
		first = first ? first : p;
		if (strcmp(p->panel, first->panel) == 0)
			last = p;
	}
	for (const struct curve_point *p = first; p && p <= last && n < sizeof list; p++)
		if (p->x == last->x)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%s %s", n ? ", " : "", p->series,
					      show(f->y_unit, p->y.value, text, sizeof text));
	if (first)
		snprintf(title, bytes, "%s %s%s: %s", f->title, show(f->x_unit, last->x, at, sizeof at),
			 f->title_end, list);
}

/* The same panel and x by the other series. */
static const struct curve_point *counterpart(const struct curves *curves, const struct curve_point *p)
{
	for (const struct curve_point *q = curves->point; q < curves->point + curves->count; q++)
		if (compare_points(p, q) == 0 && strcmp(p->series, q->series) != 0)
			return q;
	return NULL;
}

/* Of the case that comes later in the summary over the other: processes over threads. */
static void add_comparison(const struct curves *curves, const struct curve_point *p,
			   const struct curve_point *q, struct shown *shown)
{
	const struct case_summary *processes = p->of > q->of ? p->of : q->of;
	const struct case_summary *threads = p->of > q->of ? q->of : p->of;
	struct estimate ratio = pairing_over(curves->summary, processes, threads, p->figure->y);
	if (ratio.n)
		shown_add(shown, p->panel, &ratio);
}

/* Over all panels at one x: from which to which, and in how many of them threads and processes differ. */
static void tell_panels(const struct curves *curves, const struct curve_figure *f, char *title, size_t bytes)
{
	const struct curve_point *least = NULL, *most = NULL;
	double x = NAN;
	struct shown shown = {0};
	char from[32], to[32], at[32], range[CURVE_TITLE_BYTES], differences[CURVE_TITLE_BYTES / 2];
	for (const struct curve_point *p = curves->point; p < curves->point + curves->count; p++)
		if (p->figure == f && (isnan(x) || (f->title_at_most ? p->x > x : p->x < x)))
			x = p->x;
	for (const struct curve_point *p = curves->point; p < curves->point + curves->count; p++) {
		const struct curve_point *other = counterpart(curves, p);
		if (p->figure != f || p->x != x)
			continue;
		least = !least || p->y.value < least->y.value ? p : least;
		most = !most || p->y.value > most->y.value ? p : most;
		if (other && p < other)
			add_comparison(curves, p, other, &shown);
	}
	shown_tell(&shown, f->panels_are, differences, sizeof differences);
	if (!least)
		return;
	snprintf(range, sizeof range, "%s %s%s %s (%s, %s) to %s (%s, %s)", f->title,
		 show(f->x_unit, x, at, sizeof at), f->title_end,
		 show(f->y_unit, least->y.value, from, sizeof from), least->panel, least->series,
		 show(f->y_unit, most->y.value, to, sizeof to), most->panel, most->series);
	if (f->difference_first && *differences)
		snprintf(title, bytes, "%c%s; %c%s", toupper(*differences), differences + 1, tolower(*range),
			 range + 1);
	else
		snprintf(title, bytes, "%s%s%s", range, *differences ? "; " : "", differences);
}

void curves_title(const struct curves *curves, const char *figure, char *title, size_t bytes)
{
	const struct curve_figure *f = curve_figures;
	*title = '\0';
	while (f->name && strcmp(f->name, figure) != 0)
		f++;
	if (!f->name || !curves_count(curves, figure))
		return;
	if (!f->title)
		grains_title(&curves->grains, title, bytes);
	else if (f->panels_are)
		tell_panels(curves, f, title, bytes);
	else
		tell_series(curves, f, title, bytes);
}

/* ---- writing ---- */

int curves_write(const char *dir, const struct curves *curves)
{
	struct csv_table table;
	int error = csv_table_open(&table, "figure,panel,series,x,value,low,high,runs");
	if (error)
		return error;
	for (size_t i = 0; i < curves->count; i++) {
		const struct curve_point *p = &curves->point[i];
		csv_text(&table, p->figure->name);
		csv_text(&table, p->panel);
		csv_text(&table, p->series);
		csv_number(&table, p->x);
		csv_interval(&table, p->y.value, p->y.low, p->y.high);
		csv_count(&table, p->y.n);
		csv_end_row(&table);
	}
	grains_put_rows(&table, &curves->grains);
	return csv_table_write(&table, dir, "curves.csv");
}

static void put_estimate(FILE *file, enum unit unit, const struct estimate *e)
{
	char value[32], low[32], high[32];
	fprintf(file, " %s", show(unit, e->value, value, sizeof value));
	if (isfinite(e->low))
		fprintf(file, " [%s, %s]", show(unit, e->low, low, sizeof low),
			show(unit, e->high, high, sizeof high));
	fputs(" |", file);
}

enum { SERIES_MAX = 16 };

/* The series of a figure, in the order in which they come. */
static size_t list_series(const struct curves *curves, const struct curve_figure *f, const char **series)
{
	size_t n = 0;
	for (size_t i = 0; i < curves->count; i++) {
		size_t k = 0;
		if (curves->point[i].figure != f)
			continue;
		while (k < n && strcmp(series[k], curves->point[i].series) != 0)
			k++;
		if (k == n && n < SERIES_MAX)
			series[n++] = curves->point[i].series;
	}
	return n;
}

static void put_row(FILE *file, const struct curves *curves, size_t first, const char **series, size_t n)
{
	char x[32];
	const struct curve_point *open = &curves->point[first];
	fputs("| ", file);
	markdown_put_text(file, open->panel);
	fprintf(file, " | %s |", show(open->figure->x_unit, open->x, x, sizeof x));
	for (size_t k = 0; k < n; k++) {
		const struct curve_point *found = NULL;
		for (size_t i = first; i < curves->count && compare_points(&curves->point[i], open) == 0; i++)
			if (strcmp(curves->point[i].series, series[k]) == 0)
				found = &curves->point[i];
		if (found)
			put_estimate(file, open->figure->y_unit, &found->y);
		else
			fputs(" – |", file);
	}
	fputc('\n', file);
}

static void put_section(FILE *file, const struct curves *curves, const struct curve_figure *f)
{
	const char *series[SERIES_MAX];
	size_t n = list_series(curves, f, series);
	fprintf(file, "## %s\n\n%s Median [interval].\n\n| %s | %s |", f->heading, f->about, f->panel_head,
		f->x_head);
	for (size_t k = 0; k < n; k++) {
		fputc(' ', file);
		markdown_put_text(file, series[k]);
		fputs(" |", file);
	}
	fputs("\n|---|---:|", file);
	for (size_t k = 0; k < n; k++)
		fputs("---:|", file);
	fputc('\n', file);
	for (size_t i = 0; i < curves->count; i++)
		if (curves->point[i].figure == f &&
		    (i == 0 || compare_points(&curves->point[i - 1], &curves->point[i]) != 0))
			put_row(file, curves, i, series, n);
	fputc('\n', file);
	if (!f->title)
		grains_put_sentences(file, &curves->grains);
}

void curves_put_sections(FILE *file, const struct curves *curves)
{
	for (const struct curve_figure *f = curve_figures; f->name; f++)
		if (curves_count(curves, f->name))
			put_section(file, curves, f);
}
