/*
 * One case and metric of two sets of samples: its values as logarithms, the exact test that they have (pairs:
 * Wilcoxon's signed ranks; others: Mann and Whitney's rank sum), and what that test could see.
 */
#ifndef PVT_COMPARE_CASE_H
#define PVT_COMPARE_CASE_H

#include "bench/regress/compare.h"

/* Into c: ratio, p, q, noise, how many runs there are of each side. c has base, head, metric and margin. 0 or
 * -ENOMEM. */
int compare_case(const struct sample_set *base, const struct sample_set *head,
		 const struct compare_options *question, struct compared_case *c);

/* The least p that so many values can give. */
double compare_least_p(size_t bases, size_t heads, bool paired);

/* How many a side it takes for that to be alpha or less. */
size_t compare_runs_needed(double alpha, bool paired);

/*
 * The smallest slowdown that a test at `level` finds with probability `power` beyond `margin`, when the log
 * of the ratio has this standard error: exp(1.02 (z_level + z_power) error) above the margin.
 */
double compare_seen(double error, double level, double power, double margin);

/* And the standard error that is small enough to find that slowdown. */
double compare_error_to_see(double slowdown, double level, double power, double margin);

/* The standard error of the logarithm of its ratio. */
double compare_error(const struct compared_case *c);

/*
 * The logarithms of head over base for each of base->summary.runs, of which there must be no more than
 * COMPARE_RUNS_MAX; NaN where one of the two has none.
 */
void compare_differences(const struct sample_set *base, const struct sample_set *head,
			 const struct compared_case *c, double *d);

/* The logarithms of both sides: base's of each of its summary.runs, then head's; NaN where there is none. */
void compare_logarithms(const struct sample_set *base, const struct sample_set *head,
			const struct compared_case *c, double *x);

#endif
