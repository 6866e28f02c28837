/* Which Python there is to measure. */
#ifndef PVT_PYTHON_H
#define PVT_PYTHON_H

#include <jansson.h>
#include <stddef.h>

/* {version, gil, library, file} for env.json; NULL with `why` when there is none. */
json_t *python_describe(char *why, size_t why_bytes);

#endif
