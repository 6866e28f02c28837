/* One number of one case in one invocation, as figures, sentences and verdicts read it; NaN: there is none.
 */
#ifndef PVT_READINGS_H
#define PVT_READINGS_H

#include "bench/summary.h"

typedef double reading(const struct summary *summary, const struct case_summary *c, size_t run);

/* Of a job, in ns. */
reading reading_span, reading_wall;
/* From a crash to the end of the item that it struck, in ns. */
reading reading_recovery;
/* Of a worker, in ns: its share of the job's wall time, and the steps of its life. */
reading reading_wall_a_worker, reading_create, reading_start, reading_leave;
/* Of an item, in ns: of the span, and of all workers' processor time. An item of `switch` is there and back:
 * a hand-over is half of it. */
reading reading_span_an_item, reading_cpu_an_item, reading_hand_over;
/* Units of work a second, over the span. */
reading reading_work_a_second;
/* What a worker occupies in KiB: its share of the resident pages, page tables and kernel stack. */
reading reading_kib_a_worker;

#endif
