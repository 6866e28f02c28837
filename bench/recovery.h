/*
 * A crash takes a process along with all its threads. What that costs is shown in a child process: when it
 * has died, another one begins the job anew, for what the threads had done went with it.
 */
#ifndef PVT_RECOVERY_H
#define PVT_RECOVERY_H

#include "bench/trial.h"

/* As trial_take, of a job that crashes, for runners whose workers share a process. */
void recovery_take(struct trial *trial);

#endif
