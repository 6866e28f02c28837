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

/* The job after a gap; or what the others have computed in a gap. `steps`: the gap, in ns. */
static double after_gap(uint64_t steps, unsigned workers, bool asks_cpu)
{
	double cpu = work_others_cpu_ns();
	work_gap(static_cast<double>(steps));
	cpu = work_others_cpu_ns() - cpu;
	uint64_t start = clock_ns();
	spin(workers, WORK_GAP_STEPS);
	return asks_cpu ? cpu + 1 : static_cast<double>(clock_ns() - start);
}

int main()
{
	char name[32];
	unsigned long long count, steps;
	unsigned workers;
	while (std::scanf("%31s %llu %llu %u", name, &steps, &count, &workers) == 4) {
		tbb::global_control limit(tbb::global_control::max_allowed_parallelism, workers);
		if (std::strncmp(name, "gap", 3) == 0) {
			std::printf("%.6f\n", after_gap(steps, workers, std::strcmp(name, "gap-cpu") == 0));
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
