/*
 * One test of many cases at once, for as many as there may be: whole invocations change sides, all their
 * cases with them, and each case is judged by the largest statistic that any case comes to (maxT of Westfall
 * and Young: Resampling-Based Multiple Testing, 1993, procedure 2.8). So what few invocations can show is
 * limited by their noise and not by the number of cases, and the cases of an invocation may depend on each
 * other.
 */
#ifndef PVT_JOINT_H
#define PVT_JOINT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Units are invocations. Paired: x is the log ratio of a pair, less the margin. Else: x is a logarithm,
 * head's less the margin; the first `bases` units are base's. NaN: this unit has not measured this case.
 */
struct joint {
	size_t units, bases, cases;
	bool paired;
	const double *x; /* [cases][units] */
};

/*
 * p[c]: the chance that the largest statistic of all cases is at least that of case c if none of them is
 * slower than its margin allows. critical: what a statistic has to exceed to have p <= alpha, INFINITY where
 * nothing does. 0 or -ENOMEM.
 */
int joint_test(const struct joint *joint, double alpha, double *p, double *critical);

#endif
