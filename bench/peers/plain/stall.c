/*
 * For how long is a thread held up while another one makes a process? It looks at the clock all the time and
 * writes down what it sees. The program has touched BYTES, in small (4 KiB) or huge (2 MiB) pages.
 *
 * Prints ns: of each process the longest time between two looks, the median of COUNT.
 */
#include <spawn.h>

#include "plain.h"

static _Atomic int watching, done;
static double longest;

static void *watch(void *arg)
{
	volatile double seen;
	pin(1);
	for (;;) {
		while (done)
			relax();
		longest = 0;
		seen = now_ns();
		watching = 1;
		for (int last = 0; !last;) {
			last = done;
			double now = now_ns();
			longest = now - seen > longest ? now - seen : longest;
			seen = now;
		}
		watching = 0;
	}
	return arg;
}

static pid_t make(bool spawn)
{
	char *argv[] = {"/bin/true", NULL};
	pid_t child;
	if (spawn)
		return posix_spawn(&child, argv[0], NULL, NULL, argv, environ) == 0 ? child : -1;
	child = fork();
	if (child == 0)
		_exit(0);
	return child;
}

int main(int argc, char **argv)
{
	if (argc != 5 || (strcmp(argv[1], "fork") != 0 && strcmp(argv[1], "spawn") != 0))
		usage("stall fork|spawn COUNT BYTES small|huge");
	size_t count = number(argv[2]), bytes = number(argv[3]);
	double *gap = calloc(count, sizeof *gap);
	void *held = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;
	if (!gap || held == MAP_FAILED)
		die("memory");
	madvise(held, bytes, strcmp(argv[4], "huge") == 0 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	memset(held, 1, bytes);
	pin(0);
	if (pthread_create(&thread, NULL, watch, NULL) != 0)
		die("pthread_create");
	for (size_t i = 0; i < count; i++) {
		while (!watching)
			relax();
		pid_t child = make(strcmp(argv[1], "spawn") == 0);
		done = 1;
		if (child < 0 || waitpid(child, NULL, 0) != child)
			die("a process");
		while (watching)
			relax();
		gap[i] = longest;
		done = 0;
	}
	printf("%.1f\n", median(gap, count));
	return 0;
}
