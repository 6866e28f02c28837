/*
 * Sessions whose workers are the threads of an OpenMP team: rank 0 is the caller, a job is a parallel region.
 * The worker's parts, the stamps and the verification are those of all runners; OpenMP makes the threads,
 * deals the items and makes them wait for each other.
 *
 * The runtime is loaded here, late, because it reads its environment when it is loaded and never again.
 * Whatever the user's says of OpenMP (OMP_PROC_BIND, OMP_THREAD_LIMIT …) is taken out first: how many threads
 * there are, where they are pinned and how they wait is the case's. Without that libgomp spins 300,000 times
 * (13 ms where it was tried) before it sleeps, and LLVM's runtime 200 ms. Here both spin as long as other
 * runners' barriers do, and not at all with more workers than CPUs. What stays different from a
 * pool:
 * - a runtime has one spin for all. A pool's worker that waits for the next job spins for 50 µs, or where the
 * harness needs its CPU not at all; a team's spins for 2 ms. It is in nobody's way: rank 0 is the
 * harness.
 * - a runtime does not let go of who waits when another fails: a job that hangs ends with its process.
 * - rank 0's usage has in it what the caller did between two jobs.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runners/affinity.h"
#include "runners/clock.h"
#include "runners/fate.h"
#include "runners/module.h"
#include "runners/openmp/team.h"
#include "runners/session.h"

/* ---- the runtime ---- */

static bool is_of_openmp(const char *variable)
{
	static const char *const prefixes[] = {"OMP_", "GOMP_", "KMP_", "LIBOMP_"};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static void forget_environment(void)
{
	char name[64];
	for (size_t i = 0; environ && environ[i];) {
		size_t length = strcspn(environ[i], "=");
		snprintf(name, sizeof name, "%.*s", (int)length, environ[i]);
		bool forgets = is_of_openmp(environ[i]) && length < sizeof name;
		if (!forgets || unsetenv(name) != 0)
			i++;
	}
}

/* How often libgomp has to look at what it waits for to spend that time: it counts, and looks at no clock. */
static uint64_t spins_in(uint64_t ns)
{
	enum { TRIES = 5, SPINS = 2000 };
	_Atomic uint32_t word = 0;
	uint64_t least = UINT64_MAX;
	for (int try = 0; try < TRIES && ns; try++) {
		uint64_t start = clock_ns();
		for (int i = 0; i < SPINS && atomic_load_explicit(&word, memory_order_relaxed) == 0; i++)
			clock_relax();
		uint64_t took = clock_ns() - start;
		least = took < least ? took : least;
	}
	return ns ? ns * SPINS / (least ? least : 1) : 0;
}

static void say_how_to_wait(uint64_t spin_ns)
{
	char text[32];
	forget_environment();
	snprintf(text, sizeof text, "%llu", (unsigned long long)spins_in(spin_ns));
	setenv("GOMP_SPINCOUNT", text, 1);
	snprintf(text, sizeof text, "%llu", (unsigned long long)(spin_ns / NS_PER_MS));
	setenv("KMP_BLOCKTIME", text, 1);
}

static const struct openmp_team *load(const struct session *s, char *why, size_t why_bytes)
{
	char file[MODULE_FILE_BYTES];
	module_file(OPENMP_MODULE, file, sizeof file);
	void *module = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
	if (!module) {
		say_how_to_wait(s->control->barrier_spin_ns);
		module = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	}
	const struct openmp_team *team = module ? dlsym(module, OPENMP_SYMBOL) : NULL;
	if (!team)
		snprintf(why, why_bytes,
			 "OpenMP's runtime cannot be loaded; install libgomp1 (pvt built with clang: "
			 "libomp5): %s",
			 dlerror());
	return team;
}

static void nothing(void *arg, uint32_t rank)
{
	(void)arg;
	(void)rank;
}

/* LLVM's runtime, once begun, leaves a file of this name behind when its process is killed; it does without.
 */
static void unregister(const struct openmp_team *team)
{
	char name[64];
	team->run(1, nothing, NULL);
	snprintf(name, sizeof name, "/__KMP_REGISTERED_LIB_%d_%d", (int)getpid(), (int)getuid());
	shm_unlink(name);
}

/* What a session keeps. */
struct teamwork {
	const struct openmp_team *team;
	struct context context[]; /* [workers] */
};

/* ---- in the threads of the team ---- */

static void begin(void *session, uint32_t rank)
{
	struct session *s = session;
	struct teamwork *own = s->own;
	if (worker_begin(&s->handle[rank].worker, &own->context[rank]) == 0)
		atomic_store(&s->control->worker[rank].step, STEP_READY);
}

/* A runtime may give a rank to another thread: it never did, and would be seen here. */
static void job(void *session, uint32_t rank)
{
	struct session *s = session;
	struct teamwork *own = s->own;
	struct worker_record *me = &s->control->worker[rank];
	worker_job(&s->handle[rank].worker, &own->context[rank]);
	if (me->pid != (int)gettid() || me->cpu != me->pu)
		me->pinned = false;
}

static void leave(void *session, uint32_t rank)
{
	struct session *s = session;
	struct teamwork *own = s->own;
	worker_end(&s->handle[rank].worker, &own->context[rank]);
}

/* ---- in rank 0, outside of the team ---- */

/* Rank 0 is there when the runtime has made all others. */
static void stamp_launch(struct session *s, uint64_t start_ns)
{
	uint64_t made_ns = (s->control->worker[0].born_ns - start_ns) / s->job.workers;
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		s->handle[rank].launched_ns = start_ns;
		s->handle[rank].created_ns = start_ns + made_ns;
	}
}

