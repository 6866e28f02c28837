/* One number of one case in one invocation, as figures, sentences and verdicts read it; NaN: there is none.
 */
#ifndef PVT_READINGS_H
#define PVT_READINGS_H

#include "bench/samples/summary.h"

typedef double reading(const struct summary *summary, const struct case_summary *c, size_t run);

/* Of a job, in ns. */
reading reading_span, reading_wall;
/* From a crash to the first instruction of the worker that takes the place, and from there to the end of the
 * item that was struck, in ns; files from before redo_ns have neither. Both together, which these have, too.
 */
reading reading_replacement, reading_redone, reading_recovery;
/* Of a worker, in ns: its share of the job's wall time, and the steps of its life. */
reading reading_wall_a_worker, reading_create, reading_start, reading_leave;
/* From asking for a worker, or for a job of a pool's, to the end of its work. */
reading reading_first_result;
/* What one more worker adds to the end of a job, in ns; what opening and closing a pool takes, once. */
reading reading_drain, reading_open;
/* Of an item, in ns: of the span, and of all workers' CPU time. An item of `switch` is there and back:
 * a hand-over is half of it. */
reading reading_span_an_item, reading_cpu_an_item, reading_hand_over;
/* An operation in ns, with the operations of all workers in a fixed window counted; where the case has no
 * such window, as in files of before, of the span. */
reading reading_operation;
/* Of the worker that disturbs the others: its operations in one job. */
reading reading_disturbances;
/* Of a server, in ns: latencies from when a request was due; the time per request, all connections at once.
 */
reading reading_p50, reading_p99, reading_request;
/* For how long one that looks at the clock was held up, in ns. */
reading reading_gap;
/* Of a worker that waits for its job: the share of a CPU that it takes. */
reading reading_waiting;
/* Units of work a second, over the span. */
reading reading_work_a_second;
/* What a worker occupies in KiB: its share of the resident pages, page tables and kernel stack. */
reading reading_kib_a_worker;
/* Its parts. */
reading reading_pss_a_worker, reading_tables_a_worker, reading_stacks_a_worker;

/* Does reading_operation read a window of this case? */
bool readings_has_window(const struct case_summary *c);
/*
 * Is its wall time that of an older version? Its workers were launched from a large process and met before
 * they began. Only for runners that launch for each job.
 */
bool readings_is_older(const struct case_summary *c);

#endif
