/* How far the cases of a run are to be doubted: what RESULTS.md and report.html say of it first. */
#ifndef PVT_DOUBTS_H
#define PVT_DOUBTS_H

#include "bench/samples/summary.h"

enum { DOUBTS_BYTES = 600 };

/* The half-width of the case's interval of span as a share; 0 where it is at most 5 %. */
double doubts_width(const struct case_summary *c);

/* How many cases are wide, and in which suites, as a sentence without a full stop. */
void doubts_tell(const struct summary *summary, char text[static DOUBTS_BYTES]);

#endif
