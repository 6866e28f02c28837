/*
 * What does a call cost when every worker makes it at once: do threads, which share one process, get in each
 * other's way? Prints ns per operation as one worker sees it, over a window of 40 ms; each worker has a CPU.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plain.h"

enum { MAX = 256 };
static struct shared {
	pthread_barrier_t ready;
	_Alignas(128) atomic_int stop;
	struct {
		_Alignas(128) uint64_t operations, ns;
	} worker[MAX];
} * shared;
static const char *const names[] = {"malloc-medium", "malloc-large", "mmap",  "open",
				    "dup",           "getppid",      "signal"};
enum { MEDIUM, LARGE, MAPPING, OPEN, DUP, GETPPID, SIGNAL, NAMES };
static cpu_set_t allowed;
static int name;

struct own {
	char path[32];
	int fd;
	sigset_t set;
	pid_t process, thread;
};

static int allocate(size_t bytes)
{
	volatile char *byte = malloc(bytes);
	if (byte)
		*byte = 1;
	free((void *)(uintptr_t)byte);
	return byte != NULL;
}

static int map(void)
{
	size_t bytes = (size_t)128 << 10;
	char *byte = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (byte == MAP_FAILED)
		return 0;
	*(volatile char *)byte = 1;
	return munmap(byte, bytes) == 0;
}

static int operate(const struct own *own)
{
	switch (name) {
	case MEDIUM:
		return allocate((size_t)64 << 10);
	case LARGE:
		return allocate((size_t)128 << 20);
	case MAPPING:
		return map();
	case OPEN:
		return close(open(own->path, O_RDONLY | O_CLOEXEC)) == 0;
	case DUP:
		return close(fcntl(own->fd, F_DUPFD_CLOEXEC, 0)) == 0;
	case GETPPID:
		return syscall(SYS_getppid) >= 0;
	default:
		return syscall(SYS_tgkill, own->process, own->thread, SIGUSR1) == 0 &&
		       sigtimedwait(&own->set, NULL, &(struct timespec){0}) == SIGUSR1;
	}
}

static void *work(void *arg)
{
	size_t rank = (size_t)arg;
	struct own own = {"/dev/shm/plain-XXXXXX", -1, {{0}}, getpid(), gettid()};
	uint64_t operations = 0, start;
	cpu_set_t cpus;
	int cpu = 0;

	for (size_t left = rank; !CPU_ISSET(cpu, &allowed) || left--; cpu++)
		;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus) || (own.fd = mkostemp(own.path, O_CLOEXEC)) < 0)
		die("worker");
	sigemptyset(&own.set);
	sigaddset(&own.set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &own.set, NULL);
	pthread_barrier_wait(&shared->ready);

	for (start = now_ns(); !atomic_load_explicit(&shared->stop, memory_order_relaxed); operations++)
		if (!operate(&own))
			die(names[name]);
	shared->worker[rank].ns = now_ns() - start;
	shared->worker[rank].operations = operations;
	unlink(own.path);
	close(own.fd);
	return NULL;
}

int main(int argc, char **argv)
{
	int forks = argc > 2 && !strcmp(argv[1], "fork"), workers = argc == 4 ? atoi(argv[3]) : 2, status = 0;
	uint64_t operations = 0, ns = 0;
	pthread_t thread[MAX];
	pid_t pid[MAX];
	pthread_barrierattr_t attr;

	for (name = 0; argc > 2 && name < NAMES && strcmp(argv[2], names[name]) != 0; name++)
		;
	if (argc < 3 || argc > 4 || (!forks && strcmp(argv[1], "thread") != 0) || name == NAMES ||
	    workers < 1 || workers > MAX)
		return fprintf(stderr, "usage: operation thread|fork malloc-medium|malloc-large|mmap|open|"
				       "dup|getppid|signal [WORKERS]\n"),
		       2;
	if (sched_getaffinity(0, sizeof allowed, &allowed) || CPU_COUNT(&allowed) < workers)
		die("CPUs");
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&shared->ready, &attr, (unsigned)workers + 1);

	for (size_t i = 0; i < (size_t)workers; i++) {
		if (forks ? (pid[i] = fork()) < 0 : pthread_create(&thread[i], NULL, work, (void *)i))
			die("no worker");
		if (forks && pid[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work((void *)i);
			_exit(0);
		}
	}
	pthread_barrier_wait(&shared->ready);
	nanosleep(&(struct timespec){.tv_nsec = 40000000}, NULL);
	shared->stop = 1;
	for (int i = 0; i < workers; i++) {
		if (forks ? waitpid(pid[i], &status, 0) < 0 || status : pthread_join(thread[i], NULL))
			die("a worker failed");
		operations += shared->worker[i].operations;
		ns += shared->worker[i].ns;
	}
	printf("%.6g\n", (double)ns / (double)operations);
}
