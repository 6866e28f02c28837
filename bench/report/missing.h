/*
 * What only some of several runs have: left out where it would be compared with something else, and named,
 * for a case that silently drops out of a table is a gap nobody sees.
 */
#ifndef PVT_MISSING_H
#define PVT_MISSING_H

#include <stdio.h>

#include "bench/report/machines.h"

/* Makes `alike` and `common` of each run; 0 or -ENOMEM. Their arrays of cases are the caller's to free. */
int missing_align(struct machines *machines);

/* The section of the page; it says so where nothing is missing. */
void missing_put(FILE *file, const struct machines *machines);

#endif