static int openmp_open(struct session *s, char *why, size_t why_bytes)
{
	uint32_t workers = s->job.workers;
	struct teamwork *own = s->own = calloc(1, sizeof *own + workers * sizeof *own->context);
	if (!own)
		return -ENOMEM;
	own->team = load(s, why, why_bytes);
	if (!own->team)
		return STATUS_SKIPPED;
	for (uint32_t rank = 0; rank < workers; rank++)
		s->handle[rank].worker.ways = &own->team->ways;
	unregister(own->team);
	uint64_t start_ns = clock_ns();
	int error = own->team->run(workers, begin, s);
	if (error) {
		snprintf(why, why_bytes, "OpenMP does not give a team of %u threads", workers);
		return error;
	}
	stamp_launch(s, start_ns);
	for (uint32_t rank = 0; rank < workers; rank++)
		if (s->control->worker[rank].error) {
			fate_tell(&s->handle[rank], why, why_bytes);
			return STATUS_CRASHED;
		}
	return STATUS_OK;
}

static int openmp_run(struct session *s, char *why, size_t why_bytes)
{
	struct teamwork *own = s->own;
	struct control *c = s->control;
	(void)why;
	(void)why_bytes;
	uint64_t start_ns = clock_ns();
	atomic_store_explicit(&c->running, c->workers, memory_order_relaxed);
	int error = own->team->run(c->workers, job, s);
	s->wall_ns = clock_ns() - start_ns;
	return session_interrupted(s) ? -EINTR : error;
}

static int openmp_close(struct session *s, char *why, size_t why_bytes)
{
	struct teamwork *own = s->own;
	int status = STATUS_OK;
	if (own && own->team && !s->failed)
		status = own->team->run(s->job.workers, leave, s);
	if (status)
		snprintf(why, why_bytes, "OpenMP does not give a team of %u threads", s->job.workers);
	if (own && own->team)
		own->team->end();
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		s->handle[rank].reaped_ns = clock_ns();
	affinity_restore(s->affinity);
	free(own);
	s->own = NULL;
	return status;
}

static const char *openmp_refuses(const struct runner *runner, const struct kernel *kernel, uint32_t workers,
				  uint32_t hosts)
{
	(void)runner;
	(void)workers;
	(void)hosts;
	if (kernel->crash)
		return "no thread takes the place of one that crashed in an OpenMP team";
	if (kernel->needs & KERNEL_NEEDS_INTERPRETER)
		return "an interpreter wants to know its threads, which an OpenMP runtime makes and keeps";
	return NULL;
}

const struct engine engine_openmp = {
	.open = openmp_open, .run = openmp_run, .close = openmp_close, .refuses = openmp_refuses};
