/*
 * What does it cost to write one byte in each 4 KiB page of 64 MiB of memory, nobody pinned?
 *   mapped: each page was written before            fresh:  none was ever touched
 *   copied: by a forked child that inherited them    parent: by the parent, while a forked child waits
 * Prints the median of 7 in ns per page.
 */
#include "plain.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t page = 4096, pages = 16384;

/* In memory that parent and child share. */
static struct shared {
	volatile int ready;
	volatile double ns;
} * shared;

static double write_pages(volatile char *memory)
{
	uint64_t start = now_ns();
	for (size_t i = 0; i < pages; i++)
		memory[i * page] = 1;
	return (double)(now_ns() - start) / (double)pages;
}

static _Noreturn void child(char *memory, int waits)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!waits)
		shared->ns = write_pages(memory);
	shared->ready = 1;
	if (!waits)
		_exit(0);
	for (;;)
		pause();
}

static double measure(char how)
{
	char *memory = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, pages * page, MADV_NOHUGEPAGE) != 0)
		die("memory");
	if (how != 'f')
		write_pages(memory);
	if (how == 'c' || how == 'p') {
		shared->ready = 0;
		pid_t pid = fork();
		if (pid < 0)
			die("fork");
		if (pid == 0)
			child(memory, how == 'p');
		if (how == 'p') {
			while (!shared->ready)
				;
			shared->ns = write_pages(memory);
			kill(pid, SIGKILL);
		}
		waitpid(pid, NULL, 0);
		if (!shared->ready)
			die("child");
	} else {
		shared->ns = write_pages(memory);
	}
	munmap(memory, pages * page);
	return shared->ns;
}

int main(int argc, char **argv)
{
	const char *how = argc == 2 ? argv[1] : "";
	if (strcmp(how, "mapped") != 0 && strcmp(how, "fresh") != 0 && strcmp(how, "copied") != 0 &&
	    strcmp(how, "parent") != 0) {
		fprintf(stderr, "usage: page mapped|fresh|copied|parent\n");
		return 2;
	}
	shared = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("shared memory");
	double ns[7];
	for (int i = 0; i < 7; i++)
		ns[i] = measure(*how);
	printf("%.6g\n", median(ns, 7));
}
