/* What a gate leaves in its folder besides the samples: verdicts.csv, verdicts.json, summary.md and the plot.
 */
#ifndef PVT_GATE_FILES_H
#define PVT_GATE_FILES_H

#include "bench/regress/gate.h"

/* What the gate decided, in a line. */
const char *gate_headline(const struct gate_result *result);

/* 0, or an exit code after a message. A missing gnuplot is said, and no failure. */
int gate_files_write(const char *dir, const struct gate_result *result);

#endif
