#include "bench/advise/workload.h"

#include <math.h>

struct workload workload_none(void)
{
	return (struct workload){.workers = 1,
				 .pus = 1,
				 .tasks = 1,
				 .longest = 1,
				 .dealing = DEALING_SHARES,
				 .jobs = INFINITY,
				 .phases = 1};
}

static struct estimate scaled(struct estimate e, double factor)
{
	e.value *= factor;
	e.low *= factor;
	e.high *= factor;
	return e;
}

/* Contiguous shares by the number of slices: the longest. */
static double longest_share(const double *slice, uint32_t slices, uint32_t workers)
{
	double longest = 0;
	for (uint32_t w = 0; w < workers; w++) {
		/* A share may begin within a slice: each part of it counts as long as the others. */
		double from = (double)slices * w / workers, to = (double)slices * (w + 1) / workers, sum = 0;
		for (uint32_t s = (uint32_t)from; s < slices && s < to; s++)
			sum += slice[s] * (fmin(to, s + 1) - fmax(from, s));
		longest = fmax(longest, sum);
	}
	return longest;
}

/*
 * Whoever is free takes the next. A slice of many tasks can be cut between tasks, so no worker ends later
 * than one task after the others: Graham, Bounds on Multiprocessing Timing Anomalies, 1969.
 */
static double greedy(const double *slice, uint32_t slices, uint32_t workers, double tasks)
{
	double free_at[64] = {0}, sum = 0, last = 0, longest = 0;
	for (uint32_t s = 0; s < slices; s++) {
		sum += slice[s];
		longest = fmax(longest, slice[s]);
	}
	if (tasks > slices || workers > sizeof free_at / sizeof *free_at)
		return sum / workers + longest * slices / tasks * (workers - 1) / workers / 2;
	for (uint32_t s = 0; s < slices; s++) {
		uint32_t first = 0;
		for (uint32_t w = 1; w < workers; w++)
			first = free_at[w] < free_at[first] ? w : first;
		free_at[first] += slice[s];
		last = fmax(last, free_at[first]);
	}
	return last;
}

static double span_of_slices(const struct workload *d, uint32_t workers, bool shares)
{
	double span = d->between_ns;
	for (uint32_t phase = 0; phase < d->phases; phase++) {
		const double *slice = d->slice_ns + (size_t)phase * d->slices;
		span += shares ? longest_share(slice, d->slices, workers)
			       : greedy(slice, d->slices, workers, d->tasks);
	}
	return span;
}

/* Of tasks that are not alike: in the middle of Graham's bounds, which are its range. */
static struct estimate span_of_tasks(const struct workload *d, uint32_t workers)
{
	double rounds = ceil(d->tasks / workers), mean = d->tasks / workers;
	double tail = (d->longest - 1) * (workers - 1) / workers;
	if (d->longest <= 1)
		return scaled(d->task_ns, rounds);
	struct estimate e = d->task_ns;
	e.low *= fmax(mean, d->longest);
	e.high *= mean + tail + 1;
	e.value *= fmax(fmax(mean, d->longest), mean + tail / 2);
	return e;
}

/* Bounded by the workers, each with a task at a time, and by the CPUs, which compute all of them:
 * the greater of both, as in a closed queue without contention (Denning and Buzen, Computing Surveys 10(3),
 * 1978). */
static struct estimate span_of_waiting(const struct workload *d, uint32_t workers)
{
	double rounds = ceil(d->tasks / workers), computes = 1 - d->wait_ns / d->task_ns.value;
	double units = workers < d->pus ? workers : d->pus;
	double by_units = d->tasks * computes / units + d->wait_ns / d->task_ns.value;
	return scaled(d->task_ns, fmax(rounds, by_units));
}

struct estimate workload_span(const struct workload *d, uint32_t workers, bool shares)
{
	uint32_t at_once = workers < d->pus ? workers : d->pus; /* more take turns, and save nothing */
	if (!d->slice_ns && d->wait_ns > 0)
		return span_of_waiting(d, workers);
	if (!d->slice_ns) {
		struct estimate e = scaled(span_of_tasks(d, at_once), d->phases);
		e.value += d->between_ns;
		e.low += d->between_ns;
		e.high += d->between_ns;
		return e;
	}
	double span = span_of_slices(d, at_once, shares);
	struct estimate e = scaled(d->task_ns, span / d->task_ns.value);
	e.value = span;
	return e;
}
