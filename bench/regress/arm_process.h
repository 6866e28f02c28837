/*
 * One process of an arm: started, talked to, waited for, and ended with all that it has started itself. It
 * leads a process group of its own, so that an arm which is a script leaves nobody behind.
 */
#ifndef PVT_ARM_PROCESS_H
#define PVT_ARM_PROCESS_H

#include <sys/types.h>

#include "bench/base/turns.h"
#include "bench/regress/arms.h"

struct arm_process {
	enum arm arm;
	pid_t pid;  /* 0: there is none */
	int ended;  /* readable when it is gone */
	int socket; /* to take turns by; -1 where it is to measure on its own */
};

/* "base", "head", "control" */
const char *arm_name(enum arm arm);

/* Where an arm writes its samples of this block. */
const char *arm_fresh_file(const struct gate_run *run, enum arm arm, char *path, size_t bytes);

/* Starts the turn's arm; `turns`: offers it to take turns. 0, or EXIT_UNUSABLE after a message. */
int arm_start(const struct gate_run *run, const struct gate_turn *turn, const char *filter, bool turns,
	      struct arm_process *process);

/*
 * Its next message, within `ns`. 0; -EPIPE: it has ended, or hung up; -ETIMEDOUT; -EINTR: the gate is
 * interrupted; another negative errno.
 */
int arm_hear(const struct gate_run *run, struct arm_process *process, uint64_t ns,
	     char text[static TURNS_BYTES]);

/* Waits for it to end by itself, within `ns`. 0, or an exit code after a message, EXIT_INTERRUPTED among
 * them; it is gone in any case. */
int arm_finish(const struct gate_run *run, struct arm_process *process, uint64_t ns);

/* Ends it and its group. */
void arm_stop(struct arm_process *process);

#endif
