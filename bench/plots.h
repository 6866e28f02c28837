/* Runs gnuplot on the plot scripts: no shell, no user text in a command. */
#ifndef PVT_PLOTS_H
#define PVT_PLOTS_H

#include <stdbool.h>

struct figure {
	const char *name;   /* of the files: NAME.svg and NAME.png */
	const char *script; /* plots/SCRIPT.gp draws it */
	const char *table;  /* from this table of the run folder */
	const char *suite;  /* its rows of this suite */
	const char *title, *caption;
	bool drawn; /* set by plots_draw */
};

/*
 * Draws the figures (ends with one without a name) from the run folder's tables into DIR/plots. 0, or an exit
 * code after a message: a missing gnuplot is named, and what could be drawn is.
 */
int plots_draw(const char *dir, struct figure *figures);

#endif
