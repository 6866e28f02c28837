/* What the ranks of an MPI job tell rank 0 first: which pvt they are, and on what machine. */
#ifndef PVT_GREETING_H
#define PVT_GREETING_H

#include "runners/mpi/desk.h"

struct rank;

void greeting_send(const struct rank *rank, const char *version);

/* On rank 0: fills desk's hosts. 0, or -EPROTO with `why`: some host has another pvt. */
int greeting_collect(const struct rank *rank, const char *version, struct desk *desk, char *why,
		     size_t why_bytes);

#endif
