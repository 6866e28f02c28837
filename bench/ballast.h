/*
 * Ballast: private memory that the harness holds and has touched, as a program does that has worked for a
 * while. What it costs to create a worker beside it, and to touch it there, is what `lifecycle` measures.
 */
#ifndef PVT_BALLAST_H
#define PVT_BALLAST_H

#include <stdbool.h>
#include <stddef.h>

struct ballast {
	void *memory; /* NULL: none */
	size_t bytes;
	bool huge;
};

/*
 * Holds so many bytes, in transparent huge pages or in small ones; what is held already is kept if it is the
 * same. 0, or -errno with `why`: not enough memory, or no huge pages here. All zero is a ballast of nothing.
 */
int ballast_hold(struct ballast *ballast, size_t bytes, bool huge, char *why, size_t why_bytes);
void ballast_release(struct ballast *ballast);

/* "small", "huge": the values of --pages and of the column. */
const char *ballast_pages_name(bool huge);

#endif
