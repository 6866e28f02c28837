/* The run folder: results/<UTC time>-<host>/, and results/latest, which points to the newest. */
#ifndef PVT_FOLDER_H
#define PVT_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Makes the run folder `wanted`, or a fresh one below results/ if NULL, and writes its path. A folder that
 * holds samples already is refused: no finished measurement is overwritten. 0, or EXIT_UNUSABLE after a
 * message.
 */
int folder_create(const char *wanted, char *path, size_t bytes);

/* Opens DIR/samples.csv to append; a fresh one is not there yet. Never follows a link. NULL after a message.
 */
FILE *folder_open_samples(const char *dir, bool fresh);

/* write(2) again and again until all is written. 0 or -errno. */
int folder_write_all(int fd, const char *text, size_t bytes);

/*
 * Writes DIR/name, whole or not at all: a new file takes the place of what had this name, and a link is
 * replaced, not followed. 0 or -errno.
 */
int folder_write(const char *dir, const char *name, const char *text, size_t bytes);

/*
 * Opens a file that the user named himself, to write or to append: a link there is followed, but not another
 * user's in a folder that all may write to (/tmp), whatever fs.protected_symlinks says. NULL and errno.
 */
FILE *folder_open_named(const char *path, bool fresh);

/* "DIR/name" in `path`; returns path. */
const char *folder_file(const char *dir, const char *name, char *path, size_t bytes);

#endif
