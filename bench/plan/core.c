#include "bench/plan/core.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/plan/ballast.h"
#include "bench/plan/lists.h"
#include "bench/samples/patterns.h"
#include "runners/runner.h"

const struct core_comparison core_comparisons[] = {
	{.claim = "computing-power",
	 .suite = "scaling",
	 .runners = "seq,pthread,fork",
	 .workers = "most",
	 .metric = "span_ns",
	 .mean = true},
	{.claim = "locks",
	 .suite = "contention",
	 .kernels = "mutex?(-private)",
	 .runners = "pthread,fork",
	 .workers = "1",
	 .metric = "operation_ns",
	 .together = true,
	 .weight = 3},
	{.claim = "locks",
	 .suite = "contention",
	 .kernels = "mutex?(-private)",
	 .runners = "pthread,fork",
	 .workers = "most",
	 .metric = "operation_ns",
	 .together = true,
	 .weight = 3},
	{.claim = "scaling-further", /* a sample of map-fault, which the claim leaves out, takes as long as
					three */
	 .suite = "contention",
	 .kernels = "!(map-fault|*-private)", /* the private ones have no counterpart in processes */
	 .runners = "pthread,fork",
	 .workers = "most",
	 .metric = "operation_ns",
	 .mean = true},
	{.claim = "bystander",
	 .suite = "bystander",
	 .kernels = "compute-*",
	 .runners = "pthread,fork",
	 .workers = "most",
	 .metric = "span_ns",
	 .together = true},
	{.claim = "bystander",
	 .suite = "bystander",
	 .kernels = "fault-*",
	 .runners = "pthread,fork",
	 .workers = "most",
	 .metric = "span_ns",
	 .together = true},
	{.claim = "mapping",
	 .suite = "mapping",
	 .kernels = "mapping-@(first|later|random)",
	 .runners = "pthread,fork",
	 .workers = "most",
	 .metric = "span_ns"},
	{.claim = "serve",
	 .suite = "serve",
	 .kernels = "serve-@(each|pool)",
	 .runners = "pthread,fork",
	 .size = "100",
	 .metric = "request_ns",
	 .together = true},
	{.claim = "serve",
	 .suite = "serve",
	 .kernels = "connect-*",
	 .runners = "pthread,fork",
	 .metric = "span_ns",
	 .together = true},
	{.claim = "machines",
	 .suite = "scale",
	 .kernels = "@(primes|mandelbrot|matmul|kmeans)",
	 .runners = "pthread,mpi",
	 .workers = "most,over",
	 .metric = "span_ns",
	 .together = true},
	{.claim = "creation",
	 .suite = "lifecycle",
	 .kernels = "empty",
	 .runners = "pthread,fork,spawn",
	 .workers = "1",
	 .ballast = "0",
	 .metric = "wall_ns"},
	{.claim = "fork-server", /* beside nothing, much memory, many threads */
	 .suite = "first-work",
	 .runners = "fork,forkserver,spawn,fork-pool",
	 .size = "1",
	 .ballast = "0",
	 .metric = "wall_ns"},
	{.claim = "fork-server",
	 .suite = "first-work",
	 .runners = "fork,forkserver,spawn,fork-pool",
	 .size = "1",
	 .ballast = "64M",
	 .metric = "wall_ns"},
	{.claim = "fork-server",
	 .suite = "first-work",
	 .runners = "fork,forkserver,spawn,fork-pool",
	 .size = "65",
	 .ballast = "0",
	 .metric = "wall_ns"},
	{.claim = "fork-stall",
	 .suite = "stall",
	 .kernels = "stall-@(fork|spawn)",
	 .runners = "pthread",
	 .ballast = "256M",
	 .pages = "small",
	 .metric = "gap_ns",
	 .together = true},
	{.claim = "fork-safety",
	 .suite = "fork-safety",
	 .runners = "fork,forkserver,spawn",
	 .metric = "hung"},
	{.claim = "pool",
	 .suite = "granularity",
	 .kernels = "task",
	 .runners = "pthread,fork,pthread-pool,fork-pool",
	 .workers = "most",
	 .size = "least",
	 .metric = "wall_ns"},
	{.claim = "idle-pool",
	 .suite = "idle",
	 .runners = "pthread-pool,fork-pool",
	 .workers = "most",
	 .size = "1000",
	 .metric = "wall_ns"},
	{.claim = "idle-pool",
	 .suite = "idle",
	 .runners = "pthread-pool,fork-pool",
	 .workers = "most",
	 .size = "1000000",
	 .metric = "wall_ns"},
	{.claim = "idle-pool",
	 .suite = "idle",
	 .runners = "pthread-pool,fork-pool",
	 .workers = "most",
	 .size = "10000000",
	 .metric = "wall_ns"},
	{.claim = "switching", /* its differences are close to the least that matters */
	 .suite = "switch",
	 .runners = "pthread,fork",
	 .size = "least",
	 .placement = "single",
	 .metric = "span_ns",
	 .mean = true,
	 .weight = 2},
	{.claim = "sharing",
	 .suite = "lifecycle",
	 .kernels = "@(copy|copy-parent)",
	 .runners = "pthread,fork",
	 .workers = "1",
	 .pages = "small",
	 .metric = "span_ns",
	 .together = true},
	{.claim = "sharing",
	 .suite = "lifecycle",
	 .kernels = "fresh",
	 .runners = "pthread,fork",
	 .workers = "1",
	 .metric = "span_ns"},
	{.claim = "sharing",
	 .suite = "channel",
	 .kernels = PATTERN_IN_MEMORY,
	 .runners = "pthread,fork",
	 .size = "1",
	 .metric = "span_ns"},
	{.claim = "communication",
	 .suite = "channel",
	 .kernels = "latency-pipe",
	 .runners = "pthread,fork",
	 .size = "1",
	 .metric = "span_ns"},
	{.claim = "memory",
	 .suite = "memory",
	 .kernels = "empty",
	 .runners = "pthread,fork",
	 .workers = "over",
	 .metric = "pss_kib"},
	{.claim = "gil", /* a sample is long, and one pass would be no median; one core has two speeds at
			    times */
	 .suite = "python",
	 .kernels = "python-loop",
	 .runners = "seq,pthread,fork",
	 .workers = "most",
	 .pythons = "whole",
	 .metric = "span_ns",
	 .together = true, /* all Pythons: one thread's time without a GIL over that with one */
	 .baseline = true,
	 .weight = 6},
	{.claim =
		 "gil", /* apart: to start sub-interpreters takes several times as long as all of the above */
	 .suite = "python",
	 .kernels = "python-loop",
	 .runners = "seq,pthread",
	 .workers = "most",
	 .metric = "span_ns",
	 .baseline = true,
	 .weight = 6},
	{.claim = "gil", /* what sub-interpreters make of C code decides nothing */
	 .suite = "python",
	 .kernels = "python-hash",
	 .runners = "seq,pthread,fork",
	 .workers = "most",
	 .pythons = "whole",
	 .metric = "span_ns",
	 .baseline = true,
	 .weight = 2},
	{.claim = "free-threads",
	 .suite = "python",
	 .kernels = "python-shared",
	 .runners = "seq,pthread,fork",
	 .workers = "most",
	 .pythons = "free",
	 .metric = "span_ns",
	 .together = true,
	 .baseline = true},
	{.claim = "waiting",
	 .suite = "waiting",
	 .runners = "seq,pthread,fork,pthread-pool,fork-pool",
	 .workers = "most,over",
	 .metric = "wall_ns",
	 .together = true},
	{.claim = "isolation",
	 .suite = "isolation",
	 .runners = "pthread,fork",
	 .workers = "most",
	 .metric = "survivors"},
	{.claim = NULL},
};

