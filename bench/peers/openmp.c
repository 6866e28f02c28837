/*
 * libgomp as a peer: reads what to measure from its input, answers in ns. Its threads wait actively, which is
 * its fastest, and has to be said before it starts.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/peers/work.h"
#include "runners/clock.h"

static uint64_t arrivals, squares[1 << 20];

static void empty(uint64_t count, uint64_t steps)
{
	arrivals = 0;
	(void)steps;
	for (uint64_t job = 0; job < count; job++) {
#pragma omp parallel for schedule(static) num_threads(2)
		for (int i = 0; i < 2; i++)
			work_meet(&arrivals, job);
	}
}

/* An index at a time. */
static void square(uint64_t count, uint64_t steps)
{
	(void)steps;
#pragma omp parallel for schedule(dynamic, 1) num_threads(2)
	for (uint64_t i = 0; i < count; i++)
		squares[i & ((1 << 20) - 1)] = i * i;
}

static void spin(uint64_t count, uint64_t steps)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads(2)
	for (uint64_t i = 0; i < count; i++)
		work_spin(steps);
}

static void spin_static(uint64_t count, uint64_t steps)
{
#pragma omp parallel for schedule(static) num_threads(2)
	for (uint64_t i = 0; i < count; i++)
		work_spin(steps);
}

static void seq(uint64_t count, uint64_t steps)
{
	for (uint64_t i = 0; i < count; i++)
		work_spin(steps);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(uint64_t count, uint64_t steps);
	} tasks[] = {{"empty", empty},
		     {"square", square},
		     {"spin", spin},
		     {"spin-static", spin_static},
		     {"seq", seq}};
	char name[32];
	unsigned long long count, steps;
	(void)argc;
	if (!getenv("OMP_WAIT_POLICY")) {
		setenv("OMP_WAIT_POLICY", "active", 1);
		execv("/proc/self/exe", argv);
	}
	while (scanf("%31s %llu %llu", name, &steps, &count) == 3) {
		size_t t = 0;
		while (t + 1 < sizeof tasks / sizeof *tasks && strcmp(tasks[t].name, name) != 0)
			t++;
		tasks[t].run(WORK_WARM(count), steps);
		uint64_t start = clock_ns();
		tasks[t].run(count, steps);
		printf("%.6f\n", (double)(clock_ns() - start) / (double)count);
		fflush(stdout);
	}
	return 0;
}
