/* NUMA nodes as Linux lists them: which have memory, and which of them is farthest from one. */
#ifndef PVT_NODES_H
#define PVT_NODES_H

#include <stdint.h>

enum { NODES_MAX = 1024 };

/* A set of nodes. */
struct nodes {
	unsigned long mask[NODES_MAX / (8 * sizeof(unsigned long))];
	uint32_t count;
};

/* From a list such as "0-1,4": 0, or -EINVAL where it is none, or names a node above the most. */
int nodes_read(const char *list, struct nodes *nodes);

/*
 * The node of the set with the greatest of `distances`, which are those of all nodes of `online` in their
 * order ("10 21 21"), other than `own`; of equals the first. -1: there is none, or the text does not go on so
 * long.
 */
int nodes_farthest(const char *distances, const struct nodes *online, const struct nodes *with_memory,
		   int own);

#endif
