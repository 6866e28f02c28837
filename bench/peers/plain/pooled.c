/*
 * What does a job of two short tasks cost when the workers are there already? A pool in its simplest form:
 * workers wait for the number of the job to change, do their task, and the last one tells whoever has
 * submitted the job. Who waits looks again and again for a while, and then sleeps (at once where there are no
 * more CPUs than workers); the kernel is asked to wake somebody only if somebody sleeps. launched.c does the
 * same job with workers that are created for it. With a pause, whoever submits a job computes for so long
 * before it.
 *
 * Prints ns per job, from its submission to its completion: the median of JOBS. Creating the pool is not in
 * it.
 */
#include <limits.h>

#include "plain.h"

enum { WORKERS = 2, STEPS = 8, LOOKS = 1000 };

static int looks; /* none where all CPUs are the workers': who submits jobs needs one of them */

struct gate {
	_Alignas(128) atomic_uint value;
	atomic_uint sleepers;
};

static struct {
	struct gate job, end;
	_Alignas(128) atomic_uint done;
	atomic_bool closed;
} * pool;

static void wait_for_change(struct gate *gate, unsigned seen)
{
	for (int i = 0; i < looks; i++) {
		if (gate->value != seen)
			return;
		relax();
	}
	atomic_fetch_add(&gate->sleepers, 1);
	while (gate->value == seen)
		futex_wait(&gate->value, seen);
	atomic_fetch_sub(&gate->sleepers, 1);
}

static void change(struct gate *gate)
{
	atomic_fetch_add(&gate->value, 1);
	if (gate->sleepers)
		futex_wake(&gate->value, INT_MAX);
}

static void task(void)
{
	volatile unsigned long result;
	unsigned long x = 1;
	for (int i = 0; i < STEPS; i++) {
		x = x * 6364136223846793005UL + 1;
		__asm__("" : "+r"(x)); /* step by step: the compiler may not make one of them all */
	}
	result = x;
	(void)result;
}

static void compute_for(double pause_ns)
{
	double until = now_ns() + pause_ns;
	while (now_ns() < until)
		relax();
}

static void *work(void *arg)
{
	for (unsigned seen = 0;; seen++) {
		wait_for_change(&pool->job, seen);
		if (pool->closed)
			return arg;
		task();
		if (atomic_fetch_add(&pool->done, 1) == WORKERS - 1) {
			pool->done = 0;
			change(&pool->end);
		}
	}
}

int main(int argc, char **argv)
{
	struct worker workers[WORKERS];
	if (argc != 3 && argc != 4)
		usage("pooled thread|fork JOBS [NS-OF-PAUSE]");
	size_t jobs = number(argv[2]);
	double pause_ns = argc == 4 ? (double)number(argv[3]) : 0;
	double *ns = malloc(jobs * sizeof *ns);
	if (!ns)
		die("malloc");
	pool = shared_memory(sizeof *pool);
	looks = sysconf(_SC_NPROCESSORS_ONLN) > WORKERS ? LOOKS : 0;
	for (int i = 0; i < WORKERS; i++)
		start(&workers[i], is_process(argv[1]), work, NULL);

	for (unsigned i = 0; i < jobs; i++) {
		compute_for(pause_ns);
		double begin = now_ns();
		change(&pool->job);
		wait_for_change(&pool->end, i);
		ns[i] = now_ns() - begin;
	}
	pool->closed = true;
	change(&pool->job);
	for (int i = 0; i < WORKERS; i++)
		finish(&workers[i]);
	printf("%.1f\n", median(ns, jobs));
	free(ns);
	return 0;
}
