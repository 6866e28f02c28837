/* What each figure of curves shows: which cases, what is read of them, and the words around it. */
#ifndef PVT_CURVE_FIGURES_H
#define PVT_CURVE_FIGURES_H

#include "bench/samples/readings.h"
#include "bench/samples/summary.h"

enum unit { UNIT_NS, UNIT_BYTES, UNIT_BYTES_A_SECOND, UNIT_KIB, UNIT_SHARE, UNIT_WORKERS };

struct curve_panel {
	const char *name;
	const char *kernel;                        /* its cases; NULL: all of the figure */
	bool (*has)(const struct case_summary *c); /* which of those; NULL: all */
	reading *y;                                /* NULL: the figure's */
};

enum { CURVE_PANELS = 8 };

struct curve_figure {
	const char *name, *suite;
	const char *kernels; /* a pattern as of glob(7); what `*` stands for names the panel where there is no
				list */
	double (*x)(const struct case_summary *c);
	reading *y;
	struct curve_panel panel[CURVE_PANELS]; /* ends with one without a name */
	enum unit x_unit, y_unit;
	bool only_a_table;
	const char *heading, *about; /* of the section in RESULTS.md */
	const char *panel_head, *x_head;
	/* What the figure shows begins so; then come an x and `title_end`. */
	const char *title, *title_end;
	const char *panels_are; /* "channels": the title is about all of them; NULL: about the first panel's
				   series */
	bool difference_first;  /* the title about all panels begins with the difference between threads and
				   processes */
	bool title_at_most;     /* that x is the largest, where it is about all panels; else the smallest */
};

/* Ends with one without a name. */
extern const struct curve_figure curve_figures[];

#endif
