/* One rank's part in a session: the same worker body as everywhere, with messages where others share memory.
 */
#ifndef PVT_MEMBER_H
#define PVT_MEMBER_H

#include "runners/mpi/areas.h"
#include "runners/mpi/desk.h"
#include "runners/mpi/exchange.h"

/* Tags of messages. */
enum { TAG_ORDER = 1, TAG_SITTING, TAG_ACK, TAG_DONE, TAG_RECORDS, TAG_KERNEL };

struct session;

/* What a rank is, from its begin to its end. */
struct rank {
	const struct fabric *fabric;
	uint32_t rank, ranks;
	char host[HOST_NAME_BYTES];
	struct machine *machine;
	struct areas areas;
	const struct kernel *(*find)(const char *name, const char *plugin);
	void *affinity; /* its own, between sessions */
};

struct rank_messages {
	struct messages messages;
	const struct fabric *fabric;
	struct fabric_group *group;
};

struct member {
	struct rank *rank;
	struct sitting sitting;
	const struct kernel *kernel;
	uint32_t index, host, local,
		locals; /* of sitting.ranks; of sitting.hosts; of the ranks of this host */
	struct fabric_group *group, *host_group, *leaders; /* leaders: NULL unless this is one */
	struct arena shared;
	bool lent; /* `shared` belongs to rank->areas */
	int *pus;  /* of the workers inside */
	struct context ctx;
	struct rank_messages messages;
	struct exchange exchange;
	bool exchanges;
	struct session *inside;        /* NULL: this rank is the worker */
	struct worker_record *records; /* [workers in this rank] */
	struct usage usage;            /* when the jobs began */
	double barrier_ns;
	bool *heard; /* [sitting.ranks], on the first: whose work is done */
	bool yields; /* more ranks than CPUs here: who waits gives way */
	bool entered;
};

/* 0, or -errno with `why`: no such kernel, another plug-in than rank 0's. Nothing to be closed then. */
int member_prepare(struct member *member, struct rank *rank, const struct sitting *sitting, char *why,
		   size_t why_bytes);

/* All members together, after all are prepared. 0, or -errno with `why`: then member_close follows. */
int member_open(struct member *member, char *why, size_t why_bytes);

/* Ends this rank's part; the records that go into `control`, as below, say what its workers have used in all.
 */
void member_close(struct member *member, struct control *control);

/*
 * Meets all members at a barrier. The first, with `control`, hears meanwhile whose work is done, and notes it
 * in their records.
 */
void member_meet(struct member *member, struct control *control);

/*
 * A job. On the first member `control` gets the records of all workers, and how long it took is returned,
 * from a barrier before to one behind; elsewhere `control` is NULL and it returns 0.
 */
uint64_t member_job(struct member *member, const struct message *message, struct control *control);

/* Sends the records of this member's workers to the first, which writes those of all into `control`. */
void member_report(struct member *member, struct control *control);

/* Workers in one rank of the session. */
uint32_t sitting_inside(const struct sitting *sitting);

/* The messages of kernels: struct messages of kernel.h. */
void member_send(const struct messages *self, uint32_t to, const void *data, size_t bytes);
void member_receive(const struct messages *self, uint32_t from, void *data, size_t bytes);
void member_sum(const struct messages *self, double *values, size_t count);
uint64_t member_take(const struct messages *self, uint64_t count);

/* Ends this process and with it the MPI job, with a message on standard error. */
_Noreturn void rank_fail(const struct rank *rank, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
