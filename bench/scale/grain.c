#include "bench/scale/grain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/render/markdown_text.h"
#include "bench/samples/pairing.h"

#define HALF 0.5

static bool is_of(const struct case_summary *c, const char *kernel)
{
	return strcmp(c->id.kernel, kernel) == 0 && c->id.workers > 1 && !c->oversubscribed &&
	       !case_id_is_seq(&c->id);
}

bool grain_is_task(const struct case_summary *c)
{
	return is_of(c, "task");
}

bool grain_is_stream(const struct case_summary *c)
{
	return is_of(c, "spin");
}

double grain_efficiency(const struct summary *s, const struct case_summary *c, size_t run)
{
	const struct case_summary *seq = summary_find(s, c, "seq", 1);
	return seq ? pairing_ratio_of(s, seq, reading_span, c, reading_wall, run) * c->work / seq->work /
			       (double)c->id.workers
		   : (double)NAN;
}

/* ---- one invocation ---- */

static bool same_series(const struct case_summary *a, const struct case_summary *b)
{
	return strcmp(a->id.suite, b->id.suite) == 0 && strcmp(a->id.kernel, b->id.kernel) == 0 &&
	       strcmp(a->id.runner, b->id.runner) == 0 && a->id.workers == b->id.workers &&
	       a->id.hosts == b->id.hosts && strcmp(a->id.placement, b->id.placement) == 0;
}

/* Where the series crosses the threshold for good; 0: before the first size, infinite: after the last; NaN:
 * nothing was measured. The cases of a series come in the order of their sizes. */
static double cross(const struct summary *s, const struct case_summary *series, double threshold, size_t run)
{
	double below_x = 0, below_y = NAN, at = NAN;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		double x = (double)c->id.size,
		       y = same_series(c, series) ? grain_efficiency(s, c, run) : (double)NAN;
		if (!isfinite(y))
			continue;
		if (y < threshold) {
			below_x = x;
			below_y = y;
			at = INFINITY;
		} else if (!isfinite(at)) {
			at = isnan(below_y) ? 0
					    : exp(log(below_x) + (threshold - below_y) / (y - below_y) *
									 (log(x) - log(below_x)));
		}
	}
	return at;
}

/* ---- all of them ---- */

static struct crossing crossing_of(const struct summary *s, const struct case_summary *series,
				   double threshold, double *x)
{
	struct crossing crossing = {.threshold = threshold, .least = INFINITY};
	size_t n = 0;
	for (size_t r = 0; r < s->run_count; r++) {
		x[n] = cross(s, series, threshold, r);
		n += isnan(x[n]) == 0;
	}
	for (size_t i = 0; i < n; i++) /* a median of infinities is none */
		x[i] = isinf(x[i]) ? STAT_BEYOND : x[i];
	crossing.size = stat_crossing_interval(x, n);
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!same_series(c, series) || !c->samples)
			continue;
		crossing.least = fmin(crossing.least, (double)c->id.size);
		crossing.most = fmax(crossing.most, (double)c->id.size);
	}
	return crossing;
}

static bool opens_series(const struct summary *s, size_t index)
{
	const struct case_summary *c = &s->cases[index];
	for (size_t i = 0; i < index; i++)
		if (same_series(&s->cases[i], c))
			return false;
	return true;
}

static void add_panel(const struct summary *s, const char *suite, const char *panel,
		      bool (*has)(const struct case_summary *), double *x, struct grains *grains)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->id.suite, suite) != 0 || !has(c) || !opens_series(s, i))
			continue;
		struct grain g = {.panel = panel,
				  .workers = c->id.workers,
				  .half = crossing_of(s, c, HALF, x),
				  .pays = crossing_of(s, c, 1 / (double)c->id.workers, x)};
		summary_series(c, g.series);
		if (g.half.size.n)
			grains->grain[grains->count++] = g;
	}
}

int grains_make(const struct summary *s, const char *suite, struct grains *grains)
{
	double *x = calloc(s->run_count + 1, sizeof *x);
	*grains = (struct grains){.grain = calloc(s->count + 1, sizeof *grains->grain)};
	if (!x || !grains->grain)
		return free(x), -ENOMEM;
	add_panel(s, suite, GRAIN_TASK, grain_is_task, x, grains);
	add_panel(s, suite, GRAIN_STREAM, grain_is_stream, x, grains);
	free(x);
	return 0;
}

void grains_free(struct grains *grains)
{
	free(grains->grain);
	*grains = (struct grains){0};
}

/* ---- words ---- */

