/*
 * Do more workers than CPUs help where the work is waiting? 32 sleeps of 1 ms, as if for a disk or a peer,
 * are shared by WORKERS workers: threads, forked processes, or new programs (this one, with the number of its
 * sleeps).
 *
 * Prints ns from before the first worker is created to after the last one is joined.
 */
#include <spawn.h>

#include "plain.h"

enum { SLEEPS = 32, WORKERS_MAX = 32 };

static void *sleep_often(void *sleeps)
{
	const struct timespec ms = {.tv_nsec = 1000000};
	for (size_t i = 0; i < *(const size_t *)sleeps; i++)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &ms, NULL);
	return NULL;
}

static void start_program(struct worker *w, char *program, size_t sleeps)
{
	char text[24];
	char *argv[] = {program, "sleep", text, NULL};
	snprintf(text, sizeof text, "%zu", sleeps);
	w->process = true;
	if (posix_spawn(&w->pid, program, NULL, NULL, argv, environ) != 0)
		die("posix_spawn");
}

int main(int argc, char **argv)
{
	static size_t sleeps[WORKERS_MAX];
	struct worker workers[WORKERS_MAX];
	size_t n = argc == 3 ? number(argv[2]) : 0;
	if (n == 0 || n > WORKERS_MAX)
		usage("waiting thread|fork|spawn WORKERS (at most 32)");
	if (strcmp(argv[1], "sleep") == 0) {
		sleep_often(&n);
		return 0;
	}
	bool spawn = strcmp(argv[1], "spawn") == 0, process = !spawn && is_process(argv[1]);

	double begin = now_ns();
	for (size_t i = 0; i < n; i++) {
		sleeps[i] = (i + 1) * SLEEPS / n - i * SLEEPS / n;
		if (spawn)
			start_program(&workers[i], argv[0], sleeps[i]);
		else
			start(&workers[i], process, sleep_often, &sleeps[i]);
	}
	for (size_t i = 0; i < n; i++)
		finish(&workers[i]);
	printf("%.0f\n", now_ns() - begin);
	return 0;
}
