/* "Beyond one machine": the same paragraphs and tables for RESULTS.md and for report.html. */
#include <inttypes.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/render/document.h"
#include "bench/scale/cells.h"

/* ---- what was measured ---- */

static const char *const runner_names[] = {"pthread", "fork", "mpi", "mpi+pthread", "mpi+fork"};
enum { RUNNERS = sizeof runner_names / sizeof *runner_names };

static bool same_row(const struct scale_point *a, const struct scale_point *b)
{
	return a->what == b->what && a->predicted == b->predicted && a->size == b->size &&
	       a->hosts == b->hosts && a->workers == b->workers && strcmp(a->kernel, b->kernel) == 0;
}

/* One row stands for all runners. */
static bool opens_row(const struct scale *scale, size_t index, enum scale_what what)
{
	const struct scale_point *p = &scale->point[index];
	if (p->what != what || p->predicted)
		return false;
	for (size_t i = 0; i < index; i++)
		if (same_row(&scale->point[i], p))
			return false;
	return true;
}

static bool has_any(const struct scale *scale, enum scale_what what)
{
	for (size_t i = 0; i < scale->count; i++)
		if (opens_row(scale, i, what))
			return true;
	return false;
}

static void put_measured(struct document *page, const struct scale *scale, enum scale_what what,
			 const char *about)
{
	static const char *const heads[] = {"kernel, size", "hosts", "workers",     "pthread",
					    "fork",         "mpi",   "mpi+pthread", "mpi+fork"};
	char name[DOCUMENT_CELL_BYTES];
	if (!has_any(scale, what))
		return;
	document_table(page, about, heads, 3 + RUNNERS);
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_point *p = &scale->point[i];
		struct document_row row = {.cells = 0};
		if (!opens_row(scale, i, what))
			continue;
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "%s", scale_point_name(p, name));
		document_number(&row, p->hosts);
		document_number(&row, p->workers);
		for (size_t k = 0; k < RUNNERS; k++) {
			const struct scale_point *of = scale_find(scale, what, false, p->kernel, p->size,
								  runner_names[k], p->hosts, p->workers);
			scale_cell_estimate(&row, what, of ? &of->y : NULL);
		}
		document_put_row(page, &row);
	}
	document_end(page);
}

static void put_messages(struct document *page, const struct scale *scale)
{
	static const char *const heads[] = {"message", "hosts", "one way", "payload, a second"};
	char size[32];
	if (!has_any(scale, SCALE_LATENCY))
		return;
	document_table(page,
		       "Messages between two workers of one host and of two: half a round trip, and "
		       "bandwidth in one direction.",
		       heads, 4);
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_point *p = &scale->point[i];
		struct document_row row = {.cells = 0};
		if (p->what != SCALE_LATENCY || strcmp(p->runner, SCALE_RUNNER) != 0)
			continue;
		const struct scale_point *rate = scale_find(scale, SCALE_BANDWIDTH, false,
							    "message-bandwidth", p->size, SCALE_RUNNER,
							    p->hosts, p->workers);
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "%s",
			 units_show_size((double)p->size, size, sizeof size));
		document_number(&row, p->hosts);
		scale_cell_estimate(&row, SCALE_LATENCY, &p->y);
		scale_cell_estimate(&row, SCALE_BANDWIDTH, rate ? &rate->y : NULL);
		document_put_row(page, &row);
	}
	document_end(page);
}

/* What all workers call for at once. */
static bool is_collective(const struct scale_point *p)
{
	return !p->predicted && strcmp(p->runner, SCALE_RUNNER) == 0 &&
	       (p->what == SCALE_ALL_REDUCE || p->what == SCALE_BARRIER || p->what == SCALE_DEAL);
}

static void put_collectives(struct document *page, const struct scale *scale)
{
	static const char *const heads[] = {"all workers at once", "hosts", "workers", "time"};
	char name[DOCUMENT_CELL_BYTES];
	bool begun = false;
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_point *p = &scale->point[i];
		struct document_row row = {.cells = 0};
		if (!is_collective(p))
			continue;
		if (!begun)
			document_table(page, NULL, heads, 4);
		begun = true;
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "%s", scale_point_name(p, name));
		document_number(&row, p->hosts);
		document_number(&row, p->workers);
		scale_cell_estimate(&row, p->what, &p->y);
		document_put_row(page, &row);
	}
	if (begun)
		document_end(page);
}

/* A sentence for each kind of tasks. */
static void put_grains(struct document *page, const struct scale *scale)
{
	static const char *const panels[] = {GRAIN_TASK, GRAIN_STREAM};
	for (size_t k = 0; k < 2; k++) {
		char text[1024] = "", half[160];
		size_t n = 0;
		for (size_t i = 0; i < scale->grains.count && n < sizeof text; i++) {
			const struct grain *g = &scale->grains.grain[i];
			if (strcmp(g->panel, panels[k]) != 0)
				continue;
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s × %" PRIu64 " %s",
					      n ? "; " : "", g->series, g->workers,
					      grain_show(&g->half, half, sizeof half));
		}
		if (!n)
			continue;
		char sentence[1200];
		snprintf(sentence, sizeof sentence,
			 "Of %s, the smallest task at 50 %% efficiency (METG): %s.", panels[k], text);
		document_text(page, sentence);
	}
}

static void put_section(struct document *page, const struct scale *scale)
{
	char text[400];
	document_heading(page, 2, "Beyond one machine", "beyond");
	snprintf(text, sizeof text,
		 "Workers that send messages (MPI), spread evenly over up to %" PRIu64 " host%s%s.",
		 scale->most_hosts, scale->most_hosts == 1 ? "" : "s",
		 scale->most_hosts < 2 ? "; more are given with --hosts"
		 : scale->shared ? ", which share one machine: that shows that the work comes out right "
				   "there, and nothing of how fast it would be on as many machines; no "
				   "model predicts more from it"
				 : "");
	document_text(page, text);
	document_heading(page, 3, "What was measured on hosts", "measured");
	put_measured(page, scale, SCALE_SPEEDUP,
		     "Speedup over one core of a job of the same size, median [interval].");
	put_measured(page, scale, SCALE_EFFICIENCY,
		     "The work grows with the workers: one worker's span over theirs, median [interval].");
	put_messages(page, scale);
	put_collectives(page, scale);
	put_grains(page, scale);
}

bool scale_is_modelled(const struct scale *scale)
{
	return scale->count && !scale->shared;
}

void scale_put_markdown(FILE *file, const struct scale *scale)
{
	struct document page = {.file = file, .html = false};
	if (!scale->count)
		return;
	put_section(&page, scale);
	if (scale_is_modelled(scale))
		scale_put_model(&page, scale);
}

void scale_put_html(FILE *file, const struct scale *scale)
{
	struct document page = {.file = file, .html = true};
	if (!scale->count)
		return;
	fputs("<section aria-labelledby=\"beyond\">\n", file);
	put_section(&page, scale);
	fputs("</section>\n", file);
	if (!scale_is_modelled(scale))
		return;
	fputs("<section aria-labelledby=\"model\">\n", file);
	scale_put_model(&page, scale);
	fputs("</section>\n", file);
}
