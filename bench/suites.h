/* Suites: named lists of cases, as declarations. */
#ifndef PVT_SUITES_H
#define PVT_SUITES_H

/* A cross product of lists (comma-separated; NULL: all). */
struct suite_part {
	const char *kernels, *runners;
	const char *workers; /* numbers, "auto" (1, 2, 4 … to all PUs) and "Nx" (N a PU) */
};

enum { SUITE_PARTS = 4 };

struct suite {
	const char *name, *help;
	struct suite_part part[SUITE_PARTS]; /* ends with one without workers */
};

/* Ends with one without a name. */
extern const struct suite suites[];

#endif
