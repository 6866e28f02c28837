/* What a process occupies, as the kernel tells it. */
#ifndef PVT_MEMORY_H
#define PVT_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

/* What one process occupies, in KiB; -1 each where it cannot be read. */
struct memory_use {
	int64_t pss_kib;    /* proportional set size: a page that n processes share counts 1/n in each */
	int64_t rss_kib;    /* resident set size: such a page counts in each */
	int64_t tables_kib; /* its page tables */
};

/* Of process `pid`, 0: this one: smaps_rollup of proc_pid_smaps(5), VmRSS and VmPTE of proc_pid_status(5). */
struct memory_use memory_use(pid_t pid);

/* What of this process lies in transparent huge pages; -1: cannot be read. */
int64_t memory_huge_kib(void);

/* The stacks that all tasks of the machine have inside the kernel, proc_meminfo(5); -1: cannot be read. */
int64_t memory_kernel_stacks_kib(void);

/*
 * Proportional set size of a process in KiB (a page that n processes share counts 1/n in each), from
 * /proc/PID/smaps_rollup, proc_pid_smaps(5). pid 0: this process. -1 when it cannot be read.
 */
int64_t memory_pss_kib(pid_t pid);

#endif
