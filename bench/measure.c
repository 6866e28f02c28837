#include "bench/measure.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/catalog.h"
#include "bench/gbench.h"
#include "bench/system.h"
#include "runners/clock.h"

/* A sample is noisy when more than this share of its time was stolen, or … */
#define NOISY_STEAL 0.01
/* … its workers were put aside more often than this, in switches a second and worker (a quiet core: 0 to 5).
 */
#define NOISY_SWITCHES 500

/* One call of gbench_sample, as its callbacks see it. */
struct attempt {
	struct job job;
	const struct input *input;
	struct session *session;
	struct totals totals;
	int *cpus;
	int status; /* STATUS_* or a negative errno */
	char *why;
	size_t why_bytes;
};

static bool attempt_begin(void *arg)
{
	struct attempt *a = arg;
	a->totals = (struct totals){0};
	a->status = session_open(&a->session, &a->job, a->why, a->why_bytes);
	return a->status == STATUS_OK;
}

static double attempt_job(void *arg)
{
	struct attempt *a = arg;
	a->status = session_run(a->session, false, a->why, a->why_bytes);
	if (a->status == STATUS_OK && session_checksum(a->session) != a->input->expected) {
		a->status = STATUS_WRONG;
		snprintf(a->why, a->why_bytes, "checksum %016llx, sequentially %016llx",
			 (unsigned long long)session_checksum(a->session),
			 (unsigned long long)a->input->expected);
	}
	return a->status == STATUS_OK ? (double)session_wall_ns(a->session) / (double)NS_PER_S : -1;
}

static void attempt_end(void *arg)
{
	struct attempt *a = arg;
	session_cpus(a->session, a->cpus);
	int closed = session_close(a->session, &a->totals, a->why, a->why_bytes);
	if (a->status == STATUS_OK)
		a->status = closed;
}

/* A job outside all timing: it warms up, is verified by the kernel, and shows the workers' memory. */
static void probe(struct attempt *a, struct progress_of_case *progress)
{
	const struct input *in = a->input;
	if (!attempt_begin(a))
		return;
	a->status = session_run(a->session, true, a->why, a->why_bytes);
	attempt_end(a);
	if (a->status != STATUS_OK)
		return;
	bool good = in->verified && a->totals.checksum == in->expected &&
		    (!in->kernel->verify ||
		     in->kernel->verify(in->arena.base, &in->params, a->totals.checksum) == 0);
	if (!good) {
		a->status = STATUS_WRONG;
		snprintf(a->why, a->why_bytes,
			 "the kernel's own verification failed (checksum %016llx, sequentially %016llx)",
			 (unsigned long long)a->totals.checksum, (unsigned long long)in->expected);
	}
	a->job.hold = -1; /* once a case */
	progress->pss_kib = (double)a->totals.pss_kib;
	progress->probed = true;
}

static void fill_case(struct sample *row, const struct bench_case *c, const char *run_id)
{
	sample_clear(row);
	row->run_id = run_id;
	row->suite = c->suite;
	row->kernel = c->kernel->name;
	row->size = c->params.size;
	row->runner = c->runner->name;
	row->workers = c->workers;
	row->placement = placement_name(c->placement);
	row->schedule = schedule_name(c->schedule);
	row->chunk = c->chunk;
	row->work_unit = "";
}

static void fill_times(struct sample *row, const struct totals *t)
{
	double jobs = (double)t->jobs, lives = (double)t->workers_launched;
	row->wall_ns = (double)t->wall_ns / jobs;
	row->span_ns = (double)t->span_ns / jobs;
	row->create_ns = (double)t->create_ns / lives;
	row->start_ns = (double)t->start_ns / lives;
	row->exit_ns = (double)t->exit_ns / lives;
	row->imbalance = t->imbalance / jobs;
	row->user_ns = (double)t->user_ns / jobs;
	row->sys_ns = (double)t->sys_ns / jobs;
	row->minflt = (double)t->minflt / jobs;
	row->majflt = (double)t->majflt / jobs;
	row->nvcsw = (double)t->nvcsw / jobs;
	row->nivcsw = (double)t->nivcsw / jobs;
	row->checksum = t->checksum;
}

