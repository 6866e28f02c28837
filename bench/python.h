/* What the report says about Python: which one was measured, and the sentence about its threads and
 * processes. */
#ifndef PVT_BENCH_PYTHON_H
#define PVT_BENCH_PYTHON_H

#include <jansson.h>

#include "bench/summary.h"

/* {version, gil, library, file} for env.json; NULL with `why` when there is none. */
json_t *python_describe(char *why, size_t why_bytes);

/* `python`: "3.11.7"; "" or NULL: unknown. `text` stays as it is when the suite was not measured. */
void python_tell(const struct summary *summary, const char *python, char *text, size_t bytes);

#endif
