/*
 * Which Python is measured: the one that PVT_PYTHON names, or python3. It is asked where its shared library
 * lies; pvt itself is linked with none.
 */
#ifndef PVT_PYTHON_FIND_H
#define PVT_PYTHON_FIND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct python_place {
	char version[32];        /* "3.11.7" */
	bool gil;                /* false: a free-threaded build that runs without */
	char library[PATH_MAX];  /* an absolute path */
	char home[2 * PATH_MAX]; /* as PYTHONHOME: where the standard library is */
};

/* Starts that Python once. 0, or -EOPNOTSUPP with `why`: what is missing, and what to install. */
int python_find(struct python_place *place, char *why, size_t why_bytes);

#endif
