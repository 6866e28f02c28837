/* RESULTS.md, report.html and the plots, from a run folder's samples.csv. */
#ifndef PVT_REPORT_H
#define PVT_REPORT_H

#include <stdbool.h>

/*
 * Writes summary.csv, ratios.csv, plots/ and RESULTS.md into the folder; report.html when
 * asked. The verdicts go to standard output; before them, when asked, a line for each case. Returns an exit
 * code: EXIT_FAILED when some sample is wrong or its worker failed.
 */
int report_write(const char *dir, bool verbose, bool html);

#endif
