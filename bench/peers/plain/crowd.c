/*
 * What does each of many workers cost that are there for a moment? All are created, do nothing, and are
 * joined one by one: threads, or forked processes that exit at once.
 *
 * Prints ns per worker, the mean of COUNT crowds of WORKERS.
 */
#include "plain.h"

static void *nothing(void *arg)
{
	return arg;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		usage("crowd thread|fork COUNT WORKERS");
	bool process = is_process(argv[1]);
	size_t count = number(argv[2]), workers = number(argv[3]);
	struct worker *worker = calloc(workers, sizeof *worker);
	if (!worker)
		die("calloc");

	double begin = now_ns();
	for (size_t i = 0; i < count; i++) {
		for (size_t w = 0; w < workers; w++)
			start(&worker[w], process, nothing, NULL);
		for (size_t w = 0; w < workers; w++)
			finish(&worker[w]);
	}
	printf("%.1f\n", (now_ns() - begin) / (double)(count * workers));
	free(worker);
	return 0;
}
