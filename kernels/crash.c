/*
 * What a crash costs: the work of `spin`, and on the way one worker is killed, runs out of memory, or never
 * comes back.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kernels/params.h"
#include "kernels/spin.h"

#define MEMORY_LEFT ((rlim_t)4 << 20)
#define BLOCK ((size_t)256 << 10)

/* Who is at an item, or threads at their job, for 100 ms is taken for one that hangs. */
#define GRAIN_MAX_NS 500000

static int configure(struct params *params)
{
	return params_limit(params, GRAIN_MAX_NS);
}

/* No handler is asked, and no core written: that would take longer than all that is measured. */
static void let_it_kill(int signal_number)
{
	signal(signal_number, SIG_DFL);
	prctl(PR_SET_DUMPABLE, 0);
}

/* By a real access, so that the page fault is part of it. */
static void crash_segv(struct context *ctx)
{
	void *page = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)ctx;
	let_it_kill(SIGSEGV);
	*(volatile char *)page = 1;
}

static void crash_kill(struct context *ctx)
{
	(void)ctx;
	kill(getpid(), SIGKILL);
}

static void crash_abort(struct context *ctx)
{
	(void)ctx;
	let_it_kill(SIGABRT);
	abort();
}

static rlim_t address_space(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file && fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* As most programs do: takes memory, uses it, and gives up when there is no more. */
static void crash_memory(struct context *ctx)
{
	struct rlimit limit;

	(void)ctx;
	let_it_kill(SIGABRT);
	getrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = address_space() + MEMORY_LEFT;
	setrlimit(RLIMIT_AS, &limit);
	while (mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) !=
	       MAP_FAILED)
		;
	abort();
}

static void crash_loop(struct context *ctx)
{
	(void)ctx;
	for (volatile bool forever = true; forever;)
		;
}

#define CRASH(end, name_of, what)                                          \
	const struct kernel kernel_crash_##end = {                         \
		.abi = KERNEL_ABI,                                         \
		.name = "crash-" name_of,                                  \
		.help = "the work of spin, and half-way one worker " what, \
		.uneven = true,                                            \
		.sizes = {10000, 50000, 500000},                           \
		.configure = configure,                                    \
		.crash = crash_##end,                                      \
		SPIN_WORK,                                                 \
	};

CRASH(segv, "segv", "writes where it may not (SIGSEGV)")
CRASH(kill, "kill", "is killed (SIGKILL)")
CRASH(abort, "abort", "aborts (SIGABRT)")
CRASH(memory, "memory", "finds no more memory and aborts (RLIMIT_AS)")
CRASH(loop, "loop", "never comes to an end")
