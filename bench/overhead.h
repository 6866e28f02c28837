/* What measuring costs: the clock, Google Benchmark's loop, and a job without work under each runner. */
#ifndef PVT_OVERHEAD_H
#define PVT_OVERHEAD_H

#include "bench/environment.h"

/* Measures it (some 10 ms a runner, on two workers or as many as there are PUs). */
void overhead_measure(struct overhead *overhead, const struct machine *machine);

/* Prints it, 80 columns, to standard error. */
void overhead_print(const struct overhead *overhead);

#endif
