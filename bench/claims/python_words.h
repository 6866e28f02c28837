/* The sentence about Python's threads and processes. */
#ifndef PVT_PYTHON_WORDS_H
#define PVT_PYTHON_WORDS_H

#include "bench/samples/summary.h"

enum { PYTHONS_MOST = 12, PYTHON_NAME_BYTES = 64 };

/* The Pythons of the suite's cases that were measured, in their order; how many. */
size_t python_list(const struct summary *summary, const char *python[static PYTHONS_MOST]);

/* "3.13.5t" has no GIL, "3.13.5+sub" gives each thread an interpreter. */
bool python_is_free(const char *python);
bool python_has_subs(const char *python);

/*
 * "3.13.5", "3.13.5 (free-threaded)", "3.13.5 (sub-interpreters)". In files of before the samples do not say
 * which: then what `otherwise` says, or "(version unknown)".
 */
const char *python_name(const char *python, const char *otherwise, char text[static PYTHON_NAME_BYTES]);

/* `python`: "3.11.7"; "" or NULL: unknown. `text` stays as it is when the suite was not measured. */
void python_tell(const struct summary *summary, const char *python, char *text, size_t bytes);

#endif
