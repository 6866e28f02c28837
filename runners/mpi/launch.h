/* Starting mpirun, hearing what it says, and ending it with all that it started. */
#ifndef PVT_MPI_LAUNCH_H
#define PVT_MPI_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runners/mpi/hosts.h"
#include "runners/mpi/load.h"

enum { LAUNCH_SAID_BYTES = 8192 };

struct launch {
	pid_t pid;  /* 0: none */
	int fd;     /* readable when it has ended */
	int output; /* what it and the ranks say; -1: it goes where ours goes */
	bool group; /* it has a process group of its own */
	char said[LAUNCH_SAID_BYTES];
	size_t said_bytes;
};

/* What the ranks are to know. */
struct launch_plan {
	const struct flavour *flavour;
	const char *mpirun; /* NULL: the flavour's */
	const struct host *hosts;
	uint32_t host_count;
	int desk_fd;
	uint64_t patience_ns;
};

/* mpirun with all ranks; or, where a launcher has started the other ranks already, rank 0 alone. 0 or -errno.
 */
int launch_ranks(struct launch *launch, const struct launch_plan *plan);
int launch_first(struct launch *launch, const struct launch_plan *plan);

/* Takes in what has been said so far. */
void launch_listen(struct launch *launch);

/*
 * Has a rank said that it ends (rank_fail)? Then the job is over, whether the launcher notices or not; `why`
 * is what it said.
 */
bool launch_failed(const struct launch *launch, char *why, size_t why_bytes);

/*
 * Has it ended, or does it within wait_ms? Then it is reaped, all that it said is taken in, and `why` has the
 * most telling line.
 */
bool launch_ended(struct launch *launch, int wait_ms, char *why, size_t why_bytes);

/* Which of `count` hosts from `first` on starts nothing within the time, asked by mpirun itself; UINT32_MAX:
 * none. */
uint32_t launch_probe(const struct launch_plan *plan, uint32_t first, uint32_t count, uint64_t patience_ns);

/* Ends it: gently first, so that it ends what it started on other hosts. */
void launch_end(struct launch *launch);

#endif
