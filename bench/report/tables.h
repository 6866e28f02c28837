/* summary.csv and ratios.csv: what the plots are drawn from. */
#ifndef PVT_TABLES_H
#define PVT_TABLES_H

#include "bench/samples/summary.h"

/* Processes over threads, pair by pair. */
struct runner_pair {
	const char *processes, *threads;
};
extern const struct runner_pair runner_pairs[]; /* ends with NULLs */

/* 0 or -errno. */
int tables_write_summary(const char *dir, const struct summary *summary);
/* *rows_written: how many ratios there were to write. */
int tables_write_ratios(const char *dir, const struct summary *s, size_t *rows_written);

/* The cases to standard output, 80 columns. */
void tables_print(const struct summary *summary);

#endif
