/*
 * The limits of this process's control group. A limit holds for all below it, so the least of the group's own
 * and of all its ancestors' counts; of version 2 and of the controllers of version 1 (Linux,
 * Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/).
 */
#ifndef PVT_CGROUP_H
#define PVT_CGROUP_H

#include <stdint.h>

/* Where the system says so; a test has others. */
struct cgroup_place {
	const char *self;  /* the lines ID:CONTROLLERS:PATH of this process */
	const char *mount; /* under which the hierarchies are mounted */
};
extern const struct cgroup_place cgroup_here; /* /proc/self/cgroup, /sys/fs/cgroup */

double cgroup_cpus(const struct cgroup_place *place);     /* INFINITY: no limit */
uint64_t cgroup_memory(const struct cgroup_place *place); /* in bytes; UINT64_MAX: no limit */

#endif
