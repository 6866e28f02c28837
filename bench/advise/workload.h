/*
 * What a piece of work asks of a machine, whoever says so: the flags of `pvt advise`, its dialogue, or the
 * profile of a kernel.
 */
#ifndef PVT_WORKLOAD_H
#define PVT_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/advise/unit_costs.h"

enum dealing {
	DEALING_SHARES, /* one contiguous share a worker; who steals then steals */
	DEALING_EACH,   /* whoever is free takes the next task */
};

struct workload {
	uint32_t workers, pus;
	double tasks;
	struct estimate task_ns; /* of one, alone on the machine, with all that it does */
	double wait_ns;          /* of task_ns, in which it waits and needs no CPU */
	bool python;             /* it is bytecode of Python */
	double longest;          /* of the tasks' times, over their mean; 1: they are alike */
	enum dealing dealing;
	bool arrives; /* tasks come one at a time: pools that steal cannot take many at once either */
	double bytes_in, bytes_out;  /* a task's messages, where memory is not shared */
	double mapped_bytes;         /* memory that all workers share */
	double traffic_bytes;        /* to and from memory, of the whole job */
	double per_task[OPERATIONS]; /* times */
	double parent_bytes;         /* private memory of who launches */
	double jobs; /* that one pool carries out; infinity: so many that its start is nothing */
	bool survive_crash;
	const char *refused[ADVISED]; /* why a runner cannot carry it out; NULL: it can */
	/* Of a profile: */
	uint32_t phases;           /* with a barrier between; at least 1 */
	bool ends_at_barrier;      /* and after the last one */
	struct estimate enter_ns;  /* of each job's workers, before the work, in wall but not in span */
	struct estimate single_ns; /* a task more, where they are run one by one and not many in one call */
	double between_ns;         /* of all phases, by one worker alone */
	const double *slice_ns;    /* [phases][slices] of neighbouring tasks; NULL: only the mean is known */
	uint32_t slices;
};

/* Nothing asked for but one task on one worker. */
struct workload workload_none(void);

/*
 * How long the workers compute, first start to last end, when nothing disturbs them: list scheduling of the
 * slices, or of equal tasks. `shares`: each gets its contiguous share before they begin. Of tasks that wait
 * as many are under way as there are workers; what they compute is done by as many as there are processing
 * units.
 */
struct estimate workload_span(const struct workload *workload, uint32_t workers, bool shares);

#endif
