#include "bench/trial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/recovery.h"
#include "bench/system.h"
#include "kernels/registry.h"
#include "runners/clock.h"
#include "runners/orphans.h"

static bool trial_begin(void *arg)
{
	struct trial *t = arg;
	t->totals = (struct totals){0};
	atomic_store(&t->cell->since_ns, clock_ns());
	t->status = session_open(&t->session, &t->job, t->why, sizeof t->why);
	return t->status == STATUS_OK;
}

/* Where each worker, or group, does all items, each has the checksum of one alone. */
static uint64_t expected(const struct trial *t)
{
	return t->input->expected * kernel_copies(t->input->kernel, t->job.workers);
}

static double trial_job(void *arg)
{
	struct trial *t = arg;
	atomic_store(&t->cell->since_ns, clock_ns());
	t->status = session_run(t->session, PROBE_NONE, t->why, sizeof t->why);
	if (t->status == STATUS_OK && session_checksum(t->session) != expected(t)) {
		t->status = STATUS_WRONG;
		snprintf(t->why, sizeof t->why, "checksum %016llx, sequentially %016llx",
			 (unsigned long long)session_checksum(t->session), (unsigned long long)expected(t));
	}
	return t->status == STATUS_OK ? (double)session_wall_ns(t->session) / (double)NS_PER_S : -1;
}

/* What no checksum shows: writes past the end of the shared area, and processes left behind. */
static void look_around(struct trial *t)
{
	char left[80];
	size_t overrun = arena_overrun(&t->input->arena);
	if ((t->alone || t->isolated) && orphans_end(left, sizeof left) && t->status == STATUS_OK) {
		t->status = STATUS_CRASHED;
		snprintf(t->why, sizeof t->why, "a worker left %s behind; it was killed", left);
	}
	if (overrun && t->status == STATUS_OK) {
		t->status = STATUS_WRONG;
		snprintf(t->why, sizeof t->why,
			 "%zu bytes were written past the end of the shared area of %zu", overrun,
			 t->input->arena.bytes);
	}
}

static void trial_end(void *arg)
{
	struct trial *t = arg;
	session_cpus(t->session, t->cpus);
	int closed = session_close(t->session, &t->totals, t->why, sizeof t->why);
	if (t->status == STATUS_OK)
		t->status = closed;
	look_around(t);
}

void trial_live(struct trial *t)
{
	if (!trial_begin(t))
		return;
	trial_job(t);
	trial_end(t);
}

static bool all_counted(const struct trial *t)
{
	for (size_t i = 0; i < COUNTERS; i++)
		if (t->job.counters[i].wanted && isnan(session_totals(t->session)->count[i]))
			return false;
	return true;
}

/* Counts a job, warmed up by the one before; and another one where not all counters had room at once. */
static void probe_counters(struct trial *t)
{
	for (int i = 0; i < 2 && t->job.counters && t->status == STATUS_OK && !all_counted(t); i++) {
		atomic_store(&t->cell->since_ns, clock_ns());
		t->status = session_run(t->session, PROBE_COUNTERS, t->why, sizeof t->why);
	}
}

/* Jobs outside all timing: the first warms up and shows the workers' memory, the last one is verified. */
static void probe(struct trial *t)
{
	const struct input *in = t->input;
	if (!trial_begin(t))
		return;
	t->status = session_run(t->session, PROBE_MEMORY, t->why, sizeof t->why);
	probe_counters(t);
	trial_end(t);
	if (t->status != STATUS_OK)
		return;
	bool good = in->verified && t->totals.checksum == expected(t) &&
		    (!in->kernel->verify ||
		     in->kernel->verify(in->arena.base, &in->params, in->expected) == 0);
	if (!good) {
		t->status = STATUS_WRONG;
		snprintf(t->why, sizeof t->why,
			 "the kernel's own verification failed (checksum %016llx, sequentially %016llx)",
			 (unsigned long long)t->totals.checksum, (unsigned long long)expected(t));
	}
	t->job.hold = -1; /* once a case */
	t->memory = t->totals.memory;
	t->stacks_kib = t->totals.stacks_kib;
	memcpy(t->count, t->totals.count, sizeof t->count);
	t->counted = t->totals.counted;
	t->probed = true;
}

static void take(void *arg)
{
	struct trial *t = arg;
	if (t->isolated) /* a child has the parent's pages, but not their mappings: see arena_populate */
		t->status = arena_populate(&t->input->arena);
	if (t->status == STATUS_OK && t->probe)
		probe(t);
	if (t->status != STATUS_OK)
		return;
	double steal = system_steal_ns();
	struct gbench_work work = {t, trial_begin, trial_job, trial_end};
	t->result = gbench_sample(t->name, &work, t->iterations, t->min_time_s);
	t->steal_ns = system_steal_ns() - steal;
}

int trial_isolate(struct trial *t, void (*body)(void *trial))
{
	struct isolation isolation = {.cell = t->cell,
				      .body = body,
				      .arg = t,
				      .timeout_ns = t->job.timeout_ns,
				      .alone = t->alone,
				      .interrupted = t->job.interrupted};
	char why[sizeof t->why];
	t->job.records = &t->cell->records;
	int status = isolate(&isolation, why, sizeof why);
	if (status == STATUS_OK)
		return t->status;
	snprintf(t->why, sizeof t->why, "%s", why);
	return status;
}

void trial_take(struct trial *t)
{
	t->status = STATUS_OK;
	t->result = (struct gbench_result){0};
	t->probed = false;
	*t->why = '\0';
	if (t->job.crash && !runner_has_processes(t->job.runner))
		recovery_take(t);
	else if (t->isolated)
		t->status = trial_isolate(t, take);
	else
		take(t);
}
