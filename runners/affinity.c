/*
 * A bare sched_setaffinity(2), the call that hwloc's Linux backend makes too: a worker that is bound through
 * hwloc would have to load the topology first, which takes longer than its start, and a program that loads
 * hwloc is no lean one.
 */
#include "runners/affinity.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static int set_affinity(int pu)
{
	unsigned long mask[AFFINITY_PUS_MAX / (8 * sizeof(unsigned long))] = {0},
								   got[AFFINITY_PUS_MAX /
								       (8 * sizeof(unsigned long))];
	cpu_set_t *set = (cpu_set_t *)mask, *read_back = (cpu_set_t *)got;
	CPU_SET_S((size_t)pu, sizeof mask, set);
	if (sched_setaffinity(0, sizeof mask, set) != 0)
		return -errno;
	CPU_ZERO_S(sizeof got, read_back);
	if (sched_getaffinity(0, sizeof got, read_back) != 0)
		return -errno;
	return CPU_EQUAL_S(sizeof mask, set, read_back) ? 0 : -EINVAL;
}

int affinity_bind(int pu)
{
	if (pu < 0)
		return 1;
	return pu < AFFINITY_PUS_MAX ? set_affinity(pu) : -EINVAL;
}

uint32_t affinity_allowed(void)
{
	unsigned long mask[AFFINITY_PUS_MAX / (8 * sizeof(unsigned long))] = {0};
	cpu_set_t *set = (cpu_set_t *)mask;
	return sched_getaffinity(0, sizeof mask, set) == 0 ? (uint32_t)CPU_COUNT_S(sizeof mask, set) : 1;
}

void *affinity_save(void)
{
	cpu_set_t *set = calloc(1, AFFINITY_PUS_MAX / 8);
	if (set && sched_getaffinity(0, AFFINITY_PUS_MAX / 8, set) != 0) {
		free(set);
		set = NULL;
	}
	return set;
}

void affinity_restore(const void *saved)
{
	if (saved)
		sched_setaffinity(0, AFFINITY_PUS_MAX / 8, saved);
}

void affinity_stand_aside(const int *pus, uint32_t workers, const void *saved)
{
	cpu_set_t *aside = calloc(1, AFFINITY_PUS_MAX / 8);
	if (aside && saved && pus[0] >= 0) {
		memcpy(aside, saved, AFFINITY_PUS_MAX / 8);
		for (uint32_t rank = 0; rank < workers; rank++)
			CPU_CLR_S((size_t)pus[rank], AFFINITY_PUS_MAX / 8, aside);
		if (CPU_COUNT_S(AFFINITY_PUS_MAX / 8, aside) == 0)
			CPU_SET_S((size_t)pus[workers - 1], AFFINITY_PUS_MAX / 8, aside);
		if (sched_setaffinity(0, AFFINITY_PUS_MAX / 8, aside) == 0)
			affinity_restore(saved);
	}
	free(aside);
}
