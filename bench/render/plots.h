/* Runs gnuplot on the plot scripts: no shell, no user text in a command. */
#ifndef PVT_PLOTS_H
#define PVT_PLOTS_H

#include <stdbool.h>
#include <stddef.h>

struct option_row;

struct figure {
	const char *name;   /* of the files: NAME.svg and NAME.png */
	const char *script; /* plots/SCRIPT.gp draws it */
	const char *table;  /* from this table of the run folder */
	const char *suite;  /* its rows of this suite */
	const char *title, *caption;
	bool first; /* worth a look before the others */
	bool drawn; /* set by plots_draw */
};

/*
 * Draws the figures (ends with one without a name) from the run folder's tables into DIR/plots, as many at
 * once as there are units to run gnuplot on. 0, or an exit code after a message: a missing gnuplot is named,
 * and what could be drawn is. After an interrupt (bench/base/signals.h) none is begun: EXIT_INTERRUPTED.
 */
int plots_draw(const char *dir, struct figure *figures);

/* Takes the name of a file that plots_draw_file can write, .svg or .png, to the `const char *` of a row
 * OPTION_TAKEN. */
int plots_take_name(void *request, const struct option_row *row, const char *text);

/*
 * Draws one figure from a table in memory into `path`, whole or not at all; a link there is replaced, not
 * followed. 0, or an exit code after a message.
 */
int plots_draw_file(const char *path, const struct figure *figure, const char *table, size_t bytes);

#endif
