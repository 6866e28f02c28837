/*
 * Ballast: private memory that a cell holds and has touched, as a program does that has worked for a while.
 * What it costs to create a worker with it, and to touch it there, is what `lifecycle` measures.
 */
#ifndef PVT_BALLAST_H
#define PVT_BALLAST_H

#include <stdbool.h>
#include <stddef.h>

/* Why there cannot be so much here: true, with `why`. */
bool ballast_refuse(size_t bytes, char *why, size_t why_bytes);

/* "small", "huge": the values of --pages and of the column. */
const char *ballast_pages_name(bool huge);

#endif