static bool is_seq(const struct bench_case *c)
{
	return c->runner == runners;
}

/* The most workers of a suite's cases, up to so many. */
static uint32_t most_workers(const struct plan *plan, const char *suite, uint32_t up_to)
{
	uint32_t most = 0;
	for (size_t i = 0; i < plan->count; i++) {
		const struct bench_case *c = &plan->cases[i];
		if (strcmp(c->suite, suite) == 0 && !is_seq(c) && c->workers <= up_to && c->workers > most)
			most = c->workers;
	}
	return most;
}

static uint64_t least_size(const struct plan *plan, const struct bench_case *like)
{
	uint64_t least = like->params.size;
	for (size_t i = 0; i < plan->count; i++) {
		const struct bench_case *c = &plan->cases[i];
		if (c->kernel == like->kernel && strcmp(c->suite, like->suite) == 0 && c->params.size < least)
			least = c->params.size;
	}
	return least;
}

static bool has_workers(const struct plan *plan, const struct bench_case *c, const char *list, uint32_t units)
{
	char word[32];
	if (!list || is_seq(c))
		return true;
	for (const char *at = list; (at = word_list_next(at, word, sizeof word));) {
		uint32_t wanted = strcmp(word, "most") == 0   ? most_workers(plan, c->suite, units)
				  : strcmp(word, "over") == 0 ? most_workers(plan, c->suite, UINT32_MAX)
							      : (uint32_t)strtoul(word, NULL, 10);
		if (c->workers == wanted)
			return true;
	}
	return false;
}

static bool has_size(const struct plan *plan, const struct bench_case *c, const char *size)
{
	return !size || c->params.size ==
				(strcmp(size, "least") == 0 ? least_size(plan, c) : strtoull(size, NULL, 10));
}

static bool has_ballast(const struct bench_case *c, const struct core_comparison *line)
{
	uint64_t bytes = 0;
	if (line->pages && strcmp(line->pages, ballast_pages_name(c->huge)) != 0)
		return false;
	return !line->ballast || (units_size(line->ballast, &bytes) == 0 && c->params.ballast == bytes);
}

static bool has_python(const struct plan *plan, const struct bench_case *c, const char *pythons)
{
	if (!pythons || !c->python)
		return true;
	if (strcmp(pythons, "whole") == 0)
		return !strstr(c->python->label, PYTHON_SUB);
	for (size_t i = 0; i < plan->pythons.count; i++)
		if (*plan->pythons.one[i].label && !plan->pythons.one[i].place.gil)
			return true;
	return false;
}

static bool is_of(const struct plan *plan, const struct bench_case *c, const struct core_comparison *line,
		  uint32_t units)
{
	return strcmp(c->suite, line->suite) == 0 && word_list_has(line->runners, c->runner->name) &&
	       (!line->kernels || fnmatch(line->kernels, c->kernel->name, FNM_EXTMATCH) == 0) &&
	       (!line->placement || strcmp(line->placement, placement_name(c->placement)) == 0) &&
	       has_ballast(c, line) && has_size(plan, c, line->size) && has_python(plan, c, line->pythons) &&
	       has_workers(plan, c, line->workers, units);
}

const struct core_comparison *core_find(const struct plan *plan, const struct bench_case *c, uint32_t units)
{
	for (const struct core_comparison *line = core_comparisons; line->claim; line++)
		if (is_of(plan, c, line, units))
			return line;
	return NULL;
}
