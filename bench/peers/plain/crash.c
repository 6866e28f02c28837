/*
 * One of two workers crashes: how soon does its replacement run? With threads the whole process is gone and
 * is forked anew with both of them; with processes only the worker that crashed. Prints the ns from just
 * before the crash to the first instruction of the replacement, the median of 21 crashes.
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plain.h"

enum { CRASHES = 21, WORK_NS = 1000000 };
static struct {
	volatile uint64_t started, crashed;
} * life;
static int now; /* which life */
static volatile char *nowhere;

static void *crashes(void *unused)
{
	life[now].started = now_ns();
	while (now_ns() - life[now].started < WORK_NS)
		;
	life[now].crashed = now_ns();
	*nowhere = 1; /* a segmentation fault */
	return unused;
}

static void *works(void *unused)
{
	for (volatile int on = 1; on;)
		;
	return unused;
}

static void both_threads(void)
{
	pthread_t first, second;

	if (pthread_create(&first, NULL, crashes, NULL) || pthread_create(&second, NULL, works, NULL))
		die("pthread_create");
	pthread_join(second, NULL);
}

static pid_t start(void (*body)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		body();
		_exit(1);
	}
	return pid;
}

static void crashing_process(void)
{
	crashes(NULL);
}

static void working_process(void)
{
	works(NULL);
}

int main(int argc, char **argv)
{
	int forks = argc == 2 && !strcmp(argv[1], "fork"), status;
	double ns[CRASHES];
	pid_t other = 0;

	if (argc != 2 || (!forks && strcmp(argv[1], "thread") != 0))
		return fprintf(stderr, "usage: crash thread|fork\n"), 2;
	life = mmap(NULL, (CRASHES + 1) * sizeof *life, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	nowhere = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (life == MAP_FAILED || nowhere == MAP_FAILED || setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}) ||
	    prctl(PR_SET_DUMPABLE, 0))
		die("prepare");
	if (forks)
		other = start(working_process);
	for (now = 0; now <= CRASHES; now++) {
		pid_t pid = start(forks ? crashing_process : both_threads);

		if (waitpid(pid, &status, 0) < 0 || !WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
			die("no crash");
	}
	if (other && (kill(other, SIGKILL) || waitpid(other, &status, 0) < 0))
		die("kill");
	for (int i = 0; i < CRASHES; i++)
		ns[i] = (double)(life[i + 1].started - life[i].crashed);
	printf("%.6g\n", median(ns, CRASHES));
}
