/* What the operating system says of the machine and its noise, read from /proc and /sys. */
#ifndef PVT_SYSTEM_H
#define PVT_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that can be had without swapping: MemAvailable, or less if a cgroup limits it. */
uint64_t system_memory_available(void);

/* CPUs that the cgroup's quota pays for (0.5: half a CPU); infinity without one. Versions 1 and 2. */
double system_cpu_quota(void);

/* Time that the hypervisor took from us since boot, over all CPUs, in ns; -1 if unknown. proc_stat(5). */
double system_steal_ns(void);

/* The first line of a file without its newline, "" when it cannot be read. */
const char *system_read_line(const char *path, char *line, size_t bytes);

/* The value of `key` in /proc/cpuinfo ("model name"), "" when it is not there. */
const char *system_cpuinfo(const char *key, char *value, size_t bytes);

#endif
