#include "runners/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No stdio, no heap: a forked worker calls it. */
int64_t memory_pss_kib(pid_t pid)
{
	char path[64], text[2048];
	if (pid)
		snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	else
		snprintf(path, sizeof path, "/proc/self/smaps_rollup");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t got = read(fd, text, sizeof text - 1);
	close(fd);
	if (got <= 0)
		return -1;
	text[got] = '\0';
	const char *line = strstr(text, "\nPss:");
	return line ? strtoll(line + strlen("\nPss:"), NULL, 10) : -1;
}
