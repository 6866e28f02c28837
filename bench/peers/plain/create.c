/*
 * How long does it take to create a worker and wait for its end? The worker does nothing, nobody is pinned.
 * Optionally the program holds BALLAST_BYTES of memory meanwhile, in pages of 4 KiB or in huge ones.
 * Prints the median over 200 workers (20 with a ballast over 100 MiB) in ns per worker.
 */
#include "plain.h"

#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static char program[4096]; /* `nothing`, in the folder of this program */

static void *nothing(void *unused)
{
	return unused;
}

static void life(char kind)
{
	pthread_t thread;
	pid_t pid;
	if (kind == 't') {
		if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
			die("pthread_create");
		return;
	}
	if (kind == 'f') {
		pid = fork();
		if (pid == 0)
			_exit(0);
	} else if (posix_spawn(&pid, program, NULL, NULL, (char *[]){program, NULL}, environ) != 0) {
		die(program);
	}
	int status;
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		die("child");
}

static void hold_ballast(size_t bytes, int advice)
{
	volatile char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || madvise((void *)p, bytes, advice) != 0)
		die("ballast");
	for (size_t i = 0; i < bytes; i += 4096)
		p[i] = 1;
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	char *end = "";
	size_t ballast = argc > 2 ? strtoull(argv[2], &end, 10) : 0;
	if ((strcmp(kind, "thread") != 0 && strcmp(kind, "fork") != 0 && strcmp(kind, "spawn") != 0) ||
	    argc > 4 || *end || (argc == 4 && strcmp(argv[3], "huge") != 0)) {
		fprintf(stderr, "usage: create thread|fork|spawn [BALLAST_BYTES [huge]]\n");
		return 2;
	}
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - sizeof "nothing");
	if (length < 0)
		die("/proc/self/exe");
	memcpy(strrchr(program, '/') + 1, "nothing", sizeof "nothing");
	if (ballast)
		hold_ballast(ballast, argc == 4 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);

	double ns[200];
	size_t lives = ballast > 100u << 20 ? 20 : 200;
	for (int i = 0; i < 10; i++)
		life(*kind);
	for (size_t i = 0; i < lives; i++) {
		uint64_t start = now_ns();
		life(*kind);
		ns[i] = (double)(now_ns() - start);
	}
	printf("%.6g\n", median(ns, lives));
}
