/*
 * Many cases, one claim. Whoever looks at 18 cases and names those that differ names some by chance; so what
 * a claim names has to hold for all of its looks together. A look asks one ratio two questions: is it above
 * 1.05, is it below 1 / 1.05? Each has the p-value of Student's one-sided t-test on the logarithms of the
 * invocations' ratios, and Holm's method corrects over all questions of the claim: the chance that any of
 * them is answered wrongly with yes is at most 5 %.
 */
#ifndef PVT_LOOKS_H
#define PVT_LOOKS_H

#include "bench/samples/pairing.h"

enum { LOOK_LEAST = 3 }; /* invocations; fewer are no look, and count as none */

struct look {
	const struct case_summary *of; /* a of look_at; NULL */
	struct estimate ratio;
	double p_more, p_less; /* 1: not to be told; corrected after looks_correct */
};

/* `ratio` has the invocations' ratios, above 0; it is sorted. */
struct look look_make(double *ratio, size_t n);

/* a's reading over b's, in the invocations that have both; what it is over, if not 1. */
struct look look_at(const struct summary *s, const struct case_summary *a, const struct case_summary *b,
		    reading *read, double over);

/* Holm's correction over all of them, in place. 0 or -ENOMEM, after which no look tells anything. */
int looks_correct(struct look *look, size_t count);

/* Of corrected ones: surely more than 5 % above, or below, 1. */
bool look_is_more(const struct look *look);
bool look_is_less(const struct look *look);

#endif
