/* Which figures a run has something for, and what stands over each. */
#ifndef PVT_FIGURES_H
#define PVT_FIGURES_H

#include "bench/findings/curves.h"
#include "bench/findings/findings.h"
#include "bench/render/plots.h"
#include "bench/scale/scale.h"

enum { FIGURES_OF_RUNS = 19, FIGURES_OF_CURVES = 20, FIGURES_OVER_CURVES = 2, FIGURES_OF_SCALE = 3 };

struct figures {
	/* For plots_draw. */
	struct figure
		figure[FIGURES_OF_RUNS + FIGURES_OF_CURVES + FIGURES_OVER_CURVES + FIGURES_OF_SCALE + 1];
	size_t count;
	char over_curves[FIGURES_OVER_CURVES][CURVE_TITLE_BYTES];
	char of_curves[FIGURES_OF_CURVES][CURVE_TITLE_BYTES], of_scale[FIGURES_OF_SCALE][SCALE_TITLE_BYTES];
};

/* What a run has shown. */
struct figures_of {
	const struct summary *summary;
	const struct findings *findings;
	const struct curves *curves;
	const struct scale *scale;
	size_t ratios; /* rows of ratios.csv */
};

/* The figures point into the findings, the caption, and themselves: they must not be moved. */
void figures_choose(const struct figures_of *of, const char *caption, struct figures *figures);

#endif
