/* By what machines are laid side by side: what is read of which case, and what is held against what. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/findings.h"
#include "bench/machines.h"

#define GIB ((uint64_t)1 << 30)
#define MIB ((uint64_t)1 << 20)

const struct primitive primitives[] = {
	{"one worker, created and ended", "lifecycle", "empty", .alone = true, .metric = METRIC_WALL},
	{"the same beside 1 GiB of memory", "lifecycle", "empty", .ballast = GIB, .alone = true,
	 .metric = METRIC_WALL},
	{"handing over by pipe", "switch", "switch-pipe", 64, .metric = METRIC_SPAN, .parts = 2},
	{"handing over by futex", "switch", "switch-futex", 64, .metric = METRIC_SPAN, .parts = 2},
	{"round trip by pipe", "channel", "latency-pipe", 1, .metric = METRIC_SPAN, .parts = 1},
	{"round trip by shared memory, spinning", "channel", "latency-spin", 1, .metric = METRIC_SPAN,
	 .parts = 1},
	{"round trip by shared memory and futex", "channel", "latency-futex", 1, .metric = METRIC_SPAN,
	 .parts = 1},
	{"bandwidth of a pipe", "channel", "bandwidth-pipe", MIB, .metric = METRIC_SPAN, .rate = true},
	{"bandwidth of shared memory", "channel", "bandwidth-ring-futex", MIB, .metric = METRIC_SPAN,
	 .rate = true},
	{"page faults, all workers at once", "contention", "fault", .metric = METRIC_SPAN,
	 .only_compared = true},
	{"mmap and munmap, all workers at once", "contention", "mmap", .metric = METRIC_SPAN,
	 .only_compared = true},
	{"a crashed worker's item done again", "isolation", "crash-abort", .metric = METRIC_RECOVERY},
	{.name = NULL},
};

/* Pairs of runners over all kernels of a suite. */
static const struct across {
	const char *name, *suite, *processes, *threads;
	enum metric metric;
} across[] = {
	{"the work of all kernels", "scaling", "fork", "pthread", METRIC_SPAN},
	{"their jobs, launch and end included", "scaling", "fork", "pthread", METRIC_WALL},
	{"their jobs in pools", "scaling", "fork-pool", "pthread-pool", METRIC_WALL},
};

static bool is_of(const struct case_summary *c, const struct primitive *p, const char *runner)
{
	return strcmp(c->suite, p->suite) == 0 && strcmp(c->kernel, p->kernel) == 0 &&
	       strcmp(c->runner, runner) == 0 && (p->size == 0 || c->size == p->size) &&
	       c->ballast == p->ballast && strcmp(c->pages, "huge") != 0 &&
	       strcmp(c->placement, "single") != 0 && c->samples && !(p->alone && c->workers != 1) &&
	       !(c->oversubscribed && c->workers > 1);
}

const struct case_summary *primitive_case(const struct machine_run *run, const struct primitive *p,
					  const char *runner)
{
	const struct case_summary *found = NULL;
	for (size_t i = 0; i < run->alike.count; i++) {
		const struct case_summary *c = &run->alike.cases[i];
		if (is_of(c, p, runner) && (!found || c->workers > found->workers))
			found = c;
	}
	return found;
}

static double reading(const struct primitive *p, const struct case_summary *c, size_t run)
{
	double ns = c->by_run[p->metric][run];
	if (p->rate)
		return c->work / ns * 1e9;
	return p->parts > 0 ? ns / (double)c->items / p->parts : ns;
}

struct estimate primitive_estimate(const struct machine_run *run, const struct primitive *p,
				   const char *runner)
{
	struct estimate e = {.value = NAN, .low = NAN, .high = NAN};
	const struct case_summary *c = primitive_case(run, p, runner);
	double *x = calloc(run->alike.run_count + 1, sizeof *x);
	size_t n = 0;
	for (size_t r = 0; x && c && r < run->alike.run_count; r++) {
		double value = reading(p, c, r);
		if (isfinite(value))
			x[n++] = value;
	}
	if (n)
		e = stat_median_interval(x, n);
	free(x);
	return e;
}

enum { PRIMITIVES = sizeof primitives / sizeof *primitives - 1, ACROSS = sizeof across / sizeof *across };

size_t machines_ratios(void)
{
	return (size_t)PRIMITIVES + ACROSS;
}

const char *machines_ratio_name(size_t row)
{
	return row < PRIMITIVES ? primitives[row].name : across[row - PRIMITIVES].name;
}

struct estimate machines_ratio(const struct machine_run *run, size_t row)
{
	struct estimate e = {.value = NAN, .low = NAN, .high = NAN};
	if (row >= PRIMITIVES) {
		const struct across *a = &across[row - PRIMITIVES];
		size_t kernels;
		return findings_across(&run->common, a->suite, a->processes, a->threads, run->workers,
				       a->metric, &kernels);
	}
	const struct primitive *p = &primitives[row];
	const struct case_summary *threads = primitive_case(run, p, "pthread");
	const struct case_summary *processes = threads ? summary_find(&run->alike, threads, "fork",
								      threads->workers)
						       : NULL;
	return processes && processes->samples ? summary_ratio(&run->alike, processes, threads, p->metric)
					       : e;
}
