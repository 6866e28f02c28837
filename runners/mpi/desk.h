/*
 * What the harness and rank 0 of the MPI job share, and what rank 0 tells the other ranks. Rank 0 runs next
 * to the harness, on one machine: it maps the harness's memory, so the results of a job come to lie where
 * every other runner leaves them. The harness asks through a gate, rank 0 answers through another.
 */
#ifndef PVT_DESK_H
#define PVT_DESK_H

#include <sys/types.h>

#include "runners/control.h"
#include "runners/gate.h"
#include "runners/mpi/hosts.h"
#include "runners/placement.h"

/* What a rank is told to do. */
enum order {
	ORDER_ALIVE, /* nothing: rank 0 and the harness are still there */
	ORDER_OPEN,  /* a session: a struct sitting follows */
	ORDER_JOB,
	ORDER_CLOSE,
	ORDER_QUIT,
};

struct message {
	enum order order;
	enum probe probe; /* of a job */
	bool again;       /* as control.again */
};

/* A session as its ranks know it; the same on all of them. */
struct sitting {
	char kernel[64], plugin[PATH_MAX]; /* as in struct control */
	uint64_t plugin_hash;              /* of the file's content; 0: built in */
	struct params params;
	uint64_t items;
	uint32_t phases;
	bool rate, keeps_time;
	uint32_t workers, hosts, ranks;
	uint32_t rank[WORKERS_MAX]; /* [ranks] of all ranks of the MPI job */
	uint32_t inside;            /* workers in each rank: of a pool, threads or … */
	bool inside_processes;      /* … processes; 0: the rank itself is the worker */
	enum policy policy;
	enum schedule schedule;
	uint64_t chunk;
	uint64_t timeout_ns;
	struct counter_event counter[COUNTERS];
	bool counting;
	int32_t hold;
	/* For ranks on the harness's machine: where its memory is found, under /proc/PID/fd. */
	int32_t harness;
	int control_fd, shared_fd; /* shared_fd -1: no area */
	size_t shared_bytes;
	uint64_t shared_id; /* another one is another area, or the same prepared anew */
};

/* A host as its first rank describes it. */
struct desk_host {
	char name[HOST_NAME_BYTES], model[96];
	uint32_t ranks, pus, cores, nodes;
	uint64_t machine; /* the same on two hosts: they are one machine, booted once */
};

struct desk {
	struct gate asked, answered;
	_Atomic uint32_t up; /* all ranks are there and fit together; `host` is filled */
	struct message message;
	struct sitting sitting;
	char harness_host[HOST_NAME_BYTES]; /* where the harness is, and rank 0 has to be */
	/* Rank 0's answer: 0, a status or a negative errno, with `why`. */
	int32_t status;
	char why[512];
	uint64_t span_ns; /* of the job */
	double barrier_ns, exchanged;
	char library[128]; /* which MPI */
	uint32_t ranks, hosts;
	uint32_t host_of[WORKERS_MAX]; /* [ranks] */
	struct desk_host host[HOSTS_MAX];
};

#endif
