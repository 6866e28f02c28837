/*
 * A session runs one case's job again and again. It launches and reaps the workers, notices at once when
 * one of them dies, and adds up what each job took. Nothing here differs between threads and processes:
 * that is the launchers' business.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runners/affinity.h"
#include "runners/clock.h"
#include "runners/crash.h"
#include "runners/fate.h"
#include "runners/session.h"

/* How long waiting workers spin: where all are awake, and where they wait for a launch or for the next job.
 */
#define BARRIER_SPIN_NS (2 * NS_PER_MS)
#define IDLE_SPIN_NS (50 * NS_PER_US)
/* A pool's harness sleeps this long before it looks whether a worker has died. */
#define POOL_LOOK_NS (10 * NS_PER_MS)
#define POOL_LOOK_FOR_CRASH_NS NS_PER_MS /* how late it notices is part of what is measured */

static void control_init(struct session *s)
{
	const struct job *job = &s->job;
	struct control *c = s->control;
	snprintf(c->kernel, sizeof c->kernel, "%s", job->kernel->name);
	snprintf(c->plugin, sizeof c->plugin, "%s", job->plugin ? job->plugin : "");
	c->params = *job->params;
	c->params.input = NULL;
	c->items = job->kernel->items ? job->kernel->items(job->params) : job->params->size;
	c->phases = job->kernel->phases ? job->kernel->phases(job->params) : 1;
	c->workers = job->workers;
	c->rate = job->kernel->kind == KERNEL_RATE;
	c->keeps_time = job_keeps_time(job);
	c->keeps_on = c->keeps_time && job->kernel->group <= 1 && job->workers > 1 &&
		      !(job->kernel->needs & KERNEL_NEEDS_MESSAGES);
	c->window_ns = c->keeps_time && job->kernel->group <= 1 ? job->window_ns : 0;
	c->crashes = job->kernel->crash;
	c->ballast = job->ballast;
	c->schedule = job->schedule;
	/* More than all is all: no sum or product with it overflows. */
	c->chunk = job->chunk < c->items ? job->chunk : c->items;
	c->barrier_spin_ns = job->workers <= job->capacity ? BARRIER_SPIN_NS : 0;
	/* With a worker on every PU the harness needs one of them, to launch the rest or to hand out the next
	 * job. */
	c->idle_spin_ns = job->workers < job->capacity ? IDLE_SPIN_NS : 0;
	c->harness = getpid();
	c->hold = job->hold;
	if (job->counters)
		memcpy(c->counter, job->counters, sizeof c->counter);
	c->pool = job->runner->pool;
	c->barrier.parties = job->workers;
}

/* Back to the state before a launch, for sessions that launch at each job. */
static void control_reset(struct session *s)
{
	struct control *c = s->control;
	atomic_store(&c->next, 0);
	atomic_store(&c->running, c->workers);
	atomic_store(&c->ready, 0);
	atomic_store(&c->start.epoch, 0);
	atomic_store(&c->barrier.arrived, 0);
	for (uint32_t rank = 0; rank < c->workers; rank++) {
		memset(&c->worker[rank], 0, sizeof c->worker[rank]);
		c->worker[rank].pu = s->job.pus[rank];
		s->handle[rank] = (struct handle){
			.worker = {.control = c,
				   .kernel = s->job.kernel,
				   .shared = *s->job.shared,
				   .rank = rank,
				   .own_process = s->job.runner->processes,
				   .here = s->job.runner->launcher && s->job.runner->launcher->is_caller},
			.source = &s->source,
			.control_fd = s->job.records ? s->job.records->fd : s->control_arena.fd,
			.fd = -1,
		};
	}
}

static int once_run(struct session *s, char *why, size_t why_bytes)
{
	control_reset(s);
	bool here = s->job.runner->launcher && s->job.runner->launcher->is_caller;
	if (here) /* the one worker is the caller: it is bound before its job, not in it */
		affinity_bind(s->job.pus[0]);
	else
		affinity_stand_aside(s->job.pus, s->job.workers, s->affinity);
	uint64_t start_ns = clock_ns();
	int status = session_launch(s, why, why_bytes);
	if (!status)
		status = session_finish(s, start_ns, why, why_bytes);
	s->wall_ns = clock_ns() - start_ns;
	if (status)
		session_end_workers(s);
	if (s->job.pus[0] >= 0)
		affinity_restore(s->affinity);
	return status;
}

/* Waits until the pool's workers have opened the `finish` gate, looking after them meanwhile. */
static int pool_wait(struct session *s, uint32_t seen, uint64_t start_ns, char *why, size_t why_bytes)
{
	struct control *c = s->control;
	uint64_t look_ns = s->job.crash ? POOL_LOOK_FOR_CRASH_NS : POOL_LOOK_NS;
	while (gate_wait_for(&c->finish, seen, c->idle_spin_ns, look_ns) == seen) {
		int status = s->job.runner->processes ? session_watch(s, 0, why, why_bytes) : STATUS_OK;
		if (s->job.crash && s->job.runner->processes)
			crash_end_silent(s);
		if (status == STATUS_OK && session_interrupted(s))
			status = -EINTR;
		if (status == STATUS_OK && s->job.timeout_ns && session_time_left(s, start_ns) == 1)
			status = session_late(s, why, why_bytes);
		if (status)
			return status;
	}
	for (uint32_t rank = 0; atomic_load(&c->abort) && rank < c->workers; rank++)
		if (c->worker[rank].error) {
			fate_tell(&s->handle[rank], why, why_bytes);
			return STATUS_CRASHED;
		}
	return STATUS_OK;
}

