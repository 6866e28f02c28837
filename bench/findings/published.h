/* Figures that others have published, next to what this run measured of the same. */
#ifndef PVT_PUBLISHED_H
#define PVT_PUBLISHED_H

#include <stdio.h>

#include "bench/samples/summary.h"

enum published_unit { PUBLISHED_NS, PUBLISHED_KIB, PUBLISHED_RATIO };

/* What is read of a run: an estimate in the unit of the row; n is 0 where it was not measured. */
typedef struct estimate published_reading(const struct summary *s);

struct published {
	const char *claim; /* its id, as in bench/claims/list.c */
	const char *what;
	double low, high; /* as published; equal where it is one number */
	enum published_unit unit;
	const char *source;
	published_reading *ours;
};

/* Ends with one without a claim. */
extern const struct published published[];

/* A section of RESULTS.md: a row for each that was measured. Nothing where none was. */
void published_put_section(FILE *file, const struct summary *s);

#endif
