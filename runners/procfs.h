/* Whose processes /proc shows. */
#ifndef PVT_PROCFS_H
#define PVT_PROCFS_H

#include <stdbool.h>

/*
 * Are the numbers in /proc those of this process's PID namespace? A container that was given the host's /proc
 * reads of strangers there: a pid of its own is somebody else's. Asked of the system once a process.
 */
bool procfs_is_own(void);

#endif
