/* What is left when a worker crashes, and when its work goes on, in words and as a table. */
#ifndef PVT_RECOVERY_TABLE_H
#define PVT_RECOVERY_TABLE_H

#include <stdio.h>

#include "bench/samples/summary.h"

/* A sentence without a full stop; "" where nothing crashed. */
void recovery_tell(const struct summary *summary, char *sentence, size_t bytes);

/* A section of RESULTS.md; nothing where nothing crashed. */
void recovery_put_section(FILE *file, const struct summary *summary);

#endif
