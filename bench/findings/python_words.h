/* The sentence about Python's threads and processes. */
#ifndef PVT_PYTHON_WORDS_H
#define PVT_PYTHON_WORDS_H

#include "bench/samples/summary.h"

/* `python`: "3.11.7"; "" or NULL: unknown. `text` stays as it is when the suite was not measured. */
void python_tell(const struct summary *summary, const char *python, char *text, size_t bytes);

#endif
