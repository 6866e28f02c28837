/* Our pool beside Python's, on the same lists, one item at a time. */
#include <math.h>

#include "bench/peers/contest.h"

const char PYTHON_PEER[] = PVT_PEERS_DIR "/python_pools.py";

#define PAIR(what, peer, goal, kind_, task_, text, asked)                                       \
	{                                                                                       \
		what, peer, goal, 1, contest_round, contest_open, contest_close,                \
			&(const struct contest){.kind = (kind_),                                \
						.task = (task_),                                \
						.count = (task_) == TASK_APPLY ? 5000 : 200000, \
						.server = "python3",                            \
						.question = (text),                             \
						.asked_count = (asked)},                        \
			NULL, NULL                                                              \
	}
#define AT_LEAST_300_TIMES (1.0 / 300)

const struct pair python_pairs[] = {
	PAIR("map of the square, processes", "Python multiprocessing.Pool.map, chunk 1", AT_LEAST_300_TIMES,
	     POOL_PROCESSES, TASK_MAP_SQUARE, "Pool square 0", 2000),
	PAIR("map of the cube, processes", "Python multiprocessing.Pool.map, chunk 1", AT_LEAST_300_TIMES,
	     POOL_PROCESSES, TASK_MAP_CUBE, "Pool cube 0", 2000),
	PAIR("map of the square, processes", "Python ProcessPoolExecutor.map", NAN, POOL_PROCESSES,
	     TASK_MAP_SQUARE, "ProcessPoolExecutor square 0", 300),
	PAIR("map of the square, threads", "Python multiprocessing ThreadPool.map, chunk 1", NAN,
	     POOL_THREADS, TASK_MAP_SQUARE, "ThreadPool square 0", 2000),
	PAIR("map of the square, threads", "Python ThreadPoolExecutor.map", NAN, POOL_THREADS,
	     TASK_MAP_SQUARE, "ThreadPoolExecutor square 0", 1000),
	PAIR("one task and its answer, processes", "Python multiprocessing.Pool.apply", AT_LEAST_300_TIMES,
	     POOL_PROCESSES, TASK_APPLY, "Pool apply 0", 200),
	PAIR("one task and its answer, threads", "Python multiprocessing ThreadPool.apply", NAN, POOL_THREADS,
	     TASK_APPLY, "ThreadPool apply 0", 200),
	PAIR("one task and its answer, processes", "Python Process, start + join", NAN, POOL_PROCESSES,
	     TASK_APPLY, "Process start 0", 10),
	PAIR("one task and its answer, threads", "Python Thread, start + join", NAN, POOL_THREADS, TASK_APPLY,
	     "Thread start 0", 100),
	{.what = NULL},
};
