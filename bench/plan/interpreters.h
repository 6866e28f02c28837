/* Which Pythons are measured side by side: those of --python, or what is found. */
#ifndef PVT_INTERPRETERS_H
#define PVT_INTERPRETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/python/find.h"

enum { INTERPRETERS_MOST = 12, INTERPRETER_WHY = 512 };

struct interpreter {
	char program[PATH_MAX]; /* as kernels take it: a name or a path, with +sub behind it */
	char label[48];         /* "3.13.5", "3.13.5t" without a GIL, "3.13.5+sub"; "" where there is none */
	struct python_place place; /* where there is one */
};

struct interpreters {
	struct interpreter *one;
	size_t count;
};

/*
 * `list`: names or paths, separated by commas, or "all": whatever is called python3 or python3.N on PATH.
 * NULL: PVT_PYTHON alone, or python3 with, if there is a python3.Nt, the newest of these and the build of the
 * same version with a GIL. Those from 3.12 on that have a GIL come twice, with sub-interpreters too; NAME+sub
 * is these alone. 0, or EXIT_UNUSABLE after a message: of a list one cannot be used. Without a list the first
 * has no label where there is none, and the kernels say why. The caller frees them.
 */
int interpreters_find(const char *list, struct interpreters *all);
void interpreters_free(struct interpreters *all);

#endif
