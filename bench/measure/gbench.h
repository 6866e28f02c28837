/*
 * The C shim over Google Benchmark: its timing loop and calibration, its flags, its JSON. It knows nothing
 * of kernels and runners and decides nothing: one call measures one sample.
 */
#ifndef PVT_GBENCH_H
#define PVT_GBENCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is timed: one call of `jobs` does a whole batch. The last batch is the sample. */
struct gbench_work {
	void *arg;
	double (*jobs)(void *arg, uint64_t count); /* seconds that they say they took; < 0: give up */
};

/*
 * Takes the --benchmark_* flags out of argv and applies them. --benchmark_out=FILE opens FILE for JSON, which
 * names `program` as what was run; it has to stay.
 * 0, or -errno after a message on stderr. A flag that Google Benchmark refuses ends the program, as it does.
 */
int gbench_init(const char *program, int *argc, char **argv);

/* Sums over the iterations of one sample. */
struct gbench_result {
	uint64_t iterations;         /* 0: `jobs` gave up */
	double seconds, cpu_seconds; /* of the harness, as it is measured; for a report the workers' */
};

/* Measures one sample of `name`: `iterations` jobs, or, if 0, as many as last for min_time_s. */
struct gbench_result gbench_sample(const char *name, const struct gbench_work *work, uint64_t iterations,
				   double min_time_s);

/* Writes a sample of so many workers, which are its threads, to the JSON file, if there is one, with the
 * counter `work_unit` per second (NULL: none). */
void gbench_report(const char *name, const struct gbench_result *result, uint32_t workers,
		   uint64_t repetition, double work, const char *work_unit);

/* What a batch costs besides its jobs, in ns. */
double gbench_batch_ns(void);

/* Closes the JSON file, if there is one. 0 or -errno. */
int gbench_finish(void);

#ifdef __cplusplus
}
#endif

#endif
