/*
 * A gate that counts instructions and takes no time: by the processor's counters where they can be read, else
 * by valgrind's callgrind; of the sequential runner, at small sizes. What is counted does not jitter, so two
 * runs of each build are enough; where two of one build differ (memory at other addresses, hashes with other
 * seeds), that case cannot be told.
 */
#ifndef PVT_COUNT_GATE_H
#define PVT_COUNT_GATE_H

#include "bench/regress/gate.h"

enum { COUNT_RUNS = 2 };

/* Two runs of one build differ if it is by more than this share of the margin. */
#define COUNT_DIFFERENCE 0.1

#define COUNT_UNSEEN "caches, waiting, locks, system calls and other runners are not seen"

/* Is it instructions that are asked for? 0 or an exit code after a message. */
int count_gate_wanted(const struct compare_options *question, bool *wanted);

/* As gate_carry_out. */
int count_gate_carry_out(struct gate_request *gate, struct gate_result *result);

#endif
