/*
 * A process and what it has started. A shell that a task runs outlives the task's worker otherwise, and goes
 * on with whatever it does.
 */
#ifndef PVT_FAMILY_H
#define PVT_FAMILY_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Stops a child of the caller, and waits until it stands still. False: it has ended, or does not stop within
 * 50 ms (it sleeps in the kernel). It can be reaped as before.
 */
bool family_stop(pid_t child);

/*
 * Kills a child of the caller and its descendants: each is stopped before its children are listed. Those
 * whose parent has ended before are no longer its own; and where /proc cannot list children (no
 * CONFIG_PROC_CHILDREN, or the /proc of another PID namespace), the process alone is killed.
 */
void family_kill(pid_t pid);

#endif
