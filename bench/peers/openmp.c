/*
 * libgomp as a peer: reads what to measure from its input, answers in ns. Its threads wait actively, which is
 * its fastest and has to be said before it starts, unless an argument says how else.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/peers/work.h"
#include "runners/clock.h"

static uint64_t squares[1 << 20];
static struct work_meeting meeting;

static void empty(uint64_t count, uint64_t steps, int workers)
{
	static uint64_t job;
	(void)steps;
	for (uint64_t end = job + count; job < end; job++) {
#pragma omp parallel for schedule(static) num_threads(workers)
		for (int i = 0; i < workers; i++)
			work_meet(&meeting, job, (uint32_t)i, (uint32_t)workers);
	}
}

/* An index at a time. */
static void square(uint64_t count, uint64_t steps, int workers)
{
	(void)steps;
#pragma omp parallel for schedule(dynamic, 1) num_threads(workers)
	for (uint64_t i = 0; i < count; i++)
		squares[i & ((1 << 20) - 1)] = i * i;
}

static void spin(uint64_t count, uint64_t steps, int workers)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads(workers)
	for (uint64_t i = 0; i < count; i++)
		work_spin(steps);
}

static void spin_static(uint64_t count, uint64_t steps, int workers)
{
#pragma omp parallel for schedule(static) num_threads(workers)
	for (uint64_t i = 0; i < count; i++)
		work_spin(steps);
}

static void seq(uint64_t count, uint64_t steps, int workers)
{
	(void)workers;
	for (uint64_t i = 0; i < count; i++)
		work_spin(steps);
}

/* The last of `count` jobs, each after a gap. */
static double after_gap(uint64_t gap_ns, uint64_t count, int workers)
{
	uint64_t start = 0;
	while (count--) {
		work_gap((double)gap_ns);
		start = clock_ns();
		spin_static((uint64_t)workers, WORK_GAP_STEPS, workers);
	}
	return (double)(clock_ns() - start);
}

/* The share of the others' CPU time meanwhile. */
static double cpu_of_gaps(uint64_t gap_ns, uint64_t count, int workers)
{
	double then = work_clock_ns(CLOCK_MONOTONIC), cpu = work_others_cpu_ns();
	after_gap(gap_ns, count, workers);
	return work_others_share(cpu, then);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(uint64_t count, uint64_t steps, int workers);
	} tasks[] = {{"empty", empty},
		     {"square", square},
		     {"spin", spin},
		     {"spin-static", spin_static},
		     {"seq", seq}};
	char name[32];
	unsigned long long count, steps;
	int workers;
	const char *policy = argc > 1 ? argv[1] : "active"; /* "": libgomp's own choice */
	if (*policy && !getenv("OMP_WAIT_POLICY")) {
		setenv("OMP_WAIT_POLICY", policy, 1);
		execv("/proc/self/exe", argv);
	}
	while (scanf("%31s %llu %llu %d", name, &steps, &count, &workers) == 4) {
		if (strncmp(name, "gap", 3) == 0) {
			printf("%.9f\n",
			       (strcmp(name, "gap") == 0 ? after_gap : cpu_of_gaps)(steps, count, workers));
			fflush(stdout);
			continue;
		}
		size_t t = 0;
		while (t + 1 < sizeof tasks / sizeof *tasks && strcmp(tasks[t].name, name) != 0)
			t++;
		tasks[t].run(WORK_WARM(count), steps, workers);
		uint64_t start = clock_ns();
		tasks[t].run(count, steps, workers);
		printf("%.6f\n", (double)(clock_ns() - start) / (double)count);
		fflush(stdout);
	}
	return 0;
}
