/* The run folder: results/<UTC time>-<host>/, and results/latest, which points to the newest. */
#ifndef PVT_FOLDER_H
#define PVT_FOLDER_H

#include <stddef.h>
#include <stdio.h>

/*
 * Makes the run folder `wanted`, or a fresh one below results/ if NULL, and writes its path. A folder that
 * holds samples already is refused: no finished measurement is overwritten. 0, or EXIT_UNUSABLE after a
 * message.
 */
int folder_create(const char *wanted, char *path, size_t bytes);

/* Opens DIR/samples.csv to append. NULL after a message. */
FILE *folder_open_samples(const char *dir);

/* "DIR/name" in `path`; returns path. */
const char *folder_file(const char *dir, const char *name, char *path, size_t bytes);

#endif
