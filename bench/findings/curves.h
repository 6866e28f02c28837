/*
 * The suites that say why: each becomes a figure of curves, a table, and a sentence. curves.csv holds the
 * points; the figures' scripts draw from it.
 */
#ifndef PVT_CURVES_H
#define PVT_CURVES_H

#include <stdio.h>

#include "bench/scale/grain.h"

enum { CURVE_PANEL_BYTES = 96, CURVE_TITLE_BYTES = 480 };

struct curve_figure;

struct curve_point {
	const struct curve_figure *figure;
	size_t place; /* of its panel among the figure's */
	char panel[CURVE_PANEL_BYTES];
	char series[SERIES_BYTES]; /* as summary_series has it */
	double x;
	struct estimate y;
	const struct case_summary *of; /* the case that it is a point of */
};

struct curves {
	struct curve_point *point;
	size_t count;
	const struct summary *summary;
	struct grains grains;
};

/* The figures by number: their name, which is their script's too; NULL past the last. */
const char *curves_figure(size_t index);

/* Or is it a table alone? */
bool curves_is_drawn(size_t index);

/* 0 or -ENOMEM; curves_free is fine in both cases. The summary's samples have to outlive the curves. */
int curves_make(const struct summary *summary, struct curves *curves);
void curves_free(struct curves *curves);

/* How many points a figure has. */
size_t curves_count(const struct curves *curves, const char *figure);

/* What a figure shows, as a sentence without a full stop. */
void curves_title(const struct curves *curves, const char *figure, char *title, size_t bytes);

/* DIR/curves.csv; 0 or -errno. */
int curves_write(const char *dir, const struct curves *curves);

/* A section of TABLES.md for each figure that has points. */
void curves_put_sections(FILE *file, const struct curves *curves);

#endif
