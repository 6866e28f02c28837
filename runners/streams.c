#include "runners/streams.h"

#include <stdio.h>
#include <stdio_ext.h>

void streams_flush(void)
{
	FILE *const standard[] = {stdout, stderr};
	for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
		if (ftrylockfile(standard[i]) == 0) {
			fflush_unlocked(standard[i]);
			funlockfile(standard[i]);
		}
}

void streams_drop(void)
{
	__fpurge(stdout);
	__fpurge(stderr);
}
