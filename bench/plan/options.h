/* The options of `pvt run` and `pvt list cases`: the one struct that carries what the user asked for. */
#ifndef PVT_OPTIONS_H
#define PVT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/base/option_table.h"
#include "runners/placement.h"
#include "runners/runner.h"

/* Lists are comma-separated texts as given, NULL: the suite's or kernel's own choice. */
struct options {
	const char *suites, *kernels, *runners, *workers, *sizes;
	const char *ballast;  /* bytes, a list */
	const char *pages;    /* of the ballast: small, huge, a list */
	const char *hosts;    /* machines for runners that can leave this one; NULL: this one alone */
	const char *mpirun;   /* command that starts ranks; NULL: what is found */
	bool unlike_hosts;    /* may be different machines */
	const char *pythons;  /* a list; NULL: interpreters.h says which */
	const char *input;    /* file for kernels that read one */
	const char *filter;   /* regular expression on case names (--benchmark_filter) */
	int placement;        /* enum policy; -1: the suite's own */
	int schedule;         /* enum schedule; -1: the kernel's own */
	uint64_t chunk;       /* 0: the schedule's own */
	uint64_t repetitions; /* samples a case; 0: until --precision or --budget */
	uint64_t invocations; /* process invocations at the most */
	double precision;     /* half width of the interval over the median */
	uint64_t budget_ns, timeout_ns;
	double min_time_s; /* of one sample */
	uint64_t seed;
	int hold;        /* rank that stops for a debugger; -1: none */
	const char *out; /* run folder; NULL: results/<time>-<host> */
	const char *csv; /* another file for the samples, "-" for standard output; NULL: none */
	bool quick, dry_run, json;
	bool verbose;          /* a line for each case at the end */
	bool single;           /* one invocation, because its output cannot be continued by another */
	const char *continued; /* how an invocation goes on after another: see invocation.h */
};

/* Of `pvt run`, and of `pvt list`. */
extern const struct option_row options_of_run[];

/*
 * Reads argv[1…]; takes --benchmark_* flags that have a meaning in pvt, and leaves the others in argv for
 * Google Benchmark. Loads the plug-ins that --plugin and PVT_PLUGIN_PATH name (catalog.h). 0, or
 * EXIT_UNUSABLE after a message that names the flag.
 */
int options_read(int *argc, char **argv, struct options *options);

#endif
