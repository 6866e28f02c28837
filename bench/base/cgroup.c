#include "bench/base/cgroup.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/system.h"
#include "bench/base/word_list.h"

const struct cgroup_place cgroup_here = {"/proc/self/cgroup", "/sys/fs/cgroup"};

/* What one group's folder says; the least so far is kept. */
typedef void looker(const char *folder, double *least);

static const char *read_file(const char *folder, const char *name, char *value, size_t bytes)
{
	char path[PATH_MAX + 64];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return system_read_line(path, value, bytes);
}

static void keep_least(double limit, double *least)
{
	if (limit > 0 && limit < *least)
		*least = limit;
}

/* "50000 100000": so much of each period, in us; "max 100000": no limit. */
static void look_cpu_max(const char *folder, double *least)
{
	char text[64], *end;
	if (!*read_file(folder, "cpu.max", text, sizeof text) || strncmp(text, "max", 3) == 0)
		return;
	double quota = strtod(text, &end), period = strtod(end, NULL);
	if (period > 0)
		keep_least(quota / period, least);
}

static void look_cpu_quota(const char *folder, double *least)
{
	char quota[64], period[64];
	if (*read_file(folder, "cpu.cfs_quota_us", quota, sizeof quota) &&
	    *read_file(folder, "cpu.cfs_period_us", period, sizeof period) && strtod(period, NULL) > 0)
		keep_least(strtod(quota, NULL) / strtod(period, NULL), least);
}

static void look_memory_max(const char *folder, double *least)
{
	char text[64];
	if (*read_file(folder, "memory.max", text, sizeof text) && strncmp(text, "max", 3) != 0)
		keep_least(strtod(text, NULL), least);
}

static void look_memory_limit(const char *folder, double *least)
{
	char text[64];
	if (*read_file(folder, "memory.limit_in_bytes", text, sizeof text))
		keep_least(strtod(text, NULL), least);
}

/* From the group up to the root of the mount. Inside a container the path may not exist below the mount, and
 * the root is the container's. */
static void climb(const char *mount, const char *path, looker *look, double *least)
{
	char folder[PATH_MAX];
	size_t root = strlen(mount);
	if (snprintf(folder, sizeof folder, "%s%s", mount, strcmp(path, "/") == 0 ? "" : path) >= PATH_MAX)
		folder[root] = '\0';
	for (;;) {
		look(folder, least);
		char *slash = strrchr(folder, '/');
		if (strlen(folder) <= root || !slash)
			return;
		*(slash > folder + root ? slash : folder + root) = '\0';
	}
}

/* Of version 2 where `controllers` is empty, mounted by itself or beside those of version 1. */
static void look_in(const struct cgroup_place *place, const char *controllers, const char *path, looker *look,
		    double *least)
{
	char mount[PATH_MAX];
	snprintf(mount, sizeof mount, "%s%s%s", place->mount, *controllers ? "/" : "", controllers);
	climb(mount, path, look, least);
	if (!*controllers) {
		snprintf(mount, sizeof mount, "%s/unified", place->mount);
		climb(mount, path, look, least);
	}
}

static double find_least(const struct cgroup_place *place, const char *controller, looker *unified,
			 looker *legacy)
{
	char line[PATH_MAX + 256];
	double least = INFINITY;
	FILE *file = fopen(place->self, "re");
	while (file && fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;
		if (!path)
			continue;
		*path++ = '\0';
		controllers++;
		if (!*controllers)
			look_in(place, "", path, unified, &least);
		else if (word_list_has(controllers, controller)) {
			look_in(place, controllers, path, legacy, &least);
			look_in(place, controller, path, legacy, &least);
		}
	}
	if (file)
		fclose(file);
	return least;
}

double cgroup_cpus(const struct cgroup_place *place)
{
	return find_least(place, "cpu", look_cpu_max, look_cpu_quota);
}

uint64_t cgroup_memory(const struct cgroup_place *place)
{
	double least = find_least(place, "memory", look_memory_max, look_memory_limit);
	return least < (double)UINT64_MAX ? (uint64_t)least : UINT64_MAX;
}
