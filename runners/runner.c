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

const struct runner runners[] = {
	{"seq", "the caller itself, one item after the other", .engine = &engine_once,
	 .launcher = &launch_inline},
	{"pthread", "a POSIX thread a worker, created for each job", .engine = &engine_once,
	 .launcher = &launch_thread},
	{"fork", "a forked process a worker, created for each job", .engine = &engine_once,
	 .launcher = &launch_fork, .processes = true},
	{"spawn", "a fresh program a worker (posix_spawn), created for each job", .engine = &engine_once,
	 .launcher = &launch_spawn, .processes = true},
	{"pthread-pool", "threads that wait for jobs", .engine = &engine_pool, .launcher = &launch_thread,
	 .pool = true},
	{"fork-pool", "forked processes that wait for jobs", .engine = &engine_pool, .launcher = &launch_fork,
	 .processes = true, .pool = true},
	{"pthread-steal", "threads of the pool library, which steal items from each other",
	 .engine = &engine_steal, .launcher = &launch_thread, .pool = true},
	{"fork-steal", "processes of the pool library, which steal items from each other",
	 .engine = &engine_steal, .launcher = &launch_fork, .processes = true, .pool = true},
	{"openmp", "threads of an OpenMP team, which deals by its own schedules", .engine = &engine_openmp,
	 .pool = true, .apart = true, .missing = OPENMP_MISSING},
	{"mpi", "a rank of an MPI job a worker, on one host or several; ranks wait for jobs",
	 .engine = &engine_mpi, .processes = true, .pool = true},
	{"mpi+pthread", "a rank of an MPI job a host or NUMA node, and pooled threads in it",
	 .engine = &engine_mpi, .processes = true, .pool = true, .inside = "pthread-pool"},
	{"mpi+fork", "a rank of an MPI job a host or NUMA node, and pooled processes in it",
	 .engine = &engine_mpi, .processes = true, .pool = true, .inside = "fork-pool"},
	{.name = NULL},
};

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
	return runner->engine == &engine_mpi;
}

bool runner_steals(const struct runner *runner)
{
	return runner->engine == &engine_steal;
}

static const char *mpi_refuses(const struct runner *runner, const struct kernel *kernel, uint32_t workers,
			       uint32_t hosts)
{
	if (kernel->needs & (KERNEL_NEEDS_INHERITANCE | KERNEL_NEEDS_BALLAST))
		return "it needs what only a thread or a fork inherits, and ranks are started by mpirun";
	if (kernel->needs & KERNEL_NEEDS_INTERPRETER)
		return "its interpreter stays in the process that it is in";
	if (kernel->crash)
		return "a rank that crashes takes the whole MPI job along";
	if (runner->inside && (kernel->needs & KERNEL_NEEDS_MESSAGES))
		return "workers inside a rank cannot send messages";
	if (runner->inside && workers % hosts != 0)
		return "each host gets a rank, and each rank as many workers as the others";
	if (hosts > 1 && kernel->shared_bytes && !kernel->writes)
		return "it needs memory that all workers share, and hosts have none in common";
	return NULL;
}

static const char *openmp_refuses(const struct kernel *kernel)
{
	if (kernel->crash)
		return "no thread takes the place of one that crashed in an OpenMP team";
	if (kernel->needs & KERNEL_NEEDS_INTERPRETER)
		return "an interpreter wants to know its threads, which an OpenMP runtime makes and keeps";
	return NULL;
}

const char *runner_refuses(const struct runner *runner, const struct kernel *kernel, uint32_t workers,
			   uint32_t hosts)
{
	const char *refusal = runner->missing                    ? runner->missing
			      : runner->engine == &engine_openmp ? openmp_refuses(kernel)
			      : runner_leaves_machine(runner)    ? mpi_refuses(runner, kernel, workers, hosts)
								 : NULL;
	if (refusal)
		return refusal;
	if ((kernel->needs & KERNEL_NEEDS_ONE_PROCESS) && runner_has_processes(runner))
		return "it needs one address space: threads only";
	if ((kernel->needs & KERNEL_NEEDS_MESSAGES) && !runner_leaves_machine(runner))
		return "it sends messages, which its workers do not have";
	if ((kernel->needs & KERNEL_NEEDS_INHERITANCE) && runner->launcher == &launch_spawn)
		return "it needs what only a thread or a fork inherits";
	if (kernel->kind != KERNEL_WORK && runner_steals(runner))
		return "its items are not for sharing out, so they cannot be stolen";
	if (kernel->group > 1 && workers % kernel->group != 0)
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
	return job->runner->engine == &engine_once && job->runner->launcher != &launch_inline &&
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
