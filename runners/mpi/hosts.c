#include "runners/mpi/hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runners/runner.h"

/* Names and addresses as they are, but for what a shell or an option of mpirun could be made of. */
static const char in_names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

static int refuse(char *why, size_t why_bytes, const char *word, size_t length, const char *what)
{
	snprintf(why, why_bytes, "'%.*s' %s", (int)length, word, what);
	return -EINVAL;
}

static int read_host(const char *word, size_t length, struct host *host, char *why, size_t why_bytes)
{
	size_t name = strspn(word, in_names);
	uint64_t slots = 0;
	size_t at = name + 1;
	*host = (struct host){.slots = 0};
	if (name == 0 || name >= sizeof host->name || *word == '-' || (name < length && word[name] != ':'))
		return refuse(why, why_bytes, word, length, "is not the name of a host, nor name:ranks");
	snprintf(host->name, sizeof host->name, "%.*s", (int)name, word);
	if (name == length)
		return 0;
	for (; at < length && word[at] >= '0' && word[at] <= '9' && slots <= WORKERS_MAX; at++)
		slots = 10 * slots + (uint64_t)(word[at] - '0');
	host->slots = (uint32_t)slots;
	return at == length && slots >= 1 && slots <= WORKERS_MAX
		       ? 0
		       : refuse(why, why_bytes, word, length,
				"does not end with a number of ranks from 1 to 4096");
}

int hosts_read(const char *list, struct host *hosts, uint32_t *count, char *why, size_t why_bytes)
{
	uint32_t n = 0;
	for (const char *word = list;; word++) {
		size_t length = strcspn(word, ",");
		if (n == HOSTS_MAX)
			return refuse(why, why_bytes, word, length, "is one host too many: 1024 at the most");
		int error = read_host(word, length, &hosts[n], why, why_bytes);
		for (uint32_t i = 0; i < n && !error; i++)
			if (strcmp(hosts[i].name, hosts[n].name) == 0)
				error = refuse(why, why_bytes, word, length, "is named twice");
		if (error)
			return error;
		n++;
		word += length;
		if (!*word)
			break;
	}
	*count = n;
	return 0;
}

static uint32_t first_of(uint32_t workers, uint32_t hosts, uint32_t index)
{
	return (uint32_t)((uint64_t)workers * index / hosts);
}

uint32_t hosts_share(uint32_t workers, uint32_t hosts, uint32_t index)
{
	return first_of(workers, hosts, index + 1) - first_of(workers, hosts, index);
}

uint32_t hosts_of_worker(uint32_t worker, uint32_t workers, uint32_t hosts)
{
	uint32_t index = 0;
	while (index + 1 < hosts && worker >= first_of(workers, hosts, index + 1))
		index++;
	return index;
}

bool hosts_units(const struct machine *machine, enum policy policy, uint32_t ranks, uint32_t rank,
		 uint32_t inside, int *pus)
{
	uint32_t workers = ranks * inside;
	struct pu plan[WORKERS_MAX];
	placement_plan(machine, policy, workers, plan);
	for (uint32_t i = 0; i < inside; i++)
		pus[i] = plan[rank * inside + i].pu;
	return workers <= machine_pus(machine);
}
