#include "tests/unit/job_bench.h"
#include "tests/unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernels/registry.h"
#include "runners/clock.h"
#include "runners/launcher.h"
#include "tests/unit/faulty.h"

bool bench_with_processes = true;

static const struct kernel *find(const char *name, const char *plugin)
{
	(void)plugin;
	return strcmp(name, "faulty") == 0 ? &kernel_faulty : kernel_find(name);
}

void bench_begin(int argc, char **argv)
{
	spawn_worker_main(argc, argv, find);
	bench_with_processes = !getenv("PVT_THREADS_ONLY");
}

void assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

void bench_setup(struct bench *b, const char *runner, const struct kernel *kernel, uint64_t size,
		 uint32_t workers)
{
	struct machine *machine;
	struct pu plan[64];
	char why[256];
	*b = (struct bench){.params = {.size = size, .workers = workers}};
	assert_int_equal(machine_load(&machine, NULL, why, sizeof why), 0);
	placement_plan(machine, PLACE_COMPACT, workers, plan);
	for (uint32_t i = 0; i < workers; i++)
		b->pus[i] = plan[i].pu;
	if (kernel->configure)
		assert_int_equal(kernel->configure(&b->params), 0);
	assert_int_equal(arena_create(&b->shared, "test", kernel_shared_bytes(kernel, &b->params)), 0);
	if (kernel->prepare)
		assert_int_equal(kernel->prepare(b->shared.base, &b->params), 0);
	b->job = (struct job){.runner = runner_find(runner),
			      .kernel = kernel,
			      .params = &b->params,
			      .shared = &b->shared,
			      .workers = workers,
			      .pus = b->pus,
			      .capacity = machine_pus(machine),
			      .timeout_ns = bench_with_processes ? 20 * NS_PER_S : 0,
			      .hold = -1};
	assert_non_null(b->job.runner);
	machine_free(machine);
}

struct outcome bench_run_here(struct bench *b, int jobs, bool probe)
{
	struct outcome o = {0};
	struct session *session;
	o.status = session_open(&session, &b->job, o.why, sizeof o.why);
	if (o.status)
		return o;
	for (int i = 0; i < jobs && o.status == STATUS_OK; i++)
		o.status = session_run(session, probe, o.why, sizeof o.why);
	int closed = session_close(session, &o.totals, o.why, sizeof o.why);
	if (o.status == STATUS_OK)
		o.status = closed;
	return o;
}

struct outcome bench_run(struct bench *b, int jobs, bool probe)
{
	struct outcome *shared, outcome = {.status = STATUS_CRASHED};
	struct arena arena;
	if (!b->job.runner->apart)
		return bench_run_here(b, jobs, probe);
	assert_int_equal(arena_create(&arena, "outcome", sizeof *shared), 0);
	shared = arena.base;
	*shared = outcome;
	pid_t pid = fork();
	if (pid == 0) {
		*shared = bench_run_here(b, jobs, probe);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	outcome = *shared;
	arena_destroy(&arena);
	return outcome;
}

uint64_t bench_checksum(const char *runner, const struct kernel *kernel, uint64_t size, uint32_t workers,
			enum schedule schedule, uint64_t chunk)
{
	struct bench b;
	bench_setup(&b, runner, kernel, size, workers);
	b.job.schedule = schedule;
	b.job.chunk = chunk;
	struct outcome o = bench_run(&b, 3, false);
	if (o.status != STATUS_OK)
		fail_msg("%s %s: status %d: %s", runner, kernel->name, o.status, o.why);
	if (kernel->verify && kernel->verify(b.shared.base, &b.params, o.totals.checksum) != 0)
		fail_msg("%s on %s, size %lu, %u workers: verification failed", kernel->name, runner, size,
			 workers);
	assert_int_equal(o.totals.jobs, 3);
	arena_destroy(&b.shared);
	return o.totals.checksum;
}

bool bench_can_use(const struct runner *runner)
{
	return !runner_leaves_machine(runner) && (bench_with_processes || !runner_has_processes(runner)) &&
	       !runner->missing;
}
