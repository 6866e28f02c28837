/* oneTBB as a peer, which speaks C++ only: reads what to measure from its input, answers in ns. */
#include <cstdio>
#include <cstring>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <vector>

#include "bench/peers/work.h"
#include "runners/clock.h"

static std::vector<uint64_t> squares(1 << 20);

static void square(uint64_t count, uint64_t)
{
	tbb::parallel_for(
		tbb::blocked_range<uint64_t>(0, count, 1),
		[](const tbb::blocked_range<uint64_t> &r) {
			for (uint64_t i = r.begin(); i < r.end(); i++)
				squares[i & ((1 << 20) - 1)] = i * i;
		},
		tbb::simple_partitioner());
}

static void spin(uint64_t count, uint64_t steps)
{
	tbb::parallel_for(
		tbb::blocked_range<uint64_t>(0, count, 1),
		[steps](const tbb::blocked_range<uint64_t> &r) {
			for (uint64_t i = r.begin(); i < r.end(); i++)
				work_spin(steps);
		},
		tbb::simple_partitioner());
}

/* The last of `count` jobs, each after a gap. */
static double after_gap(uint64_t gap_ns, uint64_t count, unsigned workers)
{
	uint64_t start = 0;
	while (count--) {
		work_gap(static_cast<double>(gap_ns));
		start = clock_ns();
		spin(workers, WORK_GAP_STEPS);
	}
	return static_cast<double>(clock_ns() - start);
}

/* The share of the others' CPU time meanwhile. */
static double cpu_of_gaps(uint64_t gap_ns, uint64_t count, unsigned workers)
{
	double then = work_clock_ns(CLOCK_MONOTONIC), cpu = work_others_cpu_ns();
	after_gap(gap_ns, count, workers);
	return work_others_share(cpu, then);
}

int main()
{
	char name[32];
	unsigned long long count, steps;
	unsigned workers;
	while (std::scanf("%31s %llu %llu %u", name, &steps, &count, &workers) == 4) {
		tbb::global_control limit(tbb::global_control::max_allowed_parallelism, workers);
		if (std::strncmp(name, "gap", 3) == 0) {
			std::printf("%.9f\n", (std::strcmp(name, "gap") == 0 ? after_gap : cpu_of_gaps)(
						      steps, count, workers));
			std::fflush(stdout);
			continue;
		}
		auto run = std::strcmp(name, "square") == 0 ? square : spin;
		run(WORK_WARM(count), steps);
		uint64_t start = clock_ns();
		run(count, steps);
		std::printf("%.6f\n", static_cast<double>(clock_ns() - start) / static_cast<double>(count));
		std::fflush(stdout);
	}
	return 0;
}
