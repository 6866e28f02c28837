/* The tasks that ours and the peers do: the same code on all sides. */
#ifndef PVT_PEERS_WORK_H
#define PVT_PEERS_WORK_H

#include <stdint.h>
#include <time.h>

/* A chain of multiplications, a few cycles each, that no compiler can shorten. */
static inline uint64_t work_spin(uint64_t steps)
{
	uint64_t x = steps;
	for (; steps; steps--) {
		x *= UINT64_C(6364136223846793005);
#ifdef __GNUC__
		__asm__ volatile("" : "+r"(x));
#endif
	}
	return x;
}

/* All sides begin with so many untimed ones: waking a second processor takes as long as thousands of small
 * tasks. */
#define WORK_WARM(count) ((count) / 8 + 2)

static inline double work_clock_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* CPU time of this process, without its calling thread: of those who wait for work. */
static inline double work_others_cpu_ns(void)
{
	return work_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - work_clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* The caller computes for so long, in which it has nothing for the others. */
static inline void work_gap(double ns)
{
	for (double end = work_clock_ns(CLOCK_MONOTONIC) + ns; work_clock_ns(CLOCK_MONOTONIC) < end;)
		;
}

/* What the others have computed since then, as a share of the time; above zero, as all answers are. It is of
 * ticks (1 to 4 ms): only a long time gives a figure. */
static inline double work_others_share(double cpu_then, double then)
{
	double cpu = work_others_cpu_ns() - cpu_then;
	return cpu > 0 ? cpu / (work_clock_ns(CLOCK_MONOTONIC) - then) : 1e-9;
}

/* What is asked after a gap: one task of about 5 µs for each worker. */
enum { WORK_GAP_STEPS = 6500 };

enum { WORK_WORKERS_MAX = 1024, WORK_ROUNDS_MAX = 10 };

/* Where the parts of an empty job meet: each has a line for each round. */
struct work_meeting {
	struct {
		uint64_t job;
		char apart[56];
	} seen[WORK_WORKERS_MAX][WORK_ROUNDS_MAX];
};

/*
 * All parts of an empty job wait until the others have begun: that all take part is then no assumption. A
 * dissemination barrier (Hensgen, Finkel & Manber, Int. J. Parallel Programming 17(1), 1988) costs log2 of
 * the workers messages, and no word that all write: what is measured is the pool, not the meeting.
 */
static inline void work_meet(struct work_meeting *m, uint64_t job, uint32_t me, uint32_t workers)
{
	for (uint32_t round = 0, reach = 1; reach < workers; round++, reach *= 2) {
		__atomic_store_n(&m->seen[(me + reach) % workers][round].job, job + 1, __ATOMIC_RELEASE);
		while (__atomic_load_n(&m->seen[me][round].job, __ATOMIC_ACQUIRE) < job + 1)
			;
	}
}

#endif
