/*
 * What the plain programs share: a clock, a median, workers that are threads or forked processes, and the
 * futex that the C library has no function for. They share nothing with pvt.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static inline _Noreturn void usage(const char *how)
{
	fprintf(stderr, "usage: %s\n", how);
	exit(2);
}

/* A number of at least 1 from the command line. */
static inline size_t number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);
	if (*end || value == 0 || *text == '-')
		usage("a number has to be at least 1");
	return value;
}

static inline double now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static inline int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Sorts the values. */
static inline double median(double *values, size_t n)
{
	qsort(values, n, sizeof *values, compare);
	return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* Zeroed memory that a forked process shares with its parent. */
static inline void *shared_memory(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

/* Binds the caller to the n-th of the CPUs that it may use, or to the last one. */
static inline void pin(size_t n)
{
	cpu_set_t all[8], one[8]; /* 8192 CPUs, the most that Linux can be built for */
	if (sched_getaffinity(0, sizeof all, all) != 0)
		die("sched_getaffinity");
	CPU_ZERO_S(sizeof one, one);
	for (size_t cpu = 0, left = n + 1; cpu < 8 * sizeof all && left; cpu++)
		if (CPU_ISSET_S(cpu, sizeof all, all)) {
			CPU_ZERO_S(sizeof one, one);
			CPU_SET_S(cpu, sizeof one, one);
			left--;
		}
	if (sched_setaffinity(0, sizeof one, one) != 0)
		die("sched_setaffinity");
}

static inline void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Sleeps as long as the word has this value; may return early. */
static inline void futex_wait(atomic_uint *word, unsigned value)
{
	syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static inline void futex_wake(atomic_uint *word, int sleepers)
{
	syscall(SYS_futex, word, FUTEX_WAKE, sleepers, NULL, NULL, 0);
}

/* ---- a worker: a thread, or a forked process ---- */

struct worker {
	bool process;
	pid_t pid;
	pthread_t thread;
};

static inline bool is_process(const char *kind)
{
	if (strcmp(kind, "fork") != 0 && strcmp(kind, "thread") != 0)
		usage("a worker is a thread or a fork");
	return strcmp(kind, "fork") == 0;
}

static inline void start(struct worker *w, bool process, void *(*body)(void *), void *arg)
{
	w->process = process;
	if (!process) {
		if (pthread_create(&w->thread, NULL, body, arg) != 0)
			die("pthread_create");
		return;
	}
	w->pid = fork();
	if (w->pid < 0)
		die("fork");
	if (w->pid == 0) {
		body(arg);
		_exit(0);
	}
}

static inline void finish(struct worker *w)
{
	int status = 0;
	if (!w->process)
		pthread_join(w->thread, NULL);
	else if (waitpid(w->pid, &status, 0) != w->pid || status != 0)
		die("a worker has failed");
}

#endif
