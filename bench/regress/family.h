/*
 * The verdicts of a comparison of many cases in few invocations: all tested jointly (bench/stats/joint.h), so
 * that the smallest slowdown which is found depends on their noise, and any number of cases can be told.
 */
#ifndef PVT_FAMILY_H
#define PVT_FAMILY_H

#include "bench/regress/compare.h"

/* Of the cases whose verdict is VERDICT_PASS: `adjusted`, `seen`, and which are regressions. 0 or -ENOMEM. */
int family_judge(const struct sample_set *base, const struct sample_set *head,
		 const struct compare_options *question, struct compared *compared);

#endif
