/*
 * What pvt asks of an MPI library. Each MPI has an ABI of its own, so pvt links none: module.c is compiled
 * once against each that is found, into a shared object that the ranks of an MPI job load (load.h). Nothing
 * else of pvt knows MPI.
 *
 * All calls are made by one thread. They block, but for those that say else; an error ends the whole MPI job
 * with the library's own message.
 */
#ifndef PVT_FABRIC_H
#define PVT_FABRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FABRIC_ABI 2u
#define FABRIC_SYMBOL "pvt_fabric"

/* Some of the ranks, which number themselves from 0 in it. */
struct fabric_group;

struct fabric {
	uint32_t abi; /* FABRIC_ABI */

	/* Joins the MPI job that this process was started for; `library` says which MPI it is, in a line. */
	void (*begin)(uint32_t *rank, uint32_t *ranks, char *library, size_t bytes);
	void (*end)(void);

	struct fabric_group *(*all)(void);
	/* The ranks of `all` that are named, in this order; they alone call, all of them. Free it with leave.
	 */
	struct fabric_group *(*group)(const uint32_t *rank, uint32_t ranks);
	void (*leave)(struct fabric_group *group);

	void (*send)(struct fabric_group *group, uint32_t to, int tag, const void *data, size_t bytes);
	void (*receive)(struct fabric_group *group, uint32_t from, int tag, void *data, size_t bytes);
	/* Would receive return at once? Does not block; lets the library make progress. */
	bool (*waits)(struct fabric_group *group, uint32_t from, int tag);

	void (*barrier)(struct fabric_group *group);
	/* A barrier in two parts: enter it, then ask until it is over. One at a time. Neither blocks. */
	void (*arrive)(struct fabric_group *group);
	bool (*arrived)(void);

	void (*broadcast)(struct fabric_group *group, void *data, size_t bytes); /* from rank 0 */
	/* All get what each has, one behind the other in the order of ranks; bytes[ranks], 2 GiB in all. */
	void (*all_gather)(struct fabric_group *group, const void *mine, const size_t *bytes, void *out);
	/* The same for rank 0 alone; elsewhere `out` is not looked at. */
	void (*gather)(struct fabric_group *group, const void *mine, const size_t *bytes, void *out);
	/* Element by element the sum over all. */
	void (*sum)(struct fabric_group *group, double *values, size_t count);

	/*
	 * One number of the group, kept by its rank 0; counted() makes it, for all of them together, with 0
	 * in it. It is changed without rank 0's help in shared memory and where the network can; elsewhere
	 * rank 0 has to come by, with waits().
	 */
	void (*counted)(struct fabric_group *group);
	void (*ask)(struct fabric_group *group, uint64_t count); /* adds; begins … */
	uint64_t (*answer)(struct fabric_group *group);          /* … and waits for what it was before */
	bool (*swap)(struct fabric_group *group, uint64_t *expected,
		     uint64_t to);                               /* if it is *expected; else that is filled */
	void (*set)(struct fabric_group *group, uint64_t value); /* rank 0 alone */
};

#endif