static const char *fill_cpus(const int *cpus, uint32_t workers)
{
	static char text[WORKERS_MAX * 6];
	size_t n = 0;
	for (uint32_t rank = 0; rank < workers; rank++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%d", rank ? " " : "", cpus[rank]);
	return text;
}

static bool is_oversubscribed(const struct measure *m, const struct bench_case *c)
{
	return c->workers > machine_pus(m->machine) || c->workers > m->quota;
}

static bool is_noisy(const struct measure *m, const struct bench_case *c, const struct sample *row)
{
	double seconds = row->wall_ns / (double)NS_PER_S;
	double stolen = row->steal_ns / (row->wall_ns * machine_pus(m->machine));
	return stolen > NOISY_STEAL || (!is_oversubscribed(m, c) && row->nivcsw > 1 &&
					row->nivcsw / seconds / c->workers > NOISY_SWITCHES);
}

static const char *fill_flags(const struct measure *m, const struct bench_case *c, const struct sample *row,
			      const struct totals *t, bool mixed)
{
	static char flags[64];
	snprintf(flags, sizeof flags, "%s%s%s%s", t->unpinned ? " unpinned" : "",
		 is_noisy(m, c, row) ? " noisy" : "", is_oversubscribed(m, c) ? " oversubscribed" : "",
		 mixed ? " mixed-cores" : "");
	return *flags ? flags + 1 : flags;
}

/* The ranks' PUs; true if they are of more than one kind. */
static bool plan_pus(const struct measure *m, const struct bench_case *c, int *pus)
{
	static struct pu plan[WORKERS_MAX];
	bool mixed = false;
	placement_plan(m->machine, c->placement, c->workers, plan);
	for (uint32_t rank = 0; rank < c->workers; rank++) {
		pus[rank] = plan[rank].pu;
		mixed |= plan[rank].kind != plan[0].kind;
	}
	return mixed;
}

void measure_skip(const struct measure *m, const struct bench_case *c, struct sample *row)
{
	fill_case(row, c, m->run_id);
	row->status = status_name(STATUS_SKIPPED);
}

int measure_sample(struct measure *m, const struct bench_case *c, struct progress_of_case *progress,
		   struct sample *row, char *why, size_t why_bytes)
{
	static int pus[WORKERS_MAX], cpus[WORKERS_MAX];
	struct attempt a = {.why = why, .why_bytes = why_bytes, .cpus = cpus};
	*why = '\0';
	int error = inputs_get(&m->inputs, c, &a.input, why, why_bytes);
	if (error)
		return error;
	bool mixed = plan_pus(m, c, pus);
	uint32_t capacity = machine_pus(m->machine);
	a.job = (struct job){.runner = c->runner,
			     .kernel = c->kernel,
			     .plugin = catalog_plugin(c->kernel),
			     .params = &a.input->params,
			     .shared = &a.input->arena,
			     .workers = c->workers,
			     .pus = pus,
			     .capacity = m->quota < capacity ? (uint32_t)ceil(m->quota) : capacity,
			     .schedule = c->schedule,
			     .chunk = c->chunk,
			     .timeout_ns = m->options->timeout_ns,
			     .hold = progress->probed ? -1 : m->options->hold,
			     .interrupted = m->interrupted};
	fill_case(row, c, m->run_id);
	row->repetition = progress->repetition++;
	row->items = a.input->items;
	row->work = a.input->work;
	row->work_unit = a.input->work_unit;
	if (!progress->probed)
		probe(&a, progress);
	double steal = system_steal_ns();
	if (a.status == STATUS_OK) {
		struct gbench_work work = {&a,          attempt_begin, attempt_job,
					   attempt_end, a.input->work, a.input->work_unit};
		row->iterations = gbench_sample(c->name, &work, progress->iterations, m->options->min_time_s,
						row->repetition);
	}
	if (a.status == -EINTR || (m->interrupted && *m->interrupted))
		return -EINTR;
	if (a.status != STATUS_OK) {
		row->status = status_name(a.status < 0 ? STATUS_CRASHED : (enum status)a.status);
		progress->failed = true;
		return 0;
	}
	progress->iterations = row->iterations;
	row->status = status_name(STATUS_OK);
	fill_times(row, &a.totals);
	row->pss_kib = progress->pss_kib;
	row->steal_ns = (system_steal_ns() - steal) / (double)row->iterations;
	row->cpus = fill_cpus(cpus, c->workers);
	row->flags = fill_flags(m, c, row, &a.totals, mixed);
	return 0;
}
