/*
 * The arms of a block alive at the same time: they take turns sample by sample, in a random order in each
 * pass, and sleep while the others measure (bench/base/turns.h). What a neighbour does to one of them it so
 * does to all, which is why the ratios of a pass say more than those of whole processes one after another.
 */
#ifndef PVT_LIVE_ARMS_H
#define PVT_LIVE_ARMS_H

#include "bench/regress/arms.h"

/* What has been learnt of the arms: whether they take turns, and how many jobs a sample of each case has. */
struct live;

/*
 * Starts each arm once, in the order of the turns. Those that do not take turns measure on their own, once,
 * and so are warm. *made: NULL where some of them do not, which is said. 0, or an exit code after a message.
 */
int live_look(struct gate_run *run, struct gate_turn *turns, const char *filter, struct live **made);
void live_free(struct live *live);

/* One block: a process of each arm, in the order of the turns; their samples lie in arm_fresh_file. 0, or an
 * exit code after a message; no process is left in any case. `random` is the block's. */
int live_block(struct gate_run *run, struct live *live, struct gate_turn *turns, const char *filter,
	       uint64_t *random);

#endif
