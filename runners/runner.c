/* The table of runners: a launcher times a lifetime, or an engine that has its own way. */
#include "runners/runner.h"

#include <string.h>

#include "runners/launcher.h"
#include "runners/session.h"

#ifdef PVT_OPENMP
#define OPENMP_MISSING NULL
#else
#define OPENMP_MISSING                                                                           \
	"this pvt was built without OpenMP: it takes a compiler with -fopenmp (gcc; clang with " \
	"libomp-dev), "                                                                          \
	"and no ThreadSanitizer"
#endif

#define OF_LAUNCHER(kind, pools, label, how, has_processes, text) \
	{.name = (label),                                         \
	 .help = (text),                                          \
	 .engine = &engine_##kind,                                \
	 .launcher = &launch_##how,                               \
	 .processes = (has_processes),                            \
	 .pool = (pools)},

const struct runner runners[] = {
#define LAUNCHED(...) OF_LAUNCHER(once, false, __VA_ARGS__)
#define POOLED(...) OF_LAUNCHER(pool, true, __VA_ARGS__)
#define STOLEN(...) OF_LAUNCHER(steal, true, __VA_ARGS__)
#define RUNNER(...) {__VA_ARGS__},
#include "runners/runners.def"
	{.name = NULL},
};

_Static_assert(sizeof runners / sizeof *runners <= RUNNERS_MOST, "raise RUNNERS_MOST");

const struct runner *runner_find(const char *name)
{
	for (const struct runner *r = runners; r->name; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

bool runner_has_processes(const struct runner *runner)
{
	return runner->processes;
}

bool runner_leaves_machine(const struct runner *runner)
{
	return runner->engine->leaves_machine;
}

enum runner_kind runner_kind(const struct runner *runner)
{
	if (!runner->launcher || runner->launcher->is_caller)
		return RUNNER_OTHER;
	return runner->engine->launches ? RUNNER_LAUNCHED
	       : runner->engine->steals ? RUNNER_STEALS
					: RUNNER_POOLED;
}

bool runner_opens(const struct runner *runner)
{
	bool forks = runner->launcher && runner->launcher->open;
	return forks || (runner->pool && !runner_leaves_machine(runner));
}

bool runner_steals(const struct runner *runner)
{
	return runner->engine->steals;
}

const char *runner_refuses(const struct runner *runner, const struct kernel *kernel, uint32_t workers,
			   uint32_t hosts)
{
	const struct engine *engine = runner->engine;
	const char *refusal = runner->missing   ? runner->missing
			      : engine->refuses ? engine->refuses(runner, kernel, workers, hosts)
						: NULL;
	if (refusal)
		return refusal;
	if ((kernel->needs & KERNEL_NEEDS_ONE_PROCESS) && runner_has_processes(runner))
		return "it needs one address space: threads only";
	if ((kernel->needs & KERNEL_NEEDS_MESSAGES) && !engine->leaves_machine)
		return "it sends messages, which its workers do not have";
	if ((kernel->needs & KERNEL_NEEDS_INHERITANCE) && runner->launcher && !runner->launcher->inherits)
		return "it needs what only a thread or a fork inherits";
	if (kernel->group == KERNEL_GROUP_ALL && workers < 2)
		return "it takes two workers at least";
	if (kernel->group > 1 && kernel->group != KERNEL_GROUP_ALL && workers % kernel->group != 0)
		return "its workers come in groups, and the number is no multiple of them";
	return NULL;
}

bool job_keeps_time(const struct job *job)
{
	const struct kernel *k = job->kernel;
	return k->kind == KERNEL_RATE && (k->items ? k->items(job->params) : job->params->size) > 1;
}

bool job_runs_plain(const struct job *job)
{
	const struct kernel *k = job->kernel;
	bool together = k->kind == KERNEL_RATE && job->workers > 1 && (k->group > 1 || job_keeps_time(job));
	return !job->stamped && job->runner->engine->launches && !job->runner->launcher->is_caller &&
	       !job->crash && !job->window_ns && !together;
}

const char *schedule_name(enum schedule schedule)
{
	static const char *const names[] = {"static", "dynamic", "guided", "stealing"};
	return names[schedule];
}

const char *status_name(enum status status)
{
	static const char *const names[] = {"ok", "wrong", "crashed", "timeout", "skipped"};
	return names[status];
}