static int pool_open(struct session *s, char *why, size_t why_bytes)
{
	affinity_stand_aside(s->job.pus, s->job.workers, s->affinity);
	uint64_t start_ns = clock_ns();
	uint32_t seen = atomic_load(&s->control->finish.epoch);
	int status = session_launch(s, why, why_bytes);
	return status ? status : pool_wait(s, seen, start_ns, why, why_bytes);
}

static int pool_run(struct session *s, char *why, size_t why_bytes)
{
	struct control *c = s->control;
	uint64_t start_ns = clock_ns();
	atomic_store_explicit(&c->next, 0, memory_order_relaxed);
	atomic_store_explicit(&c->running, c->workers, memory_order_relaxed);
	atomic_store_explicit(&c->done, 0, memory_order_relaxed);
	uint32_t seen = atomic_load(&c->finish.epoch);
	gate_open(&c->start);
	int status = pool_wait(s, seen, start_ns, why, why_bytes);
	s->wall_ns = clock_ns() - start_ns;
	return status;
}

/* Lets the workers go, and says whether all came to a good end. */
static int pool_end(struct session *s, char *why, size_t why_bytes)
{
	int status = STATUS_OK;
	atomic_store(&s->control->stop, 1);
	gate_open(&s->control->start);
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		if (s->handle[rank].alive)
			session_reap(&s->handle[rank], s->job.runner->launcher, s->job.timeout_ns);
	if (session_any_alive(s)) {
		status = session_late(s, why, why_bytes);
		session_end_workers(s);
	}
	for (uint32_t rank = 0; rank < s->job.workers && status == STATUS_OK; rank++)
		if (!s->handle[rank].alive && !fate_is_good(&s->handle[rank])) {
			fate_tell(&s->handle[rank], why, why_bytes);
			status = STATUS_CRASHED;
		}
	return status;
}

static int pool_close(struct session *s, char *why, size_t why_bytes)
{
	int status = s->failed ? STATUS_OK : pool_end(s, why, why_bytes);
	affinity_restore(s->affinity);
	return status;
}

const struct engine engine_once = {.run = once_run, .launches = true};
const struct engine engine_pool = {.open = pool_open, .run = pool_run, .close = pool_close};

size_t session_record_bytes(uint32_t workers)
{
	return sizeof(struct control) + workers * sizeof(struct worker_record);
}

void session_tell_end(const struct arena *records, int pid, int culprit, int wait_status, char *why,
		      size_t why_bytes)
{
	fate_tell_process(records->base, pid, culprit, wait_status, why, why_bytes);
}

void session_tell_late(const struct arena *records, uint64_t timeout_ns, char *why, size_t why_bytes)
{
	fate_tell_late(records->base, timeout_ns, why, why_bytes);
}

/* The kernel's own preparations for these jobs. */
static int kernel_open(struct session *s, char *why, size_t why_bytes)
{
	const struct kernel *kernel = s->job.kernel;
	struct params *params = &s->control->params;
	int error = kernel->open ? kernel->open(s->job.shared->base, params, s->job.workers) : 0;
	s->opened = !error;
	if (error)
		snprintf(why, why_bytes, "%s", *params->why ? params->why : strerror(-error));
	return error == -EOPNOTSUPP ? STATUS_SKIPPED : error;
}

static void kernel_close(struct session *s)
{
	if (s->opened && s->job.kernel->close)
		s->job.kernel->close(s->job.shared->base, &s->control->params);
	s->opened = false;
}

static int source_open(struct session *s, char *why, size_t why_bytes)
{
	const struct launcher *launcher = s->job.runner->launcher;
	if (!launcher || !launcher->open)
		return 0;
	int error = launcher->open(&s->source);
	if (error)
		snprintf(why, why_bytes, "%s has nobody to fork its workers: %s", s->job.runner->name,
			 strerror(-error));
	s->control->source = s->source.pid;
	return error;
}

static void source_close(struct session *s)
{
	if (s->source.pid)
		s->job.runner->launcher->close(&s->source);
	s->source.pid = 0;
}

static void session_free(struct session *s)
{
	arena_destroy(&s->control_arena);
	free(s->affinity);
	free(s->poll);
	free(s->handle);
	free(s);
}

