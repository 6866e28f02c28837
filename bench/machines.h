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

#include "bench/curves.h"
#include "bench/summary.h"

enum { MACHINES_MAX = 8, MACHINE_LABEL_BYTES = 72 };

/* One run folder. */
struct machine_run {
	char dir[PATH_MAX];              /* without links */
	char label[MACHINE_LABEL_BYTES]; /* of the folder; no two are the same */
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

/* Do the arguments of `pvt report`, argv[0] being the command, ask for this: several folders, --out or
 * --plot?
 */
bool machines_are_meant(int argc, char **argv);

/* `pvt report RUN RUN … [--out FILE] [--plot FILE]`; an exit code. */
int machines_command(int argc, char **argv);

/* ---- for the page and the figure ---- */

/* What the runs are measured by, one after the other. */
struct primitive {
	const char *name;
	const char *suite, *kernel;
	uint64_t size;      /* 0: the suite has one, which has to be the same everywhere */
	uint64_t ballast;   /* B */
	bool alone;         /* one worker, else the most that are not more than the units */
	enum metric metric; /* a time in ns */
	double parts;       /* how many of what the name says an item is; 0: the time is the whole job's */
	bool rate;          /* shown as work a second */
	bool only_compared; /* its times depend on the size chosen: only their ratio is shown */
};

/* Ends with one without a name. */
extern const struct primitive primitives[];

/* The case of the primitive under a runner; NULL: not measured. */
const struct case_summary *primitive_case(const struct machine_run *run, const struct primitive *p,
					  const char *runner);

/* In ns or work a second, over the invocations; n is 0 where there is none. */
struct estimate primitive_estimate(const struct machine_run *run, const struct primitive *p,
				   const char *runner);

/* How processes compare with threads: the rows of a table and of the figure. */
size_t machines_ratios(void);
const char *machines_ratio_name(size_t row);

/* Time of processes over time of threads, paired by invocation; n is 0 where there is none. */
struct estimate machines_ratio(const struct machine_run *run, size_t row);

/* The page, in Markdown; `figure` is the name of a picture to show, or NULL. */
void machines_put(FILE *file, const struct machines *machines, const char *figure);

/* Of the page: the section on the machines themselves. */
void machines_put_about(FILE *file, const struct machines *machines);

/* The head of a table: `first`, then a column a machine, aligned as "---:" or "---" says. */
void machines_put_head(FILE *file, const struct machines *machines, const char *first, const char *align);

/* 0 or an exit code after a message. */
int machines_plot(const char *path, const struct machines *machines);

#endif
