/*
 * Processes over threads, case by case, where a figure shows ratios and no curves: what differs stands first,
 * the largest effect before the others. contrasts.csv holds the rows; plots/contrasts.gp draws them.
 */
#ifndef PVT_CONTRASTS_H
#define PVT_CONTRASTS_H

#include <stddef.h>

#include "bench/samples/summary.h"

/* How many rows the figure of this name has. */
size_t contrasts_count(const struct summary *summary, const char *figure);

/* DIR/contrasts.csv; 0 or -errno. */
int contrasts_write(const char *dir, const struct summary *summary);

#endif
