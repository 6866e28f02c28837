/* The table of RESULTS.md on the processor's counters: why threads and processes differ, where they do. */
#ifndef PVT_COUNTERS_TABLE_H
#define PVT_COUNTERS_TABLE_H

#include <stdint.h>
#include <stdio.h>

#include "bench/samples/summary.h"

/* Cases with that many workers, of the suite `scaling`; nothing when nothing was counted. */
void counts_table_put(FILE *file, const struct summary *summary, uint64_t workers);

#endif
