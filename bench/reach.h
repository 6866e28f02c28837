/* How far the workers of a run can reach: the hosts that its options name, or this machine alone. */
#ifndef PVT_REACH_H
#define PVT_REACH_H

#include <signal.h>

#include "bench/options.h"
#include "runners/mpi/cluster.h"

/* 0, or EXIT_UNUSABLE after a message. The caller frees the cluster with cluster_free in both cases. */
int reach_make(const struct options *options, const struct machine *machine,
	       const volatile sig_atomic_t *interrupted, struct cluster **cluster);

#endif
