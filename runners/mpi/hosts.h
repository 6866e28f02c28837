/* The machines of an MPI job: their names and how many ranks each may have, and how workers are spread over
 * them. */
#ifndef PVT_HOSTS_H
#define PVT_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runners/placement.h"

enum { HOSTS_MAX = 1024, HOST_NAME_BYTES = 256 };

struct host {
	char name[HOST_NAME_BYTES];
	uint32_t slots; /* ranks that it may have; 0: not said */
};

/*
 * Reads "a:8,b:8" or "a,b" into hosts[HOSTS_MAX]. 0 and `count` of them; -EINVAL with `why` naming the word:
 * an empty list or name, a character that no host name has, a name twice, no number from 1 to WORKERS_MAX,
 * more than HOSTS_MAX hosts.
 */
int hosts_read(const char *list, struct host *hosts, uint32_t *count, char *why, size_t why_bytes);

/* Workers on host `index` of `hosts`, when they are spread as evenly as they can be. */
uint32_t hosts_share(uint32_t workers, uint32_t hosts, uint32_t index);

/* On which host a worker is: ranks follow each other host by host. */
uint32_t hosts_of_worker(uint32_t worker, uint32_t workers, uint32_t hosts);

/*
 * Units of the workers in one rank, the `rank`-th of `ranks` on a host whose topology is `machine`:
 * pus[inside], as placement_plan gives them to all workers of the host. False: they are more than the host
 * has units.
 */
bool hosts_units(const struct machine *machine, enum policy policy, uint32_t ranks, uint32_t rank,
		 uint32_t inside, int *pus);

#endif
