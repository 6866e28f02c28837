#include "runners/mpi/greeting.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runners/digest.h"
#include "runners/launcher.h"
#include "runners/mpi/fabric.h"
#include "runners/mpi/member.h"

/* The first three fields stay where they are in every version, and so does the size: they tell versions
 * apart. */
struct greeting {
	char version[128];
	char host[HOST_NAME_BYTES];
	uint64_t program; /* digest of its file */
	char model[96];
	uint32_t pus, cores, nodes;
	uint64_t machine;
	char reserved[512];
};

static uint64_t boot_id(void)
{
	uint64_t id = 0;
	return digest_file("/proc/sys/kernel/random/boot_id", &id) ? 0 : id;
}

static struct greeting greet(const struct rank *r, const char *version)
{
	struct greeting g = {.pus = machine_pus(r->machine),
			     .cores = machine_cores(r->machine),
			     .nodes = machine_numa_nodes(r->machine),
			     .machine = boot_id()};
	snprintf(g.version, sizeof g.version, "%s", version);
	snprintf(g.host, sizeof g.host, "%s", r->host);
	machine_model(r->machine, g.model, sizeof g.model);
	if (digest_file(process_program(), &g.program))
		g.program = 0;
	return g;
}

void greeting_send(const struct rank *r, const char *version)
{
	struct greeting g = greet(r, version);
	r->fabric->send(r->fabric->all(), 0, TAG_ORDER, &g, sizeof g);
}

static int check(const struct greeting *own, const struct greeting *other, char *why, size_t why_bytes)
{
	if (strncmp(own->version, other->version, sizeof own->version) != 0)
		snprintf(why, why_bytes,
			 "%.100s has pvt %.100s, %.100s has pvt %.100s: install the same on all hosts",
			 other->host, other->version, own->host, own->version);
	else if (own->program != other->program)
		snprintf(why, why_bytes,
			 "%.100s has another build of pvt %.100s than %.100s: install the same file on all "
			 "hosts",
			 other->host, own->version, own->host);
	else
		return 0;
	return -EPROTO;
}

static void add_rank(struct desk *d, uint32_t rank, const struct greeting *g)
{
	uint32_t h = 0;
	while (h < d->hosts && strcmp(d->host[h].name, g->host) != 0)
		h++;
	if (h == HOSTS_MAX)
		h--;
	struct desk_host *host = &d->host[h];
	if (h == d->hosts) {
		*host = (struct desk_host){
			.pus = g->pus, .cores = g->cores, .nodes = g->nodes, .machine = g->machine};
		memcpy(host->name, g->host, sizeof host->name);
		memcpy(host->model, g->model, sizeof host->model);
		d->hosts++;
	}
	host->ranks++;
	d->host_of[rank] = h;
}

int greeting_collect(const struct rank *r, const char *version, struct desk *desk, char *why,
		     size_t why_bytes)
{
	struct greeting own = greet(r, version), other;
	int error = 0;
	desk->ranks = r->ranks;
	if (r->ranks > WORKERS_MAX) {
		snprintf(why, why_bytes, "%u ranks are more than pvt can have, %d", r->ranks, WORKERS_MAX);
		return -E2BIG;
	}
	add_rank(desk, 0, &own);
	for (uint32_t i = 1; i < r->ranks; i++) {
		r->fabric->receive(r->fabric->all(), i, TAG_ORDER, &other, sizeof other);
		if (!error)
			error = check(&own, &other, why, why_bytes);
		add_rank(desk, i, &other);
	}
	atomic_store(&desk->up, 1);
	return error;
}
