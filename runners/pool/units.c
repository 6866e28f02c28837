/*
 * The units that a pool's workers may use: those of the process, not of the thread that happens to open it.
 * A thread that is bound, by itself or by OpenMP's runtime (OMP_PROC_BIND), would else pass its one unit on
 * to all workers.
 */
#include <dirent.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "runners/affinity.h"
#include "runners/pool/state.h"

enum { BYTES = AFFINITY_PUS_MAX / 8 };

struct units {
	unsigned long bits[BYTES / sizeof(unsigned long)];
};

/* Not const, because there is no other time to ask: who binds itself later leaves no trace of what it had. */
static struct units at_start;

static bool read_thread(pid_t tid, struct units *units)
{
	memset(units, 0, sizeof *units);
	return sched_getaffinity(tid, BYTES, (cpu_set_t *)units->bits) == 0;
}

__attribute__((constructor)) static void remember_start(void)
{
	read_thread(0, &at_start);
}

static uint32_t count(const struct units *units)
{
	return (uint32_t)CPU_COUNT_S(BYTES, (const cpu_set_t *)units->bits);
}

static void add(struct units *all, const struct units *more)
{
	for (size_t i = 0; i < sizeof all->bits / sizeof *all->bits; i++)
		all->bits[i] |= more->bits[i];
}

static void add_threads(struct units *all)
{
	struct units one;
	DIR *tasks = opendir("/proc/self/task");
	for (struct dirent *task; tasks && (task = readdir(tasks));)
		if (atoi(task->d_name) > 0 && read_thread(atoi(task->d_name), &one))
			add(all, &one);
	if (tasks)
		closedir(tasks);
}

/*
 * What all threads of the process may use together. Where that is one unit, and was more when the program
 * began, the program has bound its only thread, and not decided for all it may start. A set that taskset(1)
 * or a cgroup gives is there from the start, and stays.
 */
uint32_t pool_find_units(struct pool *pool)
{
	struct units own, all = {0};
	if (!read_thread(0, &own))
		return 1;
	add_threads(&all);
	add(&all, &own);
	if (count(&all) == 1)
		add(&all, &at_start);
	if (memcmp(&all, &own, sizeof all) != 0) {
		pool->units = malloc(sizeof all);
		if (pool->units)
			memcpy(pool->units, &all, sizeof all);
	}
	return count(pool->units ? &all : &own);
}
