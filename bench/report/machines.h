/*
 * Runs of different machines side by side: what each machine is, what its primitives cost, and how processes
 * compare with threads on it. No verdict: machines differ in more than one thing, so a difference between
 * two of them has no single cause. For builds on one machine there are `pvt compare` and `pvt gate`.
 */
#ifndef PVT_MACHINES_H
#define PVT_MACHINES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "bench/findings/comparisons.h"
#include "bench/findings/curves.h"
#include "bench/machine/env_file.h"
#include "bench/samples/summary.h"

enum { MACHINES_MAX = 8, MACHINE_LABEL_BYTES = 72 };

/* One run folder. */
struct machine_run {
	char dir[PATH_MAX];              /* without links */
	char label[MACHINE_LABEL_BYTES]; /* of the folder; no two are the same */
	struct env_file env;
	struct samples samples;
	struct summary summary;
	struct curves curves;
	uint64_t workers; /* the most of its suite `scaling` that are not more than the units */
	/* Views of the summary, which owns all but the arrays of cases: */
	struct summary alike;  /* without kernels that another run has in other sizes alone */
	struct summary common; /* what every run that has the suite has, at its own most workers */
};

struct machines {
	struct machine_run *run;
	size_t count;
};

/*
 * Lays the run folders side by side: the page into the file `out`, or to standard output (NULL); the figure
 * into the file `picture`, unless it is NULL. An exit code, after a message.
 */
int machines_report(char *const *dirs, size_t count, const char *out, const char *picture);

/* ---- for the page and the figure ---- */

/* Of the page: the verdict of each machine on each claim. */
void machines_put_claims(FILE *file, const struct machines *machines);

/* Time of processes over time of threads on one of them; n is 0 where there is none. */
struct estimate machines_ratio(const struct machine_run *run, const struct comparison *y);

/* The page, in Markdown; `figure` is the name of a picture to show, or NULL. */
void machines_put(FILE *file, const struct machines *machines, const char *figure);

/* Of the page: the section on the machines themselves. */
void machines_put_about(FILE *file, const struct machines *machines);

/* The head of a table: `first`, then a column a machine, aligned as "---:" or "---" says. */
void machines_put_head(FILE *file, const struct machines *machines, const char *first, const char *align);

/* 0 or an exit code after a message. */
int machines_plot(const char *path, const struct machines *machines);

#endif
