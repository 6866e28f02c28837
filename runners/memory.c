#include "runners/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/procfs.h"

/* The number after `label` at the beginning of a line, in each case not the first. No stdio, no heap: a
 * forked worker calls it. */
static int64_t number_in(const char *path, const char *label)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return MEMORY_UNKNOWN;
	ssize_t got = read(fd, text, sizeof text - 1);
	close(fd);
	if (got <= 0)
		return MEMORY_UNKNOWN;
	text[got] = '\0';
	const char *line = strstr(text, label);
	return line ? strtoll(line + strlen(label), NULL, 10) : MEMORY_UNKNOWN;
}

static int64_t number_of(pid_t pid, const char *file, const char *label)
{
	char path[64];
	if (pid && !procfs_is_own())
		return MEMORY_UNKNOWN;
	if (pid)
		snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	else
		snprintf(path, sizeof path, "/proc/self/%s", file);
	return number_in(path, label);
}

int64_t memory_pss_kib(pid_t pid)
{
	return number_of(pid, "smaps_rollup", "\nPss:");
}

struct memory_use memory_use(pid_t pid)
{
	return (struct memory_use){.pss_kib = memory_pss_kib(pid),
				   .rss_kib = number_of(pid, "status", "\nVmRSS:"),
				   .tables_kib = number_of(pid, "status", "\nVmPTE:")};
}

int64_t memory_huge_kib(void)
{
	return number_in("/proc/self/smaps_rollup", "\nAnonHugePages:");
}

int64_t memory_kernel_stacks_kib(void)
{
	return number_in("/proc/meminfo", "\nKernelStack:");
}

struct memory_use memory_use_of(pid_t pid, pid_t other)
{
	struct memory_use sum = memory_use(pid);
	if (other) {
		struct memory_use more = memory_use(other);
		sum.pss_kib = memory_sum(sum.pss_kib, more.pss_kib);
		sum.rss_kib = memory_sum(sum.rss_kib, more.rss_kib);
		sum.tables_kib = memory_sum(sum.tables_kib, more.tables_kib);
	}
	return sum;
}
