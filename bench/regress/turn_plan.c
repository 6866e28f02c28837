#include "bench/regress/turn_plan.h"

#include <math.h>

#include "bench/stats/statistics.h"

#define NORMAL_OF_MAD 1.4826 /* 1 / quantile of the normal distribution at 3/4 */
enum { HALVINGS = 60 };

static double bounded(double turns)
{
	return fmin(fmax(ceil(turns), TURNS_LEAST), TURNS_MOST);
}

static double wanted(const struct turns_of_case *c, double aim)
{
	double ratio = c->noise / aim;
	return bounded(M_PI / 2 * ratio * ratio);
}

/* With no more than share_ns for any of them; what all take together. */
static double give(struct turns_of_case *cases, size_t count, double aim, double share_ns)
{
	double ns = 0;
	for (size_t i = 0; i < count; i++) {
		struct turns_of_case *c = &cases[i];
		double turns = fmin(wanted(c, aim), bounded(floor(share_ns / c->turn_ns)));
		c->turns = (size_t)turns;
		ns += turns * c->turn_ns;
	}
	return ns;
}

void turn_plan(struct turns_of_case *cases, size_t count, double aim, double block_ns)
{
	double low = 0, high = block_ns;
	if (give(cases, count, aim, INFINITY) <= block_ns)
		return;
	for (int i = 0; i < HALVINGS; i++) {
		double middle = (low + high) / 2;
		*(give(cases, count, aim, middle) <= block_ns ? &low : &high) = middle;
	}
	give(cases, count, aim, low);
}

double turn_noise(double *log_ratio, size_t n)
{
	double middle = stat_median(log_ratio, n);
	for (size_t i = 0; i < n; i++)
		log_ratio[i] = fabs(log_ratio[i] - middle);
	return NORMAL_OF_MAD * stat_median(log_ratio, n);
}
