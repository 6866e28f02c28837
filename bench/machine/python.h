/* Which Pythons there are to measure. */
#ifndef PVT_PYTHON_H
#define PVT_PYTHON_H

#include <jansson.h>
#include <stddef.h>

#include "bench/plan/interpreters.h"

/* An array of {name, version, gil, own_gil, program, library, file} for env.json; NULL where there is none.
 */
json_t *python_describe(const struct interpreters *all);

/*
 * Asks those that such an array names, or an object {version, gil, library, file} of files of before, which
 * is the default one: are they the same? `what` tells the first difference.
 */
bool python_differs(const json_t *then, char *what, size_t what_bytes);

#endif
