/*
 * The first task of every course on workers, with all that belongs to it: two of them square half of the
 * numbers each, into shared memory, and add up what they have written. The memory was touched by the parent:
 * a thread finds its pages mapped, a forked process has to map each of them.
 *
 * Prints ns from before the first worker is created to after the last one is joined: the median of JOBS.
 */
#include "plain.h"

enum { WORKERS = 2 };

static volatile unsigned long *squares; /* volatile: one store and one load for each, as written */
static size_t numbers;

struct part {
	size_t begin, end;
};

static void *square(void *arg)
{
	const struct part *part = arg;
	unsigned long sum = 0;
	for (size_t i = part->begin; i < part->end; i++) {
		squares[i] = (i + 1) * (i + 1);
		sum += squares[i];
	}
	return sum ? NULL : arg;
}

static void do_job(bool process)
{
	struct worker workers[WORKERS];
	struct part parts[WORKERS];
	for (size_t i = 0; i < WORKERS; i++) {
		parts[i] = (struct part){numbers * i / WORKERS, numbers * (i + 1) / WORKERS};
		start(&workers[i], process, square, &parts[i]);
	}
	for (size_t i = 0; i < WORKERS; i++)
		finish(&workers[i]);
}

int main(int argc, char **argv)
{
	double ns[1000];
	size_t jobs = argc == 4 ? number(argv[3]) : 0;
	if (jobs == 0 || jobs > 1000)
		usage("square thread|fork NUMBERS JOBS (at most 1000)");
	bool process = is_process(argv[1]);
	numbers = number(argv[2]);
	squares = shared_memory(numbers * sizeof *squares);
	for (size_t i = 0; i < numbers; i++)
		squares[i] = 0;

	for (size_t i = 0; i < jobs; i++) {
		double begin = now_ns();
		do_job(process);
		ns[i] = now_ns() - begin;
	}
	if (squares[numbers - 1] != numbers * numbers)
		die("the result has not arrived");
	printf("%.0f\n", median(ns, jobs));
	return 0;
}
