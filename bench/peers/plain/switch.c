/*
 * How long does a context switch take between two threads, or two processes? Two workers, pinned to the first
 * CPU that this program may use, take turns by a futex, a pipe or sched_yield().
 * Prints ns per switch: half a round trip, the mean of 20000 round trips.
 */
#include "plain.h"

#include <linux/futex.h>
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

enum { WARM_UP = 1000, ROUND_TRIPS = 20000 };

static atomic_int *turn; /* shared: the worker whose turn it is, 0 or 1 */
static int pipes[2][2];  /* pipes[i] leads to worker i */
static char how;
static int private; /* FUTEX_PRIVATE_FLAG for threads of one process */

static void give_turn(int to)
{
	if (how == 'p') {
		if (write(pipes[to][1], "", 1) != 1)
			die("write");
		return;
	}
	atomic_store(turn, to);
	if (how == 'f')
		syscall(SYS_futex, turn, FUTEX_WAKE | private, 1, NULL, NULL, 0);
	else
		sched_yield();
}

static void await_turn(int me)
{
	char byte;
	if (how == 'p') {
		if (read(pipes[me][0], &byte, 1) != 1)
			die("read");
		return;
	}
	while (atomic_load(turn) != me)
		if (how == 'f')
			syscall(SYS_futex, turn, FUTEX_WAIT | private, !me, NULL, NULL, 0);
		else
			sched_yield();
}

static void *partner(void *unused)
{
	for (int i = 0; i < WARM_UP + ROUND_TRIPS; i++) {
		await_turn(1);
		give_turn(0);
	}
	return unused;
}

static void pin_to_first_cpu(void)
{
	cpu_set_t allowed, one;
	int cpu = 0;
	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
		die("sched_getaffinity");
	while (!CPU_ISSET(cpu, &allowed))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof one, &one) != 0)
		die("sched_setaffinity");
}

int main(int argc, char **argv)
{
	const char *kind = argc == 3 ? argv[1] : "", *by = argc == 3 ? argv[2] : "";
	if ((strcmp(kind, "thread") != 0 && strcmp(kind, "fork") != 0) ||
	    (strcmp(by, "futex") != 0 && strcmp(by, "pipe") != 0 && strcmp(by, "yield") != 0)) {
		fprintf(stderr, "usage: switch thread|fork futex|pipe|yield\n");
		return 2;
	}
	how = *by;
	turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (turn == MAP_FAILED || pipe(pipes[0]) != 0 || pipe(pipes[1]) != 0)
		die("setup");
	pin_to_first_cpu(); /* the other worker inherits it */
	pthread_t thread;
	pid_t pid = 0;
	if (*kind == 't') {
		private = FUTEX_PRIVATE_FLAG;
		if (pthread_create(&thread, NULL, partner, NULL) != 0)
			die("pthread_create");
	} else if ((pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		partner(NULL);
		_exit(0);
	} else if (pid < 0) {
		die("fork");
	}
	uint64_t start = 0;
	for (int i = 0; i < WARM_UP + ROUND_TRIPS; i++) {
		if (i == WARM_UP)
			start = now_ns();
		give_turn(1);
		await_turn(0);
	}
	printf("%.6g\n", (double)(now_ns() - start) / ROUND_TRIPS / 2);
	return pid ? waitpid(pid, NULL, 0) < 0 : pthread_join(thread, NULL);
}
