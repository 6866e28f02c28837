/*
 * How long does a byte take to another thread, or process, and back? Two workers, pinned to the first two
 * CPUs that this program may use, answer each other through pipes, or through a shared word while both spin.
 * Prints ns per round trip, the mean of 20000 (pipe: 5000).
 */
#include "plain.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WARM_UP = 500 };

/* In memory that both share: worker i reads word[i], each in a cache line of its own. */
static struct {
	_Alignas(128) _Atomic unsigned char byte;
} * word;
static int pipes[2][2]; /* pipes[i] leads to worker i */
static int spins, round_trips;

static void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static void send_byte(int to, unsigned char byte)
{
	if (spins)
		atomic_store_explicit(&word[to].byte, byte, memory_order_release);
	else if (write(pipes[to][1], &byte, 1) != 1)
		die("write");
}

static void await_byte(int me, unsigned char byte)
{
	unsigned char got;
	if (spins)
		while (atomic_load_explicit(&word[me].byte, memory_order_acquire) != byte)
			relax();
	else if (read(pipes[me][0], &got, 1) != 1 || got != byte)
		die("read");
}

/* Pins the caller to the n-th CPU, from 0, of those that it may use. */
static void pin_to(int n)
{
	cpu_set_t allowed, one;
	int cpu = -1;
	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2)
		die("no second CPU");
	while (n >= 0)
		if (CPU_ISSET(++cpu, &allowed))
			n--;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof one, &one) != 0)
		die("sched_setaffinity");
}

static void *partner(void *unused)
{
	pin_to(1);
	for (int i = 1; i <= WARM_UP + round_trips; i++) {
		await_byte(1, (unsigned char)i);
		send_byte(0, (unsigned char)i);
	}
	return unused;
}

int main(int argc, char **argv)
{
	const char *kind = argc == 3 ? argv[1] : "", *how = argc == 3 ? argv[2] : "";
	if ((strcmp(kind, "thread") != 0 && strcmp(kind, "fork") != 0) ||
	    (strcmp(how, "pipe") != 0 && strcmp(how, "spin") != 0)) {
		fprintf(stderr, "usage: round thread|fork pipe|spin\n");
		return 2;
	}
	spins = *how == 's';
	round_trips = spins ? 20000 : 5000;
	word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (word == MAP_FAILED || pipe(pipes[0]) != 0 || pipe(pipes[1]) != 0)
		die("setup");
	pthread_t thread;
	pid_t pid = 0;
	if (*kind == 't') {
		if (pthread_create(&thread, NULL, partner, NULL) != 0)
			die("pthread_create");
	} else if ((pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		partner(NULL);
		_exit(0);
	} else if (pid < 0) {
		die("fork");
	}
	pin_to(0);
	uint64_t start = 0;
	for (int i = 1; i <= WARM_UP + round_trips; i++) {
		if (i == WARM_UP + 1)
			start = now_ns();
		send_byte(1, (unsigned char)i);
		await_byte(0, (unsigned char)i);
	}
	printf("%.6g\n", (double)(now_ns() - start) / round_trips);
	return pid ? waitpid(pid, NULL, 0) < 0 : pthread_join(thread, NULL);
}
