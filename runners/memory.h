/* What a process occupies, as the kernel tells it. */
#ifndef PVT_MEMORY_H
#define PVT_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Proportional set size of a process in KiB (a page that n processes share counts 1/n in each), from
 * /proc/PID/smaps_rollup, proc_pid_smaps(5). pid 0: this process. -1 when it cannot be read.
 */
int64_t memory_pss_kib(pid_t pid);

#endif
