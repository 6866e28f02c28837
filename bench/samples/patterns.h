/* Groups of kernels that plans and verdicts both mean: patterns of fnmatch(3) with FNM_EXTMATCH. */
#ifndef PVT_PATTERNS_H
#define PVT_PATTERNS_H

/* Round trips through memory that both workers see. */
#define PATTERN_IN_MEMORY "latency-@(spin|futex|mutex|semaphore|ring-spin|ring-futex)"

#endif
