/*
 * How long does it take to be rid of many workers? All of them wait; then all are let go at once, and joined
 * in the order of their creation.
 *
 * Prints ns per worker: from the moment they are let go to the last one's being joined, over their number.
 */
#include <limits.h>

#include "plain.h"

static struct {
	atomic_uint here, go;
} * gate;

static void *wait_idle(void *arg)
{
	atomic_fetch_add(&gate->here, 1);
	while (!gate->go)
		futex_wait(&gate->go, 0);
	return arg;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		usage("drain thread|fork WORKERS");
	bool process = is_process(argv[1]);
	size_t n = number(argv[2]);
	struct worker *workers = calloc(n, sizeof *workers);
	if (!workers)
		die("calloc");
	gate = shared_memory(sizeof *gate);

	for (size_t i = 0; i < n; i++)
		start(&workers[i], process, wait_idle, NULL);
	while (gate->here < n)
		usleep(1000);

	double begin = now_ns();
	gate->go = 1;
	futex_wake(&gate->go, INT_MAX);
	for (size_t i = 0; i < n; i++)
		finish(&workers[i]);
	printf("%.1f\n", (now_ns() - begin) / (double)n);
	free(workers);
	return 0;
}
