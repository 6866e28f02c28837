/*
 * How long does a job take that memory limits, with all that belongs to it? Two workers do half of a = b + 3
 * c each, over arrays in shared memory that the parent has filled. A thread finds their pages mapped; a
 * forked process has to map each of them when it first touches it.
 *
 * Prints ns from before the first worker is created to after the last one is joined: the median of JOBS.
 */
#include "plain.h"

enum { WORKERS = 2 };

static double *a, *b, *c;
static size_t elements;

struct part {
	size_t begin, end;
};

static void *add(void *arg)
{
	const struct part *part = arg;
	double *restrict to = a;
	for (size_t i = part->begin; i < part->end; i++)
		to[i] = b[i] + 3 * c[i];
	return NULL;
}

static void do_job(bool process)
{
	struct worker workers[WORKERS];
	struct part parts[WORKERS];
	for (size_t i = 0; i < WORKERS; i++) {
		parts[i] = (struct part){elements * i / WORKERS, elements * (i + 1) / WORKERS};
		start(&workers[i], process, add, &parts[i]);
	}
	for (size_t i = 0; i < WORKERS; i++)
		finish(&workers[i]);
}

int main(int argc, char **argv)
{
	double ns[1000];
	size_t jobs = argc == 4 ? number(argv[3]) : 0;
	if (jobs == 0 || jobs > 1000)
		usage("triad thread|fork ELEMENTS JOBS (at most 1000)");
	bool process = is_process(argv[1]);
	elements = number(argv[2]);
	a = shared_memory(elements * sizeof *a);
	b = shared_memory(elements * sizeof *b);
	c = shared_memory(elements * sizeof *c);
	for (size_t i = 0; i < elements; i++) {
		a[i] = 0;
		b[i] = (double)(i % 1021);
		c[i] = (double)(i % 509);
	}

	for (size_t i = 0; i < jobs; i++) {
		double begin = now_ns();
		do_job(process);
		ns[i] = now_ns() - begin;
	}
	if (a[elements - 1] != b[elements - 1] + 3 * c[elements - 1])
		die("the result has not arrived");
	printf("%.0f\n", median(ns, jobs));
	return 0;
}