int session_open(struct session **session, const struct job *job, char *why, size_t why_bytes)
{
	struct session *s = calloc(1, sizeof *s);
	if (!s)
		return -ENOMEM;
	s->job = *job;
	s->handle = calloc(job->workers, sizeof *s->handle);
	s->poll = calloc(job->workers, sizeof *s->poll);
	s->affinity = affinity_save();
	int error = s->handle && s->poll && s->affinity ? 0 : -ENOMEM;
	s->control_arena = ARENA_NONE;
	if (!error && !job->records)
		error = arena_create(&s->control_arena, "pvt-control", session_record_bytes(job->workers));
	if (error) {
		snprintf(why, why_bytes, "no memory to control %u workers: %s", job->workers,
			 strerror(-error));
		session_free(s);
		return error;
	}
	if (job->records)
		memset(job->records->base, 0, session_record_bytes(job->workers));
	s->control = job->records ? job->records->base : s->control_arena.base;
	control_init(s);
	control_reset(s);
	totals_init(&s->totals);
	error = kernel_open(s, why, why_bytes);
	uint64_t start_ns = clock_ns();
	if (!error)
		error = source_open(s, why, why_bytes);
	if (!error && job->runner->engine->open)
		error = job->runner->engine->open(s, why, why_bytes);
	s->totals.open_ns = clock_ns() - start_ns;
	if (error) {
		session_end_workers(s);
		s->failed = true;
		session_close(s, NULL, why, why_bytes);
		return error;
	}
	*session = s;
	return 0;
}

/* The caller is busy elsewhere before the job. */
static void take_a_pause(const struct job *job)
{
	uint64_t until = job->kernel->pause ? clock_ns() + job->kernel->pause(job->params) : 0;
	while (until && clock_ns() < until)
		clock_relax();
}

static int carry_out(struct session *s, enum probe probe, char *why, size_t why_bytes)
{
	session_probe(s, probe);
	take_a_pause(&s->job);
	crash_arm(s);
	int status = s->job.runner->engine->run(s, why, why_bytes);
	if (status) {
		session_end_workers(s);
		s->failed = true;
		return status;
	}
	s->totals.jobs++;
	s->totals.timed_ns += s->wall_ns;
	return STATUS_OK;
}

/* The wall of a job and the lives of its workers. */
static void add_wall(struct session *s)
{
	totals_add_wall(s);
	if (!s->job.runner->engine->close)
		totals_add_lives(s);
}

int session_run_plain(struct session *s, char *why, size_t why_bytes)
{
	struct control *c = s->control;
	c->plain = true;
	c->rushes = c->workers == 1 || !s->job.kernel->enter;
	int status = carry_out(s, PROBE_NONE, why, why_bytes);
	c->plain = c->rushes = false;
	if (status)
		return status;
	s->has_plain = true;
	totals_add_checksum(s);
	add_wall(s);
	return STATUS_OK;
}

int session_run(struct session *s, enum probe probe, char *why, size_t why_bytes)
{
	int status = carry_out(s, probe, why, why_bytes);
	if (status)
		return status;
	totals_add_checksum(s);
	totals_add_span(s);
	if (!s->has_plain)
		add_wall(s);
	if (s->control->probe == PROBE_MEMORY)
		totals_add_memory(s);
	if (s->control->probe == PROBE_COUNTERS)
		totals_add_counts(s);
	return STATUS_OK;
}

int session_run_range(struct session *s, uint32_t phase, uint64_t begin, uint64_t end, char *why,
		      size_t why_bytes)
{
	struct control *c = s->control;
	c->part = true;
	c->phase = phase;
	c->phases = 1;
	c->offset = begin;
	c->items = end - begin;
	return session_run(s, PROBE_NONE, why, why_bytes);
}

void session_forget(struct session *s)
{
	uint64_t open_ns = s->totals.open_ns;
	totals_init(&s->totals);
	s->totals.open_ns = open_ns;
	s->has_plain = false;
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		s->control->worker[rank].cpu_ns = 0;
}

const struct worker_record *session_worker(const struct session *s, uint32_t rank)
{
	return &s->control->worker[rank];
}

uint64_t session_wall_ns(const struct session *session)
{
	return session->wall_ns;
}

uint64_t session_checksum(const struct session *session)
{
	return session->totals.checksum;
}

const struct totals *session_totals(const struct session *session)
{
	return &session->totals;
}

void session_cpus(const struct session *session, int *cpus)
{
	for (uint32_t rank = 0; rank < session->job.workers; rank++)
		cpus[rank] = session->control->worker[rank].cpu;
}

int session_close(struct session *s, struct totals *totals, char *why, size_t why_bytes)
{
	const struct engine *engine = s->job.runner->engine;
	uint64_t start_ns = clock_ns();
	int status = engine->close ? engine->close(s, why, why_bytes) : STATUS_OK;
	source_close(s);
	s->totals.open_ns += clock_ns() - start_ns;
	if (engine->close && !s->failed && status == STATUS_OK)
		totals_add_lives(s);
	if (totals)
		*totals = s->totals;
	/* A thread that cannot be stopped still uses this memory: then it goes when the program does. */
	if (!session_any_alive(s) && !s->hung) {
		kernel_close(s);
		session_free(s);
	}
	return status;
}
