/*
 * How many turns each case has in a block of a gate. Turns of one case differ among themselves by far more
 * than the medians of fresh processes do, so a block's noise falls with the root of their number: each case
 * gets as many as the aim takes, as far as the time allows.
 */
#ifndef PVT_TURN_PLAN_H
#define PVT_TURN_PLAN_H

#include <stddef.h>

enum { TURNS_LEAST = 1, TURNS_MOST = 1000, TURNS_TO_LEARN = 12 };

struct turns_of_case {
	double noise;   /* standard deviation of one turn's log ratio */
	double turn_ns; /* one turn of all arms takes so long; above 0 */
	size_t turns;   /* turn_plan's answer: TURNS_LEAST to TURNS_MOST */
};

/*
 * So many that the median of a case's turns has the standard deviation `aim` (of n values of a normal
 * distribution with sigma it is sqrt(pi / (2 n)) sigma: Kendall & Stuart, The Advanced Theory of Statistics,
 * vol. 1, 3rd ed. 1969, example 10.7). Where that is more than block_ns: what is cheap has all that it needs,
 * and the others share what is left in equal times; TURNS_LEAST are never refused.
 */
void turn_plan(struct turns_of_case *cases, size_t count, double aim, double block_ns);

/* The standard deviation of n log ratios, by the median of the absolute deviations from the median; sorts
 * them. NaN for n = 0. */
double turn_noise(double *log_ratio, size_t n);

#endif
