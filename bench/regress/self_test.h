/*
 * pvt gate --self-test: how well a gate tells on this machine, now. Whole gates, one after the other, of base
 * against itself (or against a head that is known to be slower): how many are red. From what they measured of
 * the control, which is base in any case: the noise of each case, and the smallest slowdown that would have
 * been found; and whether a place in the block or the size of the environment is an advantage.
 */
#ifndef PVT_SELF_TEST_H
#define PVT_SELF_TEST_H

#include "bench/regress/gate.h"

enum { SELF_TEST_GATES = 20 };

/*
 * Gates in DIR/gate-001 and on, DIR being gate->run.dir; those that DIR/gates.csv lists are not measured
 * again. The table goes to standard output. 0, or an exit code after a message.
 */
int self_test(struct gate_request *gate, size_t gates);

#endif
