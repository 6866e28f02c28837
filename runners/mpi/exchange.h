/*
 * What hosts without common memory do at the end of a phase: each sends the others what its items have
 * written, as the kernel's writes() tells it.
 */
#ifndef PVT_EXCHANGE_H
#define PVT_EXCHANGE_H

#include "kernels/kernel.h"
#include "runners/mpi/fabric.h"

struct range {
	uint64_t begin, end;
};

/* A list that grows. */
struct ranges {
	struct range *at;
	size_t count, room;
};

/* Memory that is kept from job to job, so that no job pays for its pages but the first. */
struct buffer {
	char *at;
	size_t room;
};

struct exchange {
	/* The caller fills. */
	const struct fabric *fabric;
	const struct kernel *kernel;
	const struct params *params;
	char *area;
	struct fabric_group *host;          /* the ranks of this host, its leader first; own is one of … */
	struct fabric_group *leaders;       /* one rank a host, or NULL: this rank is none */
	uint32_t own, locals, hosts, index; /* … locals; this host is `index` of hosts */
	/* Its own. */
	struct ranges mine; /* of this phase, of this rank */
	struct buffer ranges, all_ranges, out, in;
	uint64_t bytes; /* sent by all hosts in this job: the caller sets it to 0 */
};

/* This rank has done these items of the phase at hand. */
void exchange_note(struct exchange *x, uint64_t begin, uint64_t end);

/*
 * Sends what all have noted, to all hosts or to the first alone, and forgets it. Every rank calls it. When it
 * returns, all results of the phase lie in the areas of the hosts that get them; the other ranks of a host
 * know that only after a barrier.
 */
void exchange_phase(struct exchange *x, uint32_t phase, bool to_all);

/*
 * Overwrites all results in this host's area. Those of the sequential reference, or of an earlier session,
 * would otherwise stand in for results that never came.
 */
void exchange_spoil(const struct exchange *x, uint64_t items, uint32_t phases);

void exchange_free(struct exchange *x);

#endif
