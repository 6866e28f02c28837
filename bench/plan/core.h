/*
 * What the verdicts rest on: each claim states its core_comparisons, as lines of data. The cases that they
 * name are the core of a plan, measured in every invocation; all others are its breadth, for the plots.
 */
#ifndef PVT_CORE_H
#define PVT_CORE_H

#include "bench/plan/plan.h"

struct core_comparison {
	const char *claim; /* its id */
	const char *suite;
	const char *kernels; /* a pattern of fnmatch(3) with FNM_EXTMATCH; NULL: all */
	const char *runners; /* a list */
	const char *workers; /* a list: numbers, "most" that the suite has on as many units, "over": the most
				that it has; NULL: any */
	const char *size;    /* a number, or "least" of the kernel's; NULL: any */
	const char *placement;       /* NULL: any */
	const char *ballast, *pages; /* a size, or NULL: any; small or huge, or NULL: any */
	const char *pythons; /* "whole": threads of one interpreter; "free": where one of the plan has no GIL;
				NULL: any */
	const char *metric;  /* the column that decides */
	bool together; /* all its cases are compared; else those of one kernel, size, workers and placement */
	bool mean;     /* the verdict is on a mean over its blocks, and rests on invocations that have all */
	bool baseline; /* the verdict is on speedups: the baseline is one of those that are compared */
	uint32_t weight; /* so many times the time of others; 0: once */
};

/* Ends with one without a claim. */
extern const struct core_comparison core_comparisons[];

/* The first comparison that the case is part of; NULL: none. `units` is how many there are of this machine.
 */
const struct core_comparison *core_find(const struct plan *plan, const struct bench_case *c, uint32_t units);

#endif
