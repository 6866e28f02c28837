/*
 * How much memory does one more worker take, when it only waits? All of them are alive while it is measured.
 * Counted are the pages of all processes (PSS: a page that n processes share counts as 1/n in each), their
 * page tables, and the stacks that the kernel keeps, less what there was of each before.
 *
 * Prints KiB per worker.
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

/* The number behind a name in a file of /proc, where it is in KiB. */
static double kib(const char *file, const char *name)
{
	char line[256];
	double value = -1;
	FILE *f = fopen(file, "r");
	while (f && value < 0 && fgets(line, sizeof line, f))
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtod(line + strlen(name), NULL);
	if (!f || value < 0)
		die(file);
	fclose(f);
	return value;
}

static double kib_of_process(pid_t pid)
{
	char rollup[64], status[64];
	snprintf(rollup, sizeof rollup, "/proc/%d/smaps_rollup", pid);
	snprintf(status, sizeof status, "/proc/%d/status", pid);
	return kib(rollup, "Pss:") + kib(status, "VmPTE:");
}

static double kib_of_all(const struct worker *workers, size_t n)
{
	double sum = kib("/proc/meminfo", "KernelStack:") + kib_of_process(getpid());
	for (size_t i = 0; i < n; i++)
		if (workers[i].process)
			sum += kib_of_process(workers[i].pid);
	return sum;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		usage("idle thread|fork WORKERS");
	bool process = is_process(argv[1]);
	size_t n = number(argv[2]);
	struct worker *workers = calloc(n, sizeof *workers);
	if (!workers)
		die("calloc");
	gate = shared_memory(sizeof *gate);

	double before = kib_of_all(NULL, 0);
	for (size_t i = 0; i < n; i++)
		start(&workers[i], process, wait_idle, NULL);
	while (gate->here < n)
		usleep(1000);
	double with_all = kib_of_all(workers, n);

	gate->go = 1;
	futex_wake(&gate->go, INT_MAX);
	for (size_t i = 0; i < n; i++)
		finish(&workers[i]);
	printf("%.2f\n", (with_all - before) / (double)n);
	free(workers);
	return 0;
}
