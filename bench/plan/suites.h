/* Suites: named lists of cases, as declarations. */
#ifndef PVT_SUITES_H
#define PVT_SUITES_H

#include <stdbool.h>
#include <stdint.h>

/* A cross product of lists (comma-separated). Kernels: NULL: all that share out their items; a list may have
 * patterns as of glob(7). Runners: by name, or @launched, @pooled, @steal, all of
 * that kind; NULL: all. Also: more of them, which are there only when --runner names
 * them. */
struct suite_part {
	const char *kernels, *runners, *also;
	const char *workers;         /* numbers, "auto" (1, 2, 4 … to all PUs) and "Nx" (N a PU) */
	const char *sizes;           /* NULL: medium, or small in a quick run, and more of it on a machine
					with many units: see grown_size of plan.c */
	const char *placements;      /* NULL: compact */
	const char *ballast, *pages; /* bytes; "small", "huge"; NULL: none, small */
	const char *hosts;  /* of runners that can leave the machine: numbers, "auto" (1, 2, 4 … to all);
			       NULL: all that there are */
	uint64_t window_ms; /* operations are repeated, and counted, for at least this long; 0: as it comes */
	bool each;          /* items are dealt one at a time */
	bool weak;          /* sizes are those of one worker: a job of n workers has n times as much */
};

enum { SUITE_PARTS = 12 };

struct suite {
	const char *name, *help;
	const char *decides; /* what its cases are measured for, in 21 columns */
	bool beyond;         /* is about several hosts: there by itself only where there are some */
	bool memory;         /* its verdict is on memory, too */
	struct suite_part part[SUITE_PARTS]; /* ends with one without workers */
};

/* Ends with one without a name. */
extern const struct suite suites[];

/* What the suite of this name decides; the name itself where it is nobody's. */
const char *suites_decide(const char *name);

/* Is its verdict on memory, too? */
bool suites_ask_memory(const char *name);

#endif
