/*
 * What does a job of two short tasks cost when workers are created for it? Each task is a few
 * multiplications, 10 ns. pooled.c does the same with workers that are there already.
 *
 * Prints ns per job, from before the first worker is created to after the last one is joined: the median of
 * JOBS.
 */
#include "plain.h"

enum { WORKERS = 2, STEPS = 8 };

static void *task(void *arg)
{
	volatile unsigned long result;
	unsigned long x = (unsigned long)arg;
	for (int i = 0; i < STEPS; i++) {
		x = x * 6364136223846793005UL + 1;
		__asm__("" : "+r"(x)); /* step by step: the compiler may not make one of them all */
	}
	result = x;
	(void)result;
	return NULL;
}

static void do_job(bool process)
{
	struct worker workers[WORKERS];
	for (int i = 0; i < WORKERS; i++)
		start(&workers[i], process, task, NULL);
	for (int i = 0; i < WORKERS; i++)
		finish(&workers[i]);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		usage("launched thread|fork JOBS");
	bool process = is_process(argv[1]);
	size_t jobs = number(argv[2]);
	double *ns = malloc(jobs * sizeof *ns);
	if (!ns)
		die("malloc");

	for (size_t i = 0; i < jobs; i++) {
		double begin = now_ns();
		do_job(process);
		ns[i] = now_ns() - begin;
	}
	printf("%.1f\n", median(ns, jobs));
	free(ns);
	return 0;
}
