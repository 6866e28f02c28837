#include "bench/base/system.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/base/cgroup.h"

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

uint64_t system_memory_available(void)
{
	char text[64];
	uint64_t available = UINT64_MAX;
	if (find_line("/proc/meminfo", "MemAvailable", text, sizeof text))
		available = strtoull(text, NULL, 10) * 1024;
	uint64_t limit = cgroup_memory(&cgroup_here);
	return limit < available ? limit : available;
}

double system_cpu_quota(void)
{
	return cgroup_cpus(&cgroup_here);
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
