/* Our pool beside libgomp, oneTBB, bare loops of system calls, and itself with the other kind of worker. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/peers/contest.h"
#include "bench/peers/work.h"
#include "runners/clock.h"

enum { JOBS = 5000, EACH = 1000000, LOOPS = 50 };

static void *square_thread(void *x)
{
	*(uint64_t *)x *= *(uint64_t *)x;
	return NULL;
}

static double thread_a_task(void)
{
	uint64_t start = clock_ns(), x = 3;
	for (int i = 0; i < LOOPS; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, square_thread, &x) != 0 || pthread_join(thread, NULL) != 0)
			return -1;
	}
	return (double)(clock_ns() - start) / LOOPS;
}

static double fork_a_task(void)
{
	uint64_t start = clock_ns();
	for (int i = 0; i < LOOPS; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(3 * 3);
		if (pid < 0 || waitpid(pid, NULL, 0) < 0)
			return -1;
	}
	return (double)(clock_ns() - start) / LOOPS;
}

#define PAIR_OVER(quantity, series, what, peer, goal, ...)                       \
	{                                                                        \
		what, peer, goal, 1, contest_round, contest_open, contest_close, \
			&(const struct contest){__VA_ARGS__}, series, quantity   \
	}
#define PAIR(what, peer, goal, ...) PAIR_OVER(NULL, NULL, what, peer, goal, __VA_ARGS__)
#define AGAINST_SERVER(name, text, n) .server = (name), .question = (text), .asked_count = (n)
#define EMPTY_ "an empty job"
#define SQUARE_ "a square, scheduled one at a time"
#define THREADS_ .kind = POOL_THREADS, .caller_works = true
#define PROCESSES_ .kind = POOL_PROCESSES, .caller_works = true

/* A step takes three cycles, about 0.8 ns here; both sides do the same number of them. */
const struct pair pool_pairs[] = {
	PAIR_OVER(EMPTY_, "pvt, threads", "empty job in which all workers take part, threads",
		  "libgomp parallel for, static", 0.6, THREADS_, .task = TASK_EMPTY, .count = JOBS,
		  AGAINST_SERVER("peer_openmp", "empty 0", JOBS)),
	PAIR_OVER(EMPTY_, "pvt, processes", "empty job in which all workers take part, processes",
		  "libgomp parallel for, static", 0.6, PROCESSES_, .task = TASK_EMPTY, .count = JOBS,
		  AGAINST_SERVER("peer_openmp", "empty 0", JOBS)),
	PAIR_OVER(EMPTY_, "pvt, processes", "empty job, processes", "our threads", 1.15, PROCESSES_,
		  .task = TASK_EMPTY, .count = JOBS),
	PAIR_OVER(SQUARE_, "pvt, threads", "a square at a time, threads", "libgomp dynamic", 0.5, THREADS_,
		  .task = TASK_SQUARE, .count = EACH, AGAINST_SERVER("peer_openmp", "square 0", EACH)),
	PAIR_OVER(SQUARE_, "pvt, processes", "a square at a time, processes", "libgomp dynamic", 0.5,
		  PROCESSES_, .task = TASK_SQUARE, .count = EACH,
		  AGAINST_SERVER("peer_openmp", "square 0", EACH)),
	PAIR_OVER(SQUARE_, "pvt, processes", "a square at a time, processes", "our threads", 1.15, PROCESSES_,
		  .task = TASK_SQUARE, .count = EACH),
	PAIR_OVER(SQUARE_, "pvt, threads", "a square at a time, threads", "oneTBB simple_partitioner", 0.5,
		  THREADS_, .task = TASK_SQUARE, .count = EACH, AGAINST_SERVER("peer_tbb", "square 0", EACH)),
	PAIR_OVER(SQUARE_, "pvt, processes", "a square at a time, processes", "oneTBB simple_partitioner",
		  0.5, PROCESSES_, .task = TASK_SQUARE, .count = EACH,
		  AGAINST_SERVER("peer_tbb", "square 0", EACH)),
	PAIR("spin of 0.1 µs at a time, processes", "libgomp dynamic", NAN, PROCESSES_, .task = TASK_SPIN,
	     .steps = 130, .count = 200000, AGAINST_SERVER("peer_openmp", "spin 130", 200000)),
	PAIR("spin of 1 µs at a time, processes", "libgomp dynamic", NAN, PROCESSES_, .task = TASK_SPIN,
	     .steps = 1300, .count = 20000, AGAINST_SERVER("peer_openmp", "spin 1300", 20000)),
	PAIR("spin of 1 µs at a time, processes", "libgomp static", NAN, PROCESSES_, .task = TASK_SPIN,
	     .steps = 1300, .count = 20000, AGAINST_SERVER("peer_openmp", "spin-static 1300", 20000)),
	PAIR("spin of 0.1 ms at a time, processes", "libgomp dynamic", NAN, PROCESSES_, .task = TASK_SPIN,
	     .steps = 130000, .count = 200, AGAINST_SERVER("peer_openmp", "spin 130000", 200)),
	PAIR("spin of 1 ms at a time, processes", "libgomp dynamic", NAN, PROCESSES_, .task = TASK_SPIN,
	     .steps = 1300000, .count = 20, AGAINST_SERVER("peer_openmp", "spin 1300000", 20)),
	PAIR("one task and its answer, threads", "pthread_create + join", NAN, .kind = POOL_THREADS,
	     .task = TASK_APPLY, .count = 5000, .loop = thread_a_task),
	PAIR("one task and its answer, processes", "fork + waitpid", NAN, .kind = POOL_PROCESSES,
	     .task = TASK_APPLY, .count = 5000, .loop = fork_a_task),
	{.what = NULL},
};
