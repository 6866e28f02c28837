/*
 * The MPI job as the harness has it: the hosts, how the job is started and ended, and what it is told. The
 * ranks live as long as one invocation, like the workers of a pool.
 */
#ifndef PVT_CLUSTER_H
#define PVT_CLUSTER_H

#include <signal.h>

#include "runners/mpi/desk.h"

struct cluster;

/* Texts are the caller's, and stay. */
struct cluster_options {
	const char *hosts;   /* as hosts_read has them; NULL: this machine */
	const char *mpirun;  /* command with its own options; NULL: what is found */
	bool unlike;         /* hosts may be different machines */
	uint64_t timeout_ns; /* for an answer; 0: for ever */
	uint32_t slots;      /* ranks on a host for which none are named: its CPUs, as this one's */
	const volatile sig_atomic_t *interrupted;
};

/*
 * Where a launcher has started this process as rank 0, its ranks are taken, and are up when this returns;
 * else none are started yet. 0; -EINVAL, or what else is wrong, with `why`. Free it with cluster_free, which
 * ends the ranks.
 */
int cluster_make(struct cluster **cluster, const struct cluster_options *options, char *why,
		 size_t why_bytes);
void cluster_free(struct cluster *cluster);

/* NULL, or why there can be no ranks at all (no MPI here). */
const char *cluster_missing(const struct cluster *cluster);

uint32_t cluster_hosts(const struct cluster *cluster);
const char *cluster_host_name(const struct cluster *cluster, uint32_t host);
/* Workers that the first hosts have room for, evenly spread, when nobody asks for more. */
uint32_t cluster_room(const struct cluster *cluster, uint32_t hosts);
/* Was this process started as one of them? Then they cannot be started anew. */
bool cluster_is_launched(const struct cluster *cluster);

/* Do so many workers, evenly spread over the first hosts, have a CPU each, as far as can be told?
 */
bool cluster_fits(const struct cluster *cluster, uint32_t workers, uint32_t hosts);

/* A case will have so many ranks, evenly spread over the first hosts. False: they have no room. */
bool cluster_reserve(struct cluster *cluster, uint32_t ranks, uint32_t hosts);

/* NULL unless the ranks are up. Its hosts are then described. */
const struct desk *cluster_desk(const struct cluster *cluster);

/* When the ranks were started and when all were there, clock_ns(); false: not by this process. */
bool cluster_launch_time(const struct cluster *cluster, uint64_t *started_ns, uint64_t *up_ns);

/* Starts the ranks unless they are up. STATUS_OK, another status or a negative errno, with `why`. */
int cluster_up(struct cluster *cluster, char *why, size_t why_bytes);

/*
 * Which ranks a session has, host by host, for sitting.ranks and sitting.hosts. Ranks have to be up. False:
 * some host has fewer than its share.
 */
bool cluster_choose(const struct cluster *cluster, struct sitting *sitting);

/* The desk's sitting, to be filled before ORDER_OPEN. */
struct sitting *cluster_sitting(struct cluster *cluster);

/*
 * Gives an order and waits for the answer, for at most timeout_ns (0: for ever). Its status, with `why`;
 * STATUS_CRASHED when the job ended, with what its launcher said; STATUS_TIMEOUT and -EINTR without words.
 * After the last three only cluster_end may follow.
 */
int cluster_order(struct cluster *cluster, const struct message *message, uint64_t timeout_ns,
		  uint64_t spin_ns, char *why, size_t why_bytes);

/* Ends the ranks, on all hosts that can be reached; those that cannot be end by themselves. */
void cluster_end(struct cluster *cluster);

#endif
