/*
 * What does it cost to have a worker for a moment? It is created, does nothing, and is joined: a thread, a
 * forked process that exits at once, or a new program (nothing.c). A fork copies the page tables of its
 * parent: BYTES of memory that the parent has touched, in small (4 KiB) or huge (2 MiB) pages, show how that
 * grows.
 *
 * Prints ns per life, the mean of COUNT.
 */
#include <libgen.h>
#include <spawn.h>

#include "plain.h"

static char program[4096];

static void *nothing(void *arg)
{
	return arg;
}

static void live_as_thread(void)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, nothing, NULL) != 0)
		die("pthread_create");
	pthread_join(thread, NULL);
}

static void live_as_fork(void)
{
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	if (child < 0 || waitpid(child, NULL, 0) != child)
		die("fork");
}

static void live_as_program(void)
{
	char *argv[] = {program, NULL};
	pid_t child;
	if (posix_spawn(&child, program, NULL, NULL, argv, environ) != 0 || waitpid(child, NULL, 0) != child)
		die("posix_spawn");
}

static void hold_memory(size_t bytes, bool huge)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	madvise(memory, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	memset(memory, 1, bytes);
}

int main(int argc, char **argv)
{
	if (argc != 3 && argc != 5)
		usage("life thread|fork|spawn COUNT [BYTES small|huge]");
	bool spawn = strcmp(argv[1], "spawn") == 0;
	void (*live)(void) = spawn ? live_as_program : is_process(argv[1]) ? live_as_fork : live_as_thread;
	size_t count = number(argv[2]);
	if (argc == 5)
		hold_memory(number(argv[3]), strcmp(argv[4], "huge") == 0);
	snprintf(program, sizeof program, "%s/nothing", dirname(argv[0]));

	double begin = now_ns();
	for (size_t i = 0; i < count; i++)
		live();
	printf("%.1f\n", (now_ns() - begin) / (double)count);
	return 0;
}
