#include "runners/streams.h"

#include <stdio.h>
#include <stdio_ext.h>

static void flush(FILE *stream)
{
	if (ftrylockfile(stream) != 0)
		return;
	fflush_unlocked(stream);
	funlockfile(stream);
}

void streams_flush(void)
{
	flush(stdout);
	flush(stderr);
}

void streams_drop(void)
{
	__fpurge(stdout);
	__fpurge(stderr);
}
