/* A file that is made in memory, and then written whole or not at all (folder_write). */
#ifndef PVT_DRAFT_H
#define PVT_DRAFT_H

#include <stddef.h>
#include <stdio.h>

struct draft {
	FILE *file; /* to be written to */
	char *text; /* what draft_close leaves; the caller's to free */
	size_t bytes;
};

/* 0 or -ENOMEM. */
int draft_open(struct draft *draft);

/* Ends it: 0 with its text, or -ENOMEM. */
int draft_close(struct draft *draft);

/* Ends it, and writes it to DIR/name, unless there was an `error` before. 0 or -errno; nothing is left to
 * free. */
int draft_write(struct draft *draft, int error, const char *dir, const char *name);

#endif
