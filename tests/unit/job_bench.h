/*
 * A job on a runner, as the tests of runners put it together: kernel, shared area, the units it is bound to.
 * What fails, fails the test.
 */
#ifndef PVT_TESTS_JOB_BENCH_H
#define PVT_TESTS_JOB_BENCH_H

#include "runners/placement.h"
#include "runners/runner.h"

/*
 * ThreadSanitizer cannot see through fork and valgrind 3.19 does not know pidfd_open: under them
 * PVT_THREADS_ONLY is set, and this is false. ThreadSanitizer does not know pthread_clockjoin_np either, in
 * which a job with a timeout ends: then there is none.
 */
extern bool bench_with_processes;

struct outcome {
	int status;
	struct totals totals;
	char why[256];
};

struct bench {
	struct params params;
	struct arena shared; /* the caller's to destroy */
	int pus[64];
	struct job job;
};

/* The first thing in main: workers that are programs of their own begin here, and do not come back. */
void bench_begin(int argc, char **argv);

void bench_setup(struct bench *b, const char *runner, const struct kernel *kernel, uint64_t size,
		 uint32_t workers);

/* Runs `jobs` jobs; the last outcome. */
struct outcome bench_run_here(struct bench *b, int jobs, bool probe);

/* The same, in a child process where it would change this one for good. */
struct outcome bench_run(struct bench *b, int jobs, bool probe);

/* Of three jobs that have to be good, verified by the kernel. */
uint64_t bench_checksum(const char *runner, const struct kernel *kernel, uint64_t size, uint32_t workers,
			enum schedule schedule, uint64_t chunk);

/* Can it run here: on this machine alone, and under valgrind and ThreadSanitizer? */
bool bench_can_use(const struct runner *runner);

void assert_no_children(void);

#endif
