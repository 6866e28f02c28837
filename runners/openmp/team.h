/*
 * What pvt wants of OpenMP, and the only part of it that is compiled with it. It is a shared object of its
 * own, which only a process loads that is there for an OpenMP case: the runtime reads its environment when it
 * is loaded, and may pin whoever loads it.
 */
#ifndef PVT_OPENMP_TEAM_H
#define PVT_OPENMP_TEAM_H

#include "runners/worker.h"

#define OPENMP_MODULE "pvt-openmp.so"
#define OPENMP_SYMBOL "openmp_team"

struct openmp_team {
	/*
	 * body(arg, rank) once in each thread of a team of so many; the caller is rank 0. The threads outlive
	 * this and are the same the next time. 0, or -EAGAIN when the runtime gives fewer: then nobody ran.
	 */
	int (*run)(uint32_t workers, void (*body)(void *arg, uint32_t rank), void *arg);
	struct ways ways; /* inside of body: OpenMP's barrier, and its schedules */
	/* Ends the team's threads; the next run makes new ones. */
	void (*end)(void);
};

extern const struct openmp_team openmp_team;

#endif