/* "76 µs", "at most 10 ns", "more than 10 ms" */
static const char *show_bound(const struct crossing *c, double size, char *text, size_t bytes)
{
	char number[32];
	if (size < c->least)
		snprintf(text, bytes, "at most %s", units_show_ns(c->least, number, sizeof number));
	else if (size > c->most)
		snprintf(text, bytes, "more than %s", units_show_ns(c->most, number, sizeof number));
	else
		snprintf(text, bytes, "%s", units_show_ns(size, number, sizeof number));
	return text;
}

const char *grain_show(const struct crossing *c, char *text, size_t bytes)
{
	char value[48], low[48], high[48];
	if (isnan(c->size.low))
		snprintf(text, bytes, "%s", show_bound(c, c->size.value, value, sizeof value));
	else
		snprintf(text, bytes, "%s [%s, %s]", show_bound(c, c->size.value, value, sizeof value),
			 show_bound(c, c->size.low, low, sizeof low),
			 show_bound(c, c->size.high, high, sizeof high));
	return text;
}

void grains_title(const struct grains *grains, char *title, size_t bytes)
{
	char text[48];
	size_t n = 0;
	*title = '\0';
	for (size_t i = 0; i < grains->count && n < bytes; i++) {
		const struct grain *g = &grains->grain[i];
		if (strcmp(g->panel, grains->grain[0].panel) != 0)
			continue;
		n += (size_t)snprintf(title + n, bytes - n, "%s%s %s",
				      n ? ", " : "Smallest task at 50 % efficiency (METG): ", g->series,
				      show_bound(&g->half, g->half.size.value, text, sizeof text));
	}
}

static void put_sentence(FILE *file, const struct grain *g)
{
	char pays[160], half[160];
	const struct crossing *c = &g->pays;
	fputs("- ", file);
	markdown_put_text(file, g->series);
	grain_show(c, pays, sizeof pays);
	if (c->size.value > c->most)
		fprintf(file, " pays nowhere up to tasks of %s", units_show_ns(c->most, half, sizeof half));
	else if (c->size.value < c->least)
		fprintf(file, " pays from the smallest task measured on, %s",
			units_show_ns(c->least, half, sizeof half));
	else
		fprintf(file, " pays from tasks of %s on", pays);
	fprintf(file, "; METG(50 %%) is %s (%zu invocations).\n", grain_show(&g->half, half, sizeof half),
		g->half.size.n);
}

/* The pool library's tasks carry more here than in `make peers`. */
static bool any_stealing(const struct grains *grains)
{
	for (size_t i = 0; i < grains->count; i++)
		if (strstr(grains->grain[i].series, "-steal"))
			return true;
	return false;
}

void grains_put_sentences(FILE *file, const struct grains *grains)
{
	for (size_t i = 0; i < grains->count; i++) {
		const struct grain *g = &grains->grain[i];
		if (i == 0 || strcmp(g->panel, grains->grain[i - 1].panel) != 0)
			fprintf(file, "%sOf %s, %llu workers and one core alone:\n\n", i ? "\n" : "",
				g->panel, (unsigned long long)g->workers);
		put_sentence(file, g);
	}
	fputs(grains->count ? "\n" : "", file);
	if (any_stealing(grains))
		fputs("Under *pthread-steal* and *fork-steal* every task is stamped: the harness reads the "
		      "clock before and after it, and the number of its CPU. That takes longer than the "
		      "library's own overhead per task and is part of these figures. `make peers` measures "
		      "the library without stamps: its METG is smaller.\n\n",
		      file);
}

/* ---- curves.csv ---- */

/* A bound beyond what was measured has no number. */
static double known(const struct crossing *c, double size)
{
	return size >= c->least && size <= c->most ? size : (double)NAN;
}

static void put_row(struct csv_table *table, const struct grain *g, const struct crossing *c)
{
	csv_text(table, "metg");
	csv_text(table, g->panel);
	csv_text(table, g->series);
	csv_number(table, c->threshold);
	csv_interval(table, known(c, c->size.value), known(c, c->size.low), known(c, c->size.high));
	csv_count(table, c->size.n);
	csv_end_row(table);
}

void grains_put_rows(struct csv_table *table, const struct grains *grains)
{
	for (size_t i = 0; i < grains->count; i++) {
		put_row(table, &grains->grain[i], &grains->grain[i].half);
		if (grains->grain[i].pays.threshold != HALF)
			put_row(table, &grains->grain[i], &grains->grain[i].pays);
	}
}
