/*
 * A job that only waits (32 sleeps of 1 ms, shared out evenly): how much sooner do N workers finish it?
 * Prints the wall ns from before the first create to after the last join, the median of 5 jobs.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plain.h"

enum { SLEEPS = 32, JOBS = 5 };
static char kind;

static void *sleeper(void *arg)
{
	for (size_t left = (size_t)arg; left; left--) {
		struct timespec rest = {.tv_nsec = 1000000};
		while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) == EINTR)
			;
	}
	return NULL;
}

static pid_t spawn(size_t sleeps)
{
	char count[16];
	char *args[] = {"wait", "sleep", count, NULL};
	pid_t pid;

	snprintf(count, sizeof count, "%zu", sleeps);
	return posix_spawn(&pid, "/proc/self/exe", NULL, NULL, args, environ) ? -1 : pid;
}

static double job(size_t workers)
{
	pthread_t thread[SLEEPS];
	pid_t pid[SLEEPS];
	int status = 0;
	uint64_t start = now_ns();

	for (size_t i = 0; i < workers; i++) {
		size_t share = SLEEPS * (i + 1) / workers - SLEEPS * i / workers;

		if (kind == 't' ? pthread_create(&thread[i], NULL, sleeper, (void *)share)
				: (pid[i] = kind == 's' ? spawn(share) : fork()) < 0)
			die("no worker");
		if (kind == 'f' && pid[i] == 0) {
			sleeper((void *)share);
			_exit(0);
		}
	}
	for (size_t i = 0; i < workers; i++)
		if (kind == 't' ? pthread_join(thread[i], NULL) : waitpid(pid[i], &status, 0) < 0 || status)
			die("a worker failed");
	return (double)(now_ns() - start);
}

int main(int argc, char **argv)
{
	int count = argc == 3 ? atoi(argv[2]) : 0;
	double ns[JOBS];

	if (count >= 1 && count <= SLEEPS && !strcmp(argv[1], "sleep"))
		return sleeper((void *)(size_t)count), 0;
	if (count < 1 || count > SLEEPS ||
	    (strcmp(argv[1], "thread") != 0 && strcmp(argv[1], "fork") != 0 && strcmp(argv[1], "spawn") != 0))
		return fprintf(stderr, "usage: wait thread|fork|spawn WORKERS (1 to %d)\n", SLEEPS), 2;
	kind = argv[1][0];
	for (int i = 0; i < JOBS; i++)
		ns[i] = job((size_t)count);
	printf("%.6g\n", median(ns, JOBS));
}
