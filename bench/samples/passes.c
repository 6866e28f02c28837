/* Two cases of one invocation, pass by pass: what happened to the machine in a pass happened to both. */
#include <math.h>
#include <stdlib.h>

#include "bench/samples/pairing.h"

/* One reading of one case, and where its passes of an invocation begin and end. */
struct arm {
	const struct summary *s;
	const struct case_summary *c;
	reading *read;
	size_t from, to;
};

typedef double combination(double a, double b);

static double log_ratio(double a, double b)
{
	return log(a / b);
}

static double difference(double a, double b)
{
	return a - b;
}

static struct arm arm_of(const struct summary *s, const struct case_summary *c, reading *read, size_t run)
{
	struct arm arm = {.s = s, .c = c, .read = read};
	while (arm.from < c->pass_count && c->pass[arm.from].run < run)
		arm.from++;
	arm.to = arm.from;
	while (arm.to < c->pass_count && c->pass[arm.to].run == run)
		arm.to++;
	return arm;
}

static int compare(const struct case_pass *a, const struct case_pass *b)
{
	int order = (a->block > b->block) - (a->block < b->block);
	return order ? order : (a->pass > b->pass) - (a->pass < b->pass);
}

/* Of the passes that both arms have, into `x`; how many. Passes lie in `by_run` behind the invocations. */
static size_t combine_passes(struct arm a, struct arm b, combination *combine, double *x)
{
	size_t n = 0;
	while (a.from < a.to && b.from < b.to) {
		int order = compare(&a.c->pass[a.from], &b.c->pass[b.from]);
		if (order == 0) {
			x[n] = combine(a.read(a.s, a.c, a.s->run_count + a.from),
				       b.read(b.s, b.c, b.s->run_count + b.from));
			n += isfinite(x[n]) != 0;
		}
		a.from += order <= 0;
		b.from += order >= 0;
	}
	return n;
}

/* The median over the passes that both have; NaN: they share none. */
static double over_passes(struct arm a, struct arm b, combination *combine)
{
	size_t passes = a.to - a.from;
	double *x = passes && b.to > b.from ? calloc(passes, sizeof *x) : NULL;
	double value = x ? stat_median(x, combine_passes(a, b, combine, x)) : NAN;
	free(x);
	return value;
}

double pairing_ratio_of(const struct summary *s, const struct case_summary *a, reading *of_a,
			const struct case_summary *b, reading *of_b, size_t run)
{
	double log_of_it = over_passes(arm_of(s, a, of_a, run), arm_of(s, b, of_b, run), log_ratio);
	return isnan(log_of_it) ? of_a(s, a, run) / of_b(s, b, run) : exp(log_of_it);
}

double pairing_ratio(const struct summary *s, const struct case_summary *a, const struct case_summary *b,
		     reading *read, size_t run)
{
	return pairing_ratio_of(s, a, read, b, read, run);
}

double pairing_difference(const struct summary *s, const struct case_summary *a, const struct case_summary *b,
			  reading *read, size_t run)
{
	double over = over_passes(arm_of(s, a, read, run), arm_of(s, b, read, run), difference);
	return isnan(over) ? read(s, a, run) - read(s, b, run) : over;
}

/* A count that may be 0 has no logarithm: 1 is added. */
static double shifted(double value, bool from_zero)
{
	return log(from_zero ? value + 1 : value);
}

double pairing_shift(const struct pairing_side *base, const struct pairing_side *head, enum metric metric,
		     bool from_zero)
{
	const double *x = base->c->by_run[metric], *y = head->c->by_run[metric];
	struct arm a = arm_of(base->s, base->c, NULL, base->run),
		   b = arm_of(head->s, head->c, NULL, head->run);
	size_t passes = a.to - a.from, n = 0;
	double *shift = passes ? calloc(passes, sizeof *shift) : NULL;
	while (shift && a.from < a.to && b.from < b.to) {
		int order = compare(&a.c->pass[a.from], &b.c->pass[b.from]);
		if (order == 0) {
			shift[n] = shifted(y[b.s->run_count + b.from], from_zero) -
				   shifted(x[a.s->run_count + a.from], from_zero);
			n += isfinite(shift[n]) != 0;
		}
		a.from += order <= 0;
		b.from += order >= 0;
	}
	double median = n ? stat_median(shift, n)
			  : shifted(y[head->run], from_zero) - shifted(x[base->run], from_zero);
	free(shift);
	return median;
}
