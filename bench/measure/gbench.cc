// The only C++ of pvt: see gbench.h.
#include "bench/measure/gbench.h"

#include <benchmark/benchmark.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace
{

constexpr char kOutFlag[] = "--benchmark_out=";
constexpr char kFormatFlag[] = "--benchmark_out_format=";

std::ofstream json_file;
benchmark::JSONReporter json;

// Receives what Google Benchmark measured.
class Listener : public benchmark::BenchmarkReporter
{
      public:
	bool ReportContext(const Context &) override
	{
		return true;
	}
	void ReportRuns(const std::vector<Run> &report) override
	{
		for (const Run &run : report)
			if (!run.GBENCH_FAILED) // a member, see CMakeLists.txt
				result = {static_cast<uint64_t>(run.iterations), run.real_accumulated_time,
					  run.cpu_accumulated_time};
	}
	gbench_result result = {0, 0, 0};
};

// All iterations in one batch: whoever does the jobs times them, so that no job waits for this loop.
void Loop(benchmark::State &state, const gbench_work *work)
{
	while (state.KeepRunningBatch(state.max_iterations)) {
		double seconds = work->jobs(work->arg, static_cast<uint64_t>(state.max_iterations));
		if (seconds < 0) {
			state.SkipWithError("gave up");
			break;
		}
		state.SetIterationTime(seconds);
	}
}

} // namespace

extern "C" FILE *folder_open_named(const char *path, bool fresh); // bench/base/folder.h
extern "C" int gbench_init(const char *program, int *argc, char **argv)
{
	int kept = 1;
	std::string out;
	for (int i = 1; i < *argc; i++) {
		if (!strncmp(argv[i], kOutFlag, strlen(kOutFlag)))
			out = argv[i] + strlen(kOutFlag);
		else if (strncmp(argv[i], kFormatFlag, strlen(kFormatFlag)) != 0)
			argv[kept++] = argv[i];
		else if (strcmp(argv[i] + strlen(kFormatFlag), "json") != 0) {
			fprintf(stderr, "pvt: %s: only json is written; pvt's own CSV comes with --csv\n",
				argv[i]);
			return -EINVAL;
		}
	}
	*argc = kept;
	benchmark::Initialize(argc, argv);
	benchmark::BenchmarkReporter::Context::executable_name = program;
	if (benchmark::ReportUnrecognizedArguments(*argc, argv))
		return -EINVAL;
	if (out.empty())
		return 0;
	errno = 0;
	if (FILE *own = folder_open_named(out.c_str(), true)) // follows no link of another user's
		fclose(own), json_file.open(out);
	if (!json_file.is_open()) {
		int error = errno ? errno : EIO;
		fprintf(stderr, "pvt: --benchmark_out: '%s' cannot be written: %s\n", out.c_str(),
			strerror(error));
		return -error;
	}
	json.SetOutputStream(&json_file);
	json.SetErrorStream(&json_file);
	benchmark::BenchmarkReporter::Context context;
	json.ReportContext(context);
	return 0;
}

extern "C" gbench_result gbench_sample(const char *name, const gbench_work *work, uint64_t iterations,
				       double min_time_s)
{
	Listener listener;
	benchmark::ClearRegisteredBenchmarks();
	auto *bench = benchmark::RegisterBenchmark(name, Loop, work)->UseManualTime();
	if (iterations)
		bench->Iterations(static_cast<int64_t>(iterations));
	else
		bench->MinTime(min_time_s);
	benchmark::RunSpecifiedBenchmarks(&listener, nullptr, "all");
	return listener.result;
}

extern "C" void gbench_report(const char *name, const gbench_result *result, uint32_t workers,
			      uint64_t repetition, double work, const char *work_unit)
{
	if (!json_file.is_open())
		return;
	benchmark::BenchmarkReporter::Run run;
	run.run_name.function_name = name;
	run.repetition_index = static_cast<int64_t>(repetition);
	run.repetitions = run.repetition_index + 1;
	run.threads = workers;
	run.iterations = static_cast<int64_t>(result->iterations);
	run.real_accumulated_time = result->seconds;
	run.cpu_accumulated_time = result->cpu_seconds;
	if (work_unit)
		run.counters[std::string(work_unit) + "/s"] = work * static_cast<double>(result->iterations) /
							      result->seconds;
	json.ReportRuns({run});
}

extern "C" double gbench_batch_ns(void)
{
	constexpr int kBatches = 100;
	gbench_work nothing = {nullptr, [](void *, uint64_t) { return 0.0; }};
	auto start = std::chrono::steady_clock::now();
	for (int i = 0; i < kBatches; i++)
		gbench_sample("nothing", &nothing, 1, 0);
	auto spent = std::chrono::steady_clock::now() - start;
	return std::chrono::duration<double, std::nano>(spent).count() / kBatches;
}

extern "C" int gbench_finish(void)
{
	if (!json_file.is_open())
		return 0;
	json.Finalize();
	json_file.close();
	return json_file ? 0 : -EIO;
}
