#include "bench/reach.h"

#include <string.h>

#include "bench/exit.h"

int reach_make(const struct options *o, const struct machine *machine,
	       const volatile sig_atomic_t *interrupted, struct cluster **cluster)
{
	struct cluster_options options = {.hosts = o->hosts,
					  .mpirun = o->mpirun,
					  .unlike = o->unlike_hosts,
					  .timeout_ns = o->timeout_ns,
					  .slots = machine_sweep_pus(machine),
					  .interrupted = interrupted};
	char why[512] = "out of memory";
	*cluster = NULL;
	int error = cluster_make(cluster, &options, why, sizeof why);
	return error ? complain(EXIT_UNUSABLE, "%s%s", o->hosts ? "--hosts: " : "", why) : 0;
}
