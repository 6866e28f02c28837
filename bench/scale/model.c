/* What the model predicts, in a section apart from what was measured: its inputs, the check, the predictions.
 */
#include <math.h>
#include <stdio.h>

#include "bench/base/units.h"
#include "bench/render/document.h"
#include "bench/scale/cells.h"

static void put_fit(struct document *page, const struct scale *scale, size_t index)
{
	static const char *const names[] = {"workers of one host", "workers of two hosts"};
	const struct scale_fit *f = &scale->fit[index];
	struct document_row row = {.cells = 0};
	snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "%s", names[index]);
	if (f->fault != LOGGP_FITTED) {
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "cannot be fitted: %s",
			 loggp_fault_text(f->fault));
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "–");
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "–");
	} else {
		const struct estimate rate = {
			.value = 1e9 / f->byte.value, .low = 1e9 / f->byte.high, .high = 1e9 / f->byte.low};
		scale_cell_estimate(&row, SCALE_LATENCY, &f->latency);
		scale_cell_estimate(&row, SCALE_LATENCY, &f->gap);
		scale_cell_estimate(&row, SCALE_BANDWIDTH, &rate);
	}
	document_put_row(page, &row);
}

static void put_check(struct document *page, const struct scale *scale)
{
	static const char *const heads[] = {"what",     "hosts",     "workers",
					    "measured", "predicted", "predicted / measured"};
	char name[DOCUMENT_CELL_BYTES];
	document_table(page,
		       "The model next to what was measured, times of spans: how far it is to be "
		       "trusted where nothing was.",
		       heads, 6);
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_point *p = &scale->point[i];
		struct document_row row = {.cells = 0};
		if (!isfinite(p->over_measured))
			continue;
		const struct scale_point *measured = scale_find(scale, p->what, false, p->kernel, p->size,
								p->runner, p->hosts, p->workers);
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "%s", scale_point_name(p, name));
		document_number(&row, p->hosts);
		document_number(&row, p->workers);
		scale_cell_estimate(&row, p->what, measured ? &measured->y : NULL);
		scale_cell_estimate(&row, p->what, &p->y);
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "%.2f", p->over_measured);
		document_put_row(page, &row);
	}
	document_end(page);
}

static bool opens_prediction(const struct scale *scale, const struct scale_point *p)
{
	return p->predicted && p->hosts == 1 && p->workers == scale->a_host &&
	       (p->what == SCALE_SPEEDUP || p->what == SCALE_EFFICIENCY || p->what == SCALE_ALL_REDUCE ||
		p->what == SCALE_BARRIER);
}

static void put_predictions(struct document *page, const struct scale *scale)
{
	static const char *const heads[] = {"predicted", "1 host",   "2 hosts",  "4 hosts",
					    "8 hosts",   "16 hosts", "32 hosts", "64 hosts"};
	char name[DOCUMENT_CELL_BYTES], about[400], workers[32];
	snprintf(about, sizeof about,
		 "Predicted, not measured, for hosts with %s each: speedup over one core of a job of the "
		 "same size, efficiency of one that grows with the workers, and times. On one host jobs are "
		 "what was measured there; from it they are predicted.",
		 units_show_count(scale->a_host, "worker", workers, sizeof workers));
	document_table(page, about, heads, sizeof heads / sizeof *heads);
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_point *p = &scale->point[i];
		struct document_row row = {.cells = 0};
		if (!opens_prediction(scale, p))
			continue;
		snprintf(document_cell(&row), DOCUMENT_CELL_BYTES, "%s%s", scale_point_name(p, name),
			 p->what == SCALE_SPEEDUP      ? ", speedup"
			 : p->what == SCALE_EFFICIENCY ? ", efficiency"
						       : "");
		for (uint64_t h = 1; h <= SCALE_HOSTS_MOST; h *= 2) {
			const struct scale_point *at = scale_find(scale, p->what, true, p->kernel, p->size,
								  p->runner, h, h * scale->a_host);
			scale_cell_estimate(&row, p->what, at ? &at->y : NULL);
		}
		document_put_row(page, &row);
	}
	document_end(page);
}

static bool any_prediction(const struct scale *scale)
{
	for (size_t i = 0; i < scale->count; i++)
		if (opens_prediction(scale, &scale->point[i]))
			return true;
	return false;
}

/* Measured is what goes in; what comes out is not. */
static void put_lead(struct document *page, const struct scale *scale)
{
	char text[SCALE_TITLE_BYTES], sentence[SCALE_TITLE_BYTES + 400], workers[32];
	scale_tell_predicted(scale, text);
	if (!*text) {
		document_text(page, "A prediction, not a measurement, for which something is missing here.");
		return;
	}
	snprintf(sentence, sizeof sentence,
		 "A prediction, not a measurement. %s. It is made from the parameters below, from each "
		 "kernel's measured span on one host with %s, from its phases, and from the bytes that its "
		 "hosts sent each other.",
		 text, units_show_count(scale->a_host, "worker", workers, sizeof workers));
	document_text(page, sentence);
}

void scale_put_model(struct document *page, const struct scale *scale)
{
	static const char *const heads[] = {"between", "a small message, L + 2o", "gap g", "payload, 1 / G"};
	document_heading(page, 2, "What the model predicts", "model");
	put_lead(page, scale);
	document_table(page,
		       "LogGP (Alexandrov et al., SPAA 1995), fitted to these messages. It knows no "
		       "other traffic, no topology and no memory that gets too small: a guess with a "
		       "reason, not a measurement.",
		       heads, 4);
	put_fit(page, scale, 0);
	put_fit(page, scale, 1);
	document_end(page);
	if (!any_prediction(scale))
		return;
	put_check(page, scale);
	put_predictions(page, scale);
}
