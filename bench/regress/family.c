#include "bench/regress/family.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/regress/compare_case.h"
#include "bench/stats/joint.h"

#define Z_POWER 1.6448536269514722 /* 95 of 100 */

/* Its row of what joint_test takes. */
static void put_row(const struct sample_set *base, const struct sample_set *head,
		    const struct compare_options *q, const struct compared_case *c, double *x)
{
	size_t bases = base->summary.run_count, units = bases + (c->paired ? 0 : head->summary.run_count);
	double margin = q->any_slowdown ? 0 : log1p(c->margin), middle = NAN;
	if (c->paired)
		compare_differences(base, head, c, x);
	else
		compare_logarithms(base, head, c, x);
	for (size_t u = 0; u < units; u++) {
		if (!isfinite(x[u]))
			continue;
		if (!c->paired && !isfinite(middle))
			middle = x[u]; /* near 0, so that squares keep their digits */
		x[u] -= c->paired ? margin : middle + (u >= bases ? margin : 0);
	}
}

/*
 * The slowdown that a statistic of t exceeds `critical` at in 95 of 100 comparisons: a noncentral t of so
 * many degrees of freedom is about normal about it, with this deviation (Johnson and Welch, Biometrika 1940).
 */
static double seen(const struct compared_case *c, double critical)
{
	double freedom = (double)(c->paired ? c->base_runs - 1 : c->base_runs + c->head_runs - 2);
	double reach = critical + Z_POWER * sqrt(1 + critical * critical / (2 * freedom));
	return expm1(log1p(c->margin) + compare_error(c) * fmax(0, reach));
}

static void conclude(struct compared *compared, const double *p, double critical)
{
	for (size_t i = 0, row = 0; i < compared->count; i++) {
		struct compared_case *c = &compared->comparison[i];
		if (c->verdict != VERDICT_PASS)
			continue;
		c->adjusted = p[row++];
		c->seen = seen(c, critical);
		if (c->adjusted <= compared->alpha)
			c->verdict = VERDICT_REGRESSION;
		else if (!isfinite(c->seen))
			c->verdict = VERDICT_CANNOT_TELL;
	}
}

int family_judge(const struct sample_set *base, const struct sample_set *head,
		 const struct compare_options *q, struct compared *compared)
{
	struct joint joint = {.bases = base->summary.run_count};
	size_t room = joint.bases + head->summary.run_count;
	double *x = calloc((compared->count + 1) * (room + 1), sizeof *x);
	double *p = calloc(compared->count + 1, sizeof *p), critical;
	int error = x && p ? 0 : -ENOMEM;
	for (size_t i = 0; i < compared->count && !error; i++) {
		const struct compared_case *c = &compared->comparison[i];
		if (c->verdict != VERDICT_PASS)
			continue;
		joint.paired = c->paired; /* of all the same: it is the sides that are paired */
		joint.units = c->paired ? joint.bases : room;
		put_row(base, head, q, c, x + joint.cases++ * joint.units);
	}
	joint.x = x;
	if (!error && joint.cases)
		error = joint_test(&joint, compared->alpha, p, &critical);
	if (!error && joint.cases)
		conclude(compared, p, critical);
	free(x);
	free(p);
	return error;
}
