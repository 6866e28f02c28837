/*
 * What does a mutex cost, between threads or between processes, uncontended or with a second worker on
 * another CPU? Prints ns per operation (lock, count, unlock) as one worker sees it, over a window of 80 ms.
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plain.h"

static struct shared {
	pthread_mutex_t mutex;
	_Alignas(128) uint64_t first, second;
	_Alignas(128) atomic_int stop;
	_Alignas(128) pthread_barrier_t ready;
	struct {
		_Alignas(128) uint64_t operations, ns;
	} worker[2];
} * shared;
static cpu_set_t allowed;

static void *work(void *arg)
{
	struct shared *s = shared;
	size_t rank = (size_t)arg;
	cpu_set_t own;
	int cpu = 0;

	for (size_t left = rank; !CPU_ISSET(cpu, &allowed) || left--; cpu++)
		;
	CPU_ZERO(&own);
	CPU_SET(cpu, &own);
	if (sched_setaffinity(0, sizeof own, &own))
		die("sched_setaffinity");
	pthread_barrier_wait(&s->ready);

	uint64_t start = now_ns();
	while (!atomic_load_explicit(&s->stop, memory_order_relaxed)) {
		pthread_mutex_lock(&s->mutex);
		s->first++;
		atomic_signal_fence(memory_order_seq_cst); /* two increments, not one of a pair */
		s->second++;
		s->worker[rank].operations++;
		pthread_mutex_unlock(&s->mutex);
	}
	s->worker[rank].ns = now_ns() - start;
	return NULL;
}

int main(int argc, char **argv)
{
	int forks = argc == 3 && !strcmp(argv[1], "fork");
	int contended = argc == 3 && !strcmp(argv[2], "contended");
	int sharing = forks ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE, status = 0;
	size_t workers = contended ? 2 : 1;
	uint64_t operations = 0, ns = 0;
	pthread_t thread[2];
	pid_t pid[2];
	pthread_mutexattr_t mutex_attr;
	pthread_barrierattr_t barrier_attr;

	if (argc != 3 || (!forks && strcmp(argv[1], "thread") != 0) ||
	    (!contended && strcmp(argv[2], "alone") != 0))
		return fprintf(stderr, "usage: lock thread|fork alone|contended\n"), 2;
	if (sched_getaffinity(0, sizeof allowed, &allowed) || (size_t)CPU_COUNT(&allowed) < workers)
		die("CPUs");
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	pthread_mutexattr_init(&mutex_attr);
	pthread_mutexattr_setpshared(&mutex_attr, sharing);
	pthread_mutex_init(&shared->mutex, &mutex_attr);
	pthread_barrierattr_init(&barrier_attr);
	pthread_barrierattr_setpshared(&barrier_attr, sharing);
	pthread_barrier_init(&shared->ready, &barrier_attr, (unsigned)workers + 1);

	for (size_t i = 0; i < workers; i++) {
		if (forks ? (pid[i] = fork()) < 0 : pthread_create(&thread[i], NULL, work, (void *)i))
			die("no worker");
		if (forks && pid[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work((void *)i);
			_exit(0);
		}
	}
	pthread_barrier_wait(&shared->ready);
	nanosleep(&(struct timespec){.tv_nsec = 80000000}, NULL);
	shared->stop = 1;
	for (size_t i = 0; i < workers; i++) {
		if (forks ? waitpid(pid[i], &status, 0) < 0 || status : pthread_join(thread[i], NULL))
			die("a worker failed");
		operations += shared->worker[i].operations;
		ns += shared->worker[i].ns;
	}
	if (shared->first != operations || shared->second != operations)
		die("the mutex did not exclude");
	printf("%.6g\n", (double)ns / (double)operations);
}
