/*
 * How soon is there a new worker after one has crashed? A supervisor has two workers that compute. One of
 * them writes where it may not. As threads both die, with the process they are in: the supervisor forks it
 * anew, and it starts both threads again. As forked processes one dies, and only that one is forked anew.
 *
 * Prints ns from just before the fault to the first instruction of the new worker: the median of TIMES.
 */
#include <signal.h>
#include <sys/prctl.h>

#include "plain.h"

static struct {
	atomic_bool other_here, again;
	double fault, reborn;
} * shared;

static void *compute(void *arg)
{
	shared->other_here = true;
	for (;;)
		relax();
	return arg;
}

static void *crash_once(void *arg)
{
	int *volatile nowhere = NULL;
	if (shared->again) {
		shared->reborn = now_ns();
		_exit(0);
	}
	while (!shared->other_here)
		relax();
	prctl(PR_SET_DUMPABLE, 0); /* no core is written */
	shared->fault = now_ns();
	*nowhere = 1; // NOLINT(clang-analyzer-core.NullDereference): that is the crash
	return arg;
}

static void *run_two_threads(void *arg)
{
	struct worker crashing, other;
	start(&crashing, false, crash_once, arg);
	start(&other, false, compute, arg);
	finish(&crashing);
	return arg;
}

/* The supervisor, a process of its own each time; ends when the new worker has been there. */
static void *survive(void *arg)
{
	bool processes = *(const bool *)arg;
	struct worker crashing, other = {.process = processes};
	void *(*first)(void *) = processes ? crash_once : run_two_threads;
	shared->other_here = shared->again = false;
	if (processes)
		start(&other, true, compute, NULL);
	start(&crashing, true, first, NULL);
	waitpid(crashing.pid, NULL, 0);
	shared->again = true;
	start(&crashing, true, first, NULL);
	finish(&crashing);
	if (processes) {
		kill(other.pid, SIGKILL);
		waitpid(other.pid, NULL, 0);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	double ns[1000];
	struct worker supervisor;
	size_t times = argc == 3 ? number(argv[2]) : 0;
	if (times == 0 || times > 1000)
		usage("crash thread|fork TIMES (at most 1000)");
	bool processes = is_process(argv[1]);
	shared = shared_memory(sizeof *shared);

	for (size_t i = 0; i < times; i++) {
		start(&supervisor, true, survive, &processes);
		finish(&supervisor);
		ns[i] = shared->reborn - shared->fault;
	}
	printf("%.0f\n", median(ns, times));
	return 0;
}
