/*
 * Which Python is measured: the one that is named, that PVT_PYTHON names, or python3. It is asked where its
 * shared library lies; pvt itself is linked with none.
 */
#ifndef PVT_PYTHON_FIND_H
#define PVT_PYTHON_FIND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct python_place {
	char version[32]; /* "3.11.7" */
	bool gil;         /* false: a free-threaded build that runs without */
	bool own_gil;     /* sub-interpreters with a GIL of their own, from 3.12 on, where there is a GIL */
	char library[PATH_MAX];  /* an absolute path */
	char home[2 * PATH_MAX]; /* as PYTHONHOME: where the standard library is */
};

/* Where a name ends with this, each worker gets a sub-interpreter of its own. */
#define PYTHON_SUB "+sub"

/* What is asked when nobody names one: PVT_PYTHON, or python3. */
const char *python_program(void);

/*
 * Starts that Python once. `program`: NULL or "": python_program(). 0, or -EOPNOTSUPP with `why`: what is
 * missing, and what to install.
 */
int python_find(const char *program, struct python_place *place, char *why, size_t why_bytes);

#endif
