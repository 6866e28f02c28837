/* The tables of RESULTS.md that have a row for each case, or for each kernel; none where nothing was
 * measured. */
#ifndef PVT_CASE_TABLES_H
#define PVT_CASE_TABLES_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/samples/summary.h"

/* Is the case one of the first table, with kernels that carry no other suite's name? */
bool case_tables_is_of_scaling(const struct case_summary *c);

/* The suite scaling: speedups, processes over threads, lives, rates and counters, these at so many workers.
 */
void case_tables_put_scaling(FILE *file, const struct summary *summary, uint64_t workers);

void case_tables_put_pools(FILE *file, const struct summary *summary);
void case_tables_put_contention(FILE *file, const struct summary *summary);
void case_tables_put_python(FILE *file, const struct summary *summary);

#endif
