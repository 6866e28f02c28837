/* What measuring costs: the clock, Google Benchmark's loop, and a job without work under each runner. */
#ifndef PVT_OVERHEAD_H
#define PVT_OVERHEAD_H

#include "bench/machine/environment.h"
#include "bench/measure/measure.h"

/* Measures it (some 10 ms per runner, on two workers or as many as there are PUs), with a measure that is
 * open. */
void overhead_measure(struct overhead *overhead, struct measure *measure);

/* Prints it, 80 columns, to standard error. */
void overhead_print(const struct overhead *overhead);

#endif
