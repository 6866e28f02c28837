#include "bench/findings/numa.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/base/units.h"
#include "bench/samples/pairing.h"

#define SUITE "numa"

enum numa_outcome numa_judge(const struct estimate *threads, const struct estimate *processes,
			     const struct estimate *processes_over_threads)
{
	if (!threads->n || !processes->n)
		return NUMA_UNMEASURED;
	if (!stat_is_sure(threads) || !stat_is_sure(processes) || !stat_is_sure(processes_over_threads))
		return NUMA_UNSURE;
	if (pairing_is_more(processes_over_threads))
		return NUMA_PROCESSES;
	if (pairing_is_less(processes_over_threads))
		return NUMA_THREADS;
	if (pairing_is_more(threads) && pairing_is_more(processes))
		return NUMA_SLOWER;
	return pairing_is_not_more(threads) && pairing_is_not_more(processes) ? NUMA_ALIKE : NUMA_UNSURE;
}

static const struct case_summary *find(const struct summary *s, const char *kernel, const char *runner)
{
	const struct pairing p = {.suite = SUITE,
				  .kernels = kernel,
				  .workers = pairing_most_workers(s, SUITE),
				  .ballast = PAIRING_ANY_BALLAST};
	return pairing_find(s, &p, runner);
}

/* Remote over local, of a runner in one invocation. */
static double slowdown(const struct summary *s, const char *runner, size_t run)
{
	const struct case_summary *local = find(s, "node-local", runner),
				  *remote = find(s, "node-remote", runner);
	return local && remote ? pairing_ratio(s, remote, local, reading_operation, run) : (double)NAN;
}

enum { OF_THREADS, OF_PROCESSES, OF_BOTH, RATIOS };

static void estimate_all(const struct summary *s, struct estimate e[static RATIOS])
{
	double *x[RATIOS] = {NULL};
	size_t n[RATIOS] = {0};
	for (int i = 0; i < RATIOS; i++)
		x[i] = calloc(s->run_count + 1, sizeof *x[i]);
	for (size_t r = 0; x[OF_THREADS] && x[OF_PROCESSES] && x[OF_BOTH] && r < s->run_count; r++) {
		double threads = slowdown(s, "pthread", r), processes = slowdown(s, "fork", r);
		const double ratio[RATIOS] = {threads, processes, processes / threads};
		for (int i = 0; i < RATIOS; i++)
			if (isfinite(ratio[i]) && ratio[i] > 0)
				x[i][n[i]++] = ratio[i];
	}
	for (int i = 0; i < RATIOS; i++) {
		if (n[i])
			e[i] = stat_interval(x[i], n[i]);
		free(x[i]);
	}
}

/* "1.62 [1.58, 1.70]" */
static const char *show(const struct estimate *e, char *text, size_t bytes)
{
	int n = snprintf(text, bytes, "%.2f", e->value);
	if (stat_is_sure(e))
		snprintf(text + n, bytes - (size_t)n, " [%.2f, %.2f]", e->low, e->high);
	return text;
}

enum numa_outcome numa_tell(const struct summary *summary, char *text, size_t bytes)
{
	static const char *const said[] = {[NUMA_UNSURE] = "which does not decide whether they differ",
					   [NUMA_ALIKE] = "no longer, for neither",
					   [NUMA_SLOWER] = "which is no more for the one than for the other",
					   [NUMA_THREADS] = "threads lose more by it",
					   [NUMA_PROCESSES] = "processes lose more by it"};
	struct estimate e[RATIOS] = {{.n = 0}, {.n = 0}, {.n = 0}};
	char threads[64], processes[64], workers[32];
	estimate_all(summary, e);
	enum numa_outcome outcome = numa_judge(&e[OF_THREADS], &e[OF_PROCESSES], &e[OF_BOTH]);
	*text = '\0';
	if (outcome == NUMA_UNMEASURED)
		return outcome;
	snprintf(
		text, bytes,
		"Memory of the farthest NUMA node takes %s times as long to read as local memory in threads, and %s "
		"times in forked processes (%s): %s",
		show(&e[OF_THREADS], threads, sizeof threads),
		show(&e[OF_PROCESSES], processes, sizeof processes),
		units_show_count(pairing_most_workers(summary, SUITE), "worker", workers, sizeof workers),
		said[outcome]);
	return outcome;
}
