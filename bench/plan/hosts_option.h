/* How far the workers of a run can reach: the hosts that its options name, or this machine alone. */
#ifndef PVT_HOSTS_OPTION_H
#define PVT_HOSTS_OPTION_H

#include <jansson.h>
#include <signal.h>

#include "bench/plan/options.h"
#include "runners/mpi/cluster.h"

/* 0, or EXIT_UNUSABLE after a message. The caller frees the cluster with cluster_free in both cases. */
int hosts_option_make(const struct options *options, const struct machine *machine,
		      const volatile sig_atomic_t *interrupted, struct cluster **cluster);

/*
 * The hosts that the ranks were on, for env.json: "mpi", the library; "hosts", an array in
 * which "machine" is the number of the first host on the same machine; "hosts_share_machine", whether any two
 * are. NULL if there were no ranks. The caller owns it.
 */
json_t *hosts_option_describe(const struct cluster *cluster);

#endif
