/* What a process occupies, as the kernel tells it. */
#ifndef PVT_MEMORY_H
#define PVT_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

/* What cannot be read. Sums with it are not known either. */
#define MEMORY_UNKNOWN INT64_MIN

static inline int64_t memory_sum(int64_t a, int64_t b)
{
	return a == MEMORY_UNKNOWN || b == MEMORY_UNKNOWN ? MEMORY_UNKNOWN : a + b;
}

static inline int64_t memory_difference(int64_t a, int64_t b)
{
	return a == MEMORY_UNKNOWN || b == MEMORY_UNKNOWN ? MEMORY_UNKNOWN : a - b;
}

/* What one process occupies, in KiB; MEMORY_UNKNOWN each where it cannot be read: also where /proc is that of
 * another PID namespace, in which `pid` is a stranger's. */
struct memory_use {
	int64_t pss_kib;    /* proportional set size: a page that n processes share counts 1/n in each */
	int64_t rss_kib;    /* resident set size: such a page counts in each */
	int64_t tables_kib; /* its page tables */
};

/* Of process `pid`, 0: this one: smaps_rollup of proc_pid_smaps(5), VmRSS and VmPTE of proc_pid_status(5). */
struct memory_use memory_use(pid_t pid);

/* Of two together: `pid`, and `other` if that is not 0. */
struct memory_use memory_use_of(pid_t pid, pid_t other);

/* What of this process lies in transparent huge pages; or MEMORY_UNKNOWN. */
int64_t memory_huge_kib(void);

/* The stacks that all tasks of the machine have inside the kernel, proc_meminfo(5); or MEMORY_UNKNOWN. */
int64_t memory_kernel_stacks_kib(void);

/*
 * Proportional set size of a process in KiB (a page that n processes share counts 1/n in each), from
 * /proc/PID/smaps_rollup, proc_pid_smaps(5). pid 0: this process. MEMORY_UNKNOWN when it cannot be read.
 */
int64_t memory_pss_kib(pid_t pid);

#endif
