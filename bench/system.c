#include "bench/system.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *system_read_line(const char *path, char *line, size_t bytes)
{
	FILE *file = fopen(path, "re");
	*line = '\0';
	if (file) {
		if (fgets(line, (int)bytes, file))
			line[strcspn(line, "\n")] = '\0';
		else
			*line = '\0';
		fclose(file);
	}
	return line;
}

/* The rest of the first line that starts with `key`, behind its separators; false if there is none. */
static int find_line(const char *path, const char *key, char *value, size_t bytes)
{
	char line[4096];
	FILE *file = fopen(path, "re");
	int found = 0;
	*value = '\0';
	while (file && !found && fgets(line, sizeof line, file)) {
		size_t length = strlen(key);
		if (strncmp(line, key, length) != 0 || !strchr(" \t:", line[length]))
			continue;
		const char *rest = line + length + strspn(line + length, " \t:");
		snprintf(value, bytes, "%.*s", (int)strcspn(rest, "\n"), rest);
		found = 1;
	}
	if (file)
		fclose(file);
	return found;
}

const char *system_cpuinfo(const char *key, char *value, size_t bytes)
{
	find_line("/proc/cpuinfo", key, value, bytes);
	return value;
}

/*
 * A file of this process's cgroup: of version 2, or of the version 1 controller. Inside a container the
 * path of /proc/self/cgroup may not exist below /sys/fs/cgroup; then the root of the mount is ours.
 */
static int cgroup_read(const char *controller, const char *file, char *value, size_t bytes)
{
	char line[4096], path[8192], own[4096] = "/";
	FILE *cgroups = fopen("/proc/self/cgroup", "re");
	while (cgroups && fgets(line, sizeof line, cgroups)) {
		char *names = strchr(line, ':');
		char *where = names ? strchr(names + 1, ':') : NULL;
		if (!where)
			continue;
		*where = '\0';
		where[1 + strcspn(where + 1, "\n")] = '\0';
		const char *name = strstr(names + 1, controller);
		if (*controller ? name && strchr(",", name[strlen(controller)]) : names[1] == '\0')
			snprintf(own, sizeof own, "%s", where + 1);
	}
	if (cgroups)
		fclose(cgroups);
	static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "%s/%s%s/%s", mounts[*controller ? 0 : i / 2], controller,
			 i % 2 ? "/" : own, file);
		if (*system_read_line(path, value, bytes))
			return 1;
	}
	return 0;
}

uint64_t system_memory_available(void)
{
	char text[64];
	uint64_t available = UINT64_MAX;
	if (find_line("/proc/meminfo", "MemAvailable", text, sizeof text))
		available = strtoull(text, NULL, 10) * 1024;
	if (cgroup_read("", "memory.max", text, sizeof text) && strcmp(text, "max") != 0) {
		uint64_t limit = strtoull(text, NULL, 10);
		available = limit < available ? limit : available;
	}
	if (cgroup_read("memory", "memory.limit_in_bytes", text, sizeof text)) {
		uint64_t limit = strtoull(text, NULL, 10);
		available = limit < available ? limit : available;
	}
	return available;
}

double system_cpu_quota(void)
{
	char text[64], period[64];
	char *end;
	if (cgroup_read("", "cpu.max", text, sizeof text) && strncmp(text, "max", 3) != 0) {
		double quota = strtod(text, &end);
		return quota / strtod(end, NULL);
	}
	if (cgroup_read("cpu", "cpu.cfs_quota_us", text, sizeof text) && strtod(text, NULL) > 0 &&
	    cgroup_read("cpu", "cpu.cfs_period_us", period, sizeof period))
		return strtod(text, NULL) / strtod(period, NULL);
	return INFINITY;
}

double system_steal_ns(void)
{
	char line[512];
	unsigned long long steal;
	if (!find_line("/proc/stat", "cpu", line, sizeof line) ||
	    sscanf(line, "%*u %*u %*u %*u %*u %*u %*u %llu", &steal) != 1)
		return -1;
	return (double)steal * 1e9 / (double)sysconf(_SC_CLK_TCK);
}
