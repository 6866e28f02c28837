/* Memory of the worker's own NUMA node and of another one, for threads and for processes. */
#ifndef PVT_NUMA_H
#define PVT_NUMA_H

#include "bench/samples/summary.h"

enum numa_outcome {
	NUMA_UNMEASURED, /* one node, or the suite was not measured */
	NUMA_UNSURE,     /* too few invocations, or too wide */
	NUMA_ALIKE,      /* remote memory takes no longer, for neither */
	NUMA_SLOWER,     /* it takes longer for both, and both alike */
	NUMA_THREADS,    /* threads lose more by it than processes, or they alone do */
	NUMA_PROCESSES,  /* the other way round */
};

/*
 * The ratio of remote to local memory in threads, that in processes, and the second over the first, each with
 * what it rests on. A difference counts from 5 % on, as in verdicts.
 */
enum numa_outcome numa_judge(const struct estimate *threads, const struct estimate *processes,
			     const struct estimate *processes_over_threads);

/* The sentence; "" where it is not measured. */
enum numa_outcome numa_tell(const struct summary *summary, char *text, size_t bytes);

#endif
