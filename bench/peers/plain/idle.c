/*
 * What do N workers that wait (threads or forked children, on a futex) occupy, and how long do they take to
 * end? `memory` prints KiB per worker: resident memory (each shared page divided among those who share it),
 * page tables and kernel stacks, with the workers minus without. `drain` lets all go at once and prints ns
 * per worker, until the last has been joined or reaped.
 */
#include "plain.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared {
	atomic_int ready, go;
} * shared;
static int private; /* FUTEX_PRIVATE_FLAG where all are threads of one process */

static void *wait_for_go(void *unused)
{
	atomic_fetch_add(&shared->ready, 1);
	while (!atomic_load(&shared->go))
		syscall(SYS_futex, &shared->go, FUTEX_WAIT | private, 0, NULL, NULL, 0);
	return unused;
}

static pid_t start_child(void)
{
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	wait_for_go(NULL);
	_exit(0);
}

/* The number behind `key` in a file of /proc. */
static double kib(const char *folder, const char *file, const char *key)
{
	char path[64], line[256];
	double value = -1;
	snprintf(path, sizeof path, "/proc/%s%s", folder, file);
	FILE *f = fopen(path, "r");
	if (!f)
		die(path);
	while (value < 0 && fgets(line, sizeof line, f))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtod(line + strlen(key), NULL);
	fclose(f);
	if (value < 0)
		die(key);
	return value;
}

static double memory_kib(const pid_t *child, size_t children)
{
	double sum = kib("", "meminfo", "KernelStack:");
	for (size_t i = 0; i <= children; i++) {
		char folder[32] = "self/";
		if (i < children)
			snprintf(folder, sizeof folder, "%d/", (int)child[i]);
		sum += kib(folder, "smaps_rollup", "Pss:") + kib(folder, "status", "VmPTE:");
	}
	return sum;
}

int main(int argc, char **argv)
{
	int n = argc == 4 ? atoi(argv[2]) : 0, threads = argc == 4 && strcmp(argv[1], "thread") == 0;
	if (n < 1 || (!threads && strcmp(argv[1], "fork") != 0) ||
	    (strcmp(argv[3], "memory") != 0 && strcmp(argv[3], "drain") != 0)) {
		fprintf(stderr, "usage: idle thread|fork N memory|drain\n");
		return 2;
	}
	pthread_t *thread = calloc((size_t)n, sizeof *thread);
	pid_t *child = calloc((size_t)n, sizeof *child);
	private = threads ? FUTEX_PRIVATE_FLAG : 0;
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!thread || !child || shared == MAP_FAILED)
		die("memory");
	double before = memory_kib(child, 0);
	for (int i = 0; i < n; i++)
		if (!threads)
			child[i] = start_child();
		else if (pthread_create(&thread[i], NULL, wait_for_go, NULL) != 0)
			die("pthread_create");
	while (atomic_load(&shared->ready) < n)
		usleep(1000);
	usleep(50000); /* the last one goes to sleep */
	double memory = memory_kib(child, threads ? 0 : (size_t)n) - before;

	uint64_t start = now_ns();
	atomic_store(&shared->go, 1);
	syscall(SYS_futex, &shared->go, FUTEX_WAKE | private, INT_MAX, NULL, NULL, 0);
	for (int i = 0; i < n; i++)
		if (threads ? pthread_join(thread[i], NULL) != 0 : waitpid(child[i], NULL, 0) < 0)
			die("join");
	uint64_t drain = now_ns() - start;
	printf("%.6g\n", (strcmp(argv[3], "memory") != 0 ? (double)drain : memory) / n);
	free(thread);
	free(child);
}
