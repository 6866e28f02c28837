/* What a cell leaves to the desk, and so does not link: ranks on other machines. */
#include <errno.h>
#include <stdio.h>

#include "runners/session.h"

static int no_ranks(struct session *s, char *why, size_t why_bytes)
{
	(void)s;
	snprintf(why, why_bytes, "ranks are the desk's: no cell has them");
	return -ENOTSUP;
}

const struct engine engine_mpi = {.open = no_ranks, .run = no_ranks, .leaves_machine = true};
