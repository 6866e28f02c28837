/*
 * Which CPU (PU) each rank is pinned to, planned through hwloc on the PUs that this process is
 * allowed to use. The only file that knows hwloc is placement.c.
 */
#ifndef PVT_PLACEMENT_H
#define PVT_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum policy { PLACE_COMPACT, PLACE_SCATTER, PLACE_SMT, PLACE_SINGLE, PLACE_NONE };

/* A PU and where it sits. */
struct pu {
	int pu;      /* the operating system's index */
	int core;    /* logical index of its core */
	int thread;  /* its place among its core's PUs: 0 is the first hyper-thread */
	int package; /* logical index */
	int numa;    /* the operating system's index of its NUMA node */
	int kind;    /* kind of core, 0: the fastest; all 0 unless the machine is hybrid */
};

struct machine;

/*
 * Looks at this machine (description NULL), at an XML file, or at a synthetic topology as hwloc's
 * lstopo(1) takes it ("pack:2 numa:2 core:8 pu:2"). 0, or -errno with `why` in words. The caller frees it.
 */
int machine_load(struct machine **machine, const char *description, char *why, size_t why_bytes);
void machine_free(struct machine *machine);

uint32_t machine_pus(const struct machine *machine);        /* PUs allowed (taskset, cpuset) */
uint32_t machine_cores(const struct machine *machine);      /* cores with an allowed PU */
uint32_t machine_numa_nodes(const struct machine *machine); /* NUMA nodes with an allowed PU */
/* What the processor calls itself; "" where it does not say. */
void machine_model(const struct machine *machine, char *text, size_t bytes);
uint32_t machine_kinds(const struct machine *machine);     /* kinds of core; 1 unless hybrid */
uint32_t machine_sweep_pus(const struct machine *machine); /* PUs of the one kind that a sweep uses */

/*
 * The topology as XML, which machine_load reads back. NULL on failure; the caller frees it with free().
 */
char *machine_xml(const struct machine *machine);

/*
 * Plans `workers` ranks; plan[rank] is filled. One PU a rank, cores before hyper-threads except PLACE_SMT,
 * the fastest kind of core first; with more workers than PUs the plan starts again from the first.
 * PLACE_SINGLE gives all ranks the same PU, PLACE_NONE gives pu -1 throughout.
 */
void placement_plan(const struct machine *machine, enum policy policy, uint32_t workers, struct pu *plan);

const char *placement_name(enum policy policy);
/* The policy of that name; false: there is none. */
bool placement_named(const char *name, enum policy *policy);

#endif
