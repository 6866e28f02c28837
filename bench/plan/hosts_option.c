#include "bench/plan/hosts_option.h"

#include <string.h>

#include "bench/base/exit.h"

int hosts_option_make(const struct options *o, const struct machine *machine,
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
	const char *missing = error ? NULL : cluster_missing(*cluster);
	if (missing && (o->hosts || o->mpirun))
		return complain(EXIT_UNUSABLE, "--%s: %s", o->mpirun ? "mpirun" : "hosts", missing);
	return error ? complain(EXIT_UNUSABLE, "%s%s", o->hosts ? "--hosts: " : "", why) : 0;
}

/* The first host of the same boot of the same kernel; a host that cannot tell its boot is a machine by
 * itself. */
static uint32_t machine_of(const struct desk *desk, uint32_t host)
{
	uint32_t first = 0;
	while (first < host &&
	       (!desk->host[host].machine || desk->host[first].machine != desk->host[host].machine))
		first++;
	return first;
}

json_t *hosts_option_describe(const struct cluster *cluster)
{
	const struct desk *desk = cluster ? cluster_desk(cluster) : NULL;
	json_t *hosts = desk ? json_array() : NULL;
	bool share = false;
	for (uint32_t h = 0; desk && h < desk->hosts; h++) {
		const struct desk_host *host = &desk->host[h];
		uint32_t machine = machine_of(desk, h);
		share |= machine != h;
		json_array_append_new(hosts,
				      json_pack("{s:s, s:i, s:s, s:i, s:i, s:i, s:i}", "name", host->name,
						"machine", (int)machine, "cpu", host->model, "ranks",
						(int)host->ranks, "units", (int)host->pus, "cores",
						(int)host->cores, "numa_nodes", (int)host->nodes));
	}
	return desk ? json_pack("{s:s, s:o, s:b}", "mpi", desk->library, "hosts", hosts,
				"hosts_share_machine", share)
		    : NULL;
}
