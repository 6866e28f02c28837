/*
 * What does it cost to have two workers do a task of about 10 ns each: workers created for the job, or
 * workers of a pool that wait for it? Prints the wall ns per job, the median of 200 jobs (a pool: 2000 back
 * to back).
 */
#define _GNU_SOURCE 1
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

#include "plain.h"

enum { WORKERS = 2, LAUNCHES = 200, JOBS = 2000, SPIN_NS = 50000 };

struct word {
	_Alignas(128) atomic_uint value;
	atomic_int sleepers;
};
static struct shared {
	struct word job, done; /* the number of the last job; tasks done since the start */
} * shared;
static int forks, private;
static pthread_t thread[WORKERS];
static pid_t pid[WORKERS];

static void *task(void *unused)
{
	volatile uint64_t seed = 12345, result;
	uint64_t factor = seed, x = factor;

	for (int i = 0; i < 8; i++)
		x = x * factor + 1;
	result = x;
	(void)result;
	return unused;
}

static void await(struct word *word, unsigned target)
{
	for (uint64_t give_up = now_ns() + SPIN_NS; now_ns() < give_up;)
		for (int i = 0; i < 16; i++)
			if (word->value == target)
				return;
	word->sleepers++;
	for (unsigned seen = word->value; seen != target; seen = word->value)
		syscall(SYS_futex, &word->value, FUTEX_WAIT | private, seen, NULL, NULL, 0);
	word->sleepers--;
}

static void publish(struct word *word)
{
	word->value++;
	if (word->sleepers)
		syscall(SYS_futex, &word->value, FUTEX_WAKE | private, WORKERS, NULL, NULL, 0);
}

static void *pool_worker(void *unused)
{
	for (unsigned job = 1; job <= JOBS; job++) {
		await(&shared->job, job);
		task(NULL);
		publish(&shared->done);
	}
	return unused;
}

static void create(void *(*work)(void *))
{
	for (int i = 0; i < WORKERS; i++) {
		if (forks ? (pid[i] = fork()) < 0 : pthread_create(&thread[i], NULL, work, NULL))
			die("no worker");
		if (forks && pid[i] == 0) {
			if (work == pool_worker)
				prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(NULL);
			_exit(0);
		}
	}
}

static void join(void)
{
	int status = 0;

	for (int i = 0; i < WORKERS; i++)
		if (forks ? waitpid(pid[i], &status, 0) < 0 || status : pthread_join(thread[i], NULL))
			die("a worker failed");
}

int main(int argc, char **argv)
{
	const char *kind = argc == 2 ? argv[1] : "";
	int pool = strstr(kind, "-pool") != NULL;
	unsigned jobs = pool ? JOBS : LAUNCHES;
	double ns[JOBS];

	forks = !strcmp(kind, "fork") || !strcmp(kind, "fork-pool");
	private = forks ? 0 : FUTEX_PRIVATE_FLAG;
	if (!forks && strcmp(kind, "thread") != 0 && strcmp(kind, "thread-pool") != 0)
		return fprintf(stderr, "usage: task thread|fork|thread-pool|fork-pool\n"), 2;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	if (pool)
		create(pool_worker);
	for (unsigned job = 1; job <= jobs; job++) {
		uint64_t start = now_ns();

		if (pool) {
			publish(&shared->job);
			await(&shared->done, job * WORKERS);
		} else {
			create(task);
			join();
		}
		ns[job - 1] = (double)(now_ns() - start);
	}
	if (pool)
		join();
	printf("%.6g\n", median(ns, jobs));
}
