#include "bench/measure/measure.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/signals.h"
#include "bench/base/system.h"
#include "bench/base/text.h"
#include "bench/plan/ballast.h"
#include "bench/plan/catalog.h"
#include "kernels/registry.h"
#include "runners/cell/callgrind.h"
#include "runners/clock.h"
#include "runners/mpi/cluster.h"
#include "runners/orphans.h"

/* A sample is noisy when more than this share of its time was stolen, or … */
#define NOISY_STEAL 0.01
/* … its workers were put aside more often than this, in switches a second and worker (a quiet core: 0 to 5).
 */
#define NOISY_SWITCHES 500

/* A cell with an interpreter takes several times as long to open as another: so many jobs make it worth it.
 */
#define INTERPRETER_TIMES 4

struct measure_room {
	struct pu plan[WORKERS_MAX];
	int pus[WORKERS_MAX];
	char cpus[WORKERS_MAX * 24];
	char flags[64];
};

static void fill_case(struct sample *row, const struct bench_case *c, const char *run_id)
{
	struct case_id id = bench_case_id(c);
	sample_clear(row);
	case_id_to_sample(&id, row);
	row->run_id = run_id;
	row->phases = c->phases;
	row->work_unit = "";
}

/* Below this a thread's times in user mode and in the kernel are what a few ticks of the scheduler's clock
 * (100 a second at the least) say of them: nothing. */
#define TICKS_ENOUGH_NS (30 * NS_PER_MS)

static void fill_usage(struct sample *row, const struct totals *t, uint32_t workers, bool pool)
{
	double jobs = (double)t->walls, lives = workers * (pool ? 1.0 : jobs);
	if ((double)(t->user_ns + t->sys_ns) / lives >= (double)TICKS_ENOUGH_NS) {
		row->user_ns = (double)t->user_ns / jobs;
		row->sys_ns = (double)t->sys_ns / jobs;
	}
	row->minflt = (double)t->minflt / jobs;
	row->majflt = (double)t->majflt / jobs;
	row->nvcsw = (double)t->nvcsw / jobs;
	row->nivcsw = (double)t->nivcsw / jobs;
}

/* The stamps of workers that live for one job. */
static void fill_stamps(struct sample *row, const struct totals *t)
{
	double lives = (double)t->workers_stamped;
	if (!t->workers_stamped)
		return;
	row->bind_ns = (double)t->bind_ns / lives;
	row->enter_ns = (double)t->enter_ns / lives;
	row->meet_ns = (double)t->meet_ns / lives;
	row->work_ns = (double)t->work_ns / lives;
	row->leave_ns = (double)t->leave_ns / lives;
	row->drain_ns = (double)t->drain_ns / (double)t->spans;
}

static void fill_times(struct sample *row, const struct totals *t, const struct bench_case *c)
{
	double lives = (double)t->workers_launched, timed = (double)t->workers_timed;
	row->wall_ns = (double)t->wall_ns / (double)t->walls;
	row->span_ns = (double)t->span_ns / (double)t->spans;
	row->create_ns = (double)t->create_ns / lives;
	row->start_ns = (double)t->start_ns / timed;
	row->exit_ns = (double)t->exit_ns / timed;
	row->imbalance = t->imbalance / (double)t->spans;
	fill_usage(row, t, c->workers, c->runner->pool);
	fill_stamps(row, t);
	if (runner_opens(c->runner))
		row->open_ns = (double)t->open_ns;
	if (t->operation_ns > 0)
		row->operation_ns = t->operation_ns / (double)t->spans;
	row->checksum = t->checksum;
}

/* Work goes on when the worker that takes the place is there, or, where items are stolen, when another one
 * takes up the item that was hit. */
static void fill_crash(struct sample *row, const struct crash *crash)
{
	uint64_t end_ns = crash->ended_ns > crash->struck_ns ? crash->ended_ns : crash->struck_ns;
	uint64_t resumed_ns = crash->reborn_ns && crash->reborn_ns < crash->retaken_ns ? crash->reborn_ns
										       : crash->retaken_ns;
	row->survivors = crash->survivors;
	row->lost = (double)(crash->begun - row->items);
	if (!crash->struck_ns || resumed_ns < end_ns || crash->redone_ns < resumed_ns)
		return;
	row->recovery_ns = (double)(resumed_ns - end_ns);
	row->redo_ns = (double)(crash->redone_ns - resumed_ns);
}

/* Less than nothing is what the machine's other processes, or another /proc, have made of the reading. */
static double as_figure(int64_t kib)
{
	return kib < 0 ? (double)NAN : (double)kib;
}

static void fill_told(struct sample *row, const struct totals *t)
{
	double *const column[] = {[TOLD_DISTURBANCES] = &row->disturbances,
				  [TOLD_P50] = &row->p50_ns,
				  [TOLD_P99] = &row->p99_ns,
				  [TOLD_REQUEST] = &row->request_ns,
				  [TOLD_GAP] = &row->gap_ns,
				  [TOLD_WAITING] = &row->waiting_share};
	for (size_t i = 0; i < sizeof column / sizeof *column; i++)
		if (column[i] && t->told[i] > 0)
			*column[i] = t->told[i] / (double)t->spans;
	if (t->told[TOLD_TRIED] > 0) {
		row->tried = t->told[TOLD_TRIED];
		row->hung = t->told[TOLD_HUNG];
	}
}

static void fill_memory(struct sample *row, const struct progress_of_case *progress)
{
	const struct memory_use *memory = &progress->seen.memory;
	if (!progress->probed)
		return;
	row->pss_kib = as_figure(memory->pss_kib);
	row->rss_kib = as_figure(memory->rss_kib);
	row->tables_kib = as_figure(memory->tables_kib);
	row->stacks_kib = as_figure(progress->seen.stacks_kib);
}

static void fill_counts(struct sample *row, const struct progress_of_case *progress)
{
	const double *count = progress->seen.count;
	if (!progress->probed)
		return;
	row->cycles_user = count[CYCLES_USER];
	row->cycles_kernel = count[CYCLES_KERNEL];
	row->instructions_user = count[INSTRUCTIONS_USER];
	row->instructions_kernel = count[INSTRUCTIONS_KERNEL];
	row->cache_misses_user = count[CACHE_MISSES_USER];
	row->cache_misses_kernel = count[CACHE_MISSES_KERNEL];
	row->dtlb_misses_user = count[DTLB_MISSES_USER];
	row->dtlb_misses_kernel = count[DTLB_MISSES_KERNEL];
	row->counted = progress->seen.counted;
}

/* Of ranks host:unit. */
static const char *fill_cpus(const struct measure *m, const struct bench_case *c, const int32_t *cpus)
{
	char *text = m->room->cpus;
	size_t n = 0, bytes = sizeof m->room->cpus;
	for (uint32_t rank = 0; rank < c->workers && n < bytes - 64; rank++) {
		n += (size_t)snprintf(text + n, bytes - n, "%s", rank ? " " : "");
		if (runner_leaves_machine(c->runner))
			n += (size_t)snprintf(
				text + n, bytes - n, "%.32s:",
				cluster_host_name(m->cluster, hosts_of_worker(rank, c->workers, c->hosts)));
		n += (size_t)snprintf(text + n, bytes - n, "%d", cpus[rank]);
	}
	return text;
}

/* More workers than units on some host; as far as a host has said how many it has. */
static bool is_oversubscribed(const struct measure *m, const struct bench_case *c)
{
	const struct desk *desk = runner_leaves_machine(c->runner) ? cluster_desk(m->cluster) : NULL;
	for (uint32_t h = 0; h < c->hosts; h++) {
		uint32_t pus = desk ? desk->host[h].pus : machine_pus(m->machine);
		uint32_t workers = hosts_share(c->workers, c->hosts, h);
		if (workers > (c->placement == PLACE_SINGLE ? 1 : pus) || (h == 0 && workers > m->quota))
			return true;
	}
	return false;
}

static bool is_noisy(const struct measure *m, const struct bench_case *c, const struct sample *row)
{
	double seconds = row->wall_ns / (double)NS_PER_S;
	double stolen = row->steal_ns / (row->wall_ns * machine_pus(m->machine));
	return stolen > NOISY_STEAL || (!is_oversubscribed(m, c) && row->nivcsw > 1 &&
					row->nivcsw / seconds / c->workers > NOISY_SWITCHES);
}

static const char *fill_flags(const struct measure *m, const struct bench_case *c, const struct sample *row,
			      const struct trial *t, bool mixed)
{
	char *flags = m->room->flags;
	snprintf(flags, sizeof m->room->flags, "%s%s%s%s%s", t->totals.unpinned ? " unpinned" : "",
		 is_noisy(m, c, row) ? " noisy" : "", is_oversubscribed(m, c) ? " oversubscribed" : "",
		 mixed ? " mixed-cores" : "", t->continued != signals_continued ? " stopped" : "");
	return *flags ? flags + 1 : flags;
}

/* The ranks' PUs; true if they are of more than one kind. */
static bool plan_pus(const struct measure *m, const struct bench_case *c)
{
	struct pu *plan = m->room->plan;
	int *pus = m->room->pus;
	bool mixed = false;
	uint32_t here = hosts_share(c->workers, c->hosts, 0); /* other hosts plan for themselves */
	placement_plan(m->machine, c->placement, here, plan);
	for (uint32_t rank = 0; rank < here; rank++) {
		pus[rank] = plan[rank].pu;
		mixed |= plan[rank].kind != plan[0].kind;
	}
	return mixed;
}

void measure_skip(const struct measure *m, const struct bench_case *c, struct sample *row)
{
	fill_case(row, c, m->run_id);
	row->status = status_name(STATUS_SKIPPED);
	row->why = "the budget did not reach it";
}

static struct job make_job(const struct measure *m, const struct bench_case *c, const struct input *input,
			   const int *pus, bool probed)
{
	uint32_t capacity = c->placement == PLACE_SINGLE ? 1 : machine_pus(m->machine);
	return (struct job){.runner = c->runner,
			    .kernel = c->kernel,
			    .plugin = catalog_plugin(c->kernel),
			    .params = &input->params,
			    .shared = &input->arena,
			    .workers = c->workers,
			    .hosts = c->hosts,
			    .cluster = m->cluster,
			    .placement = c->placement,
			    .pus = pus,
			    .capacity = m->quota < capacity ? (uint32_t)ceil(m->quota) : capacity,
			    .schedule = c->schedule,
			    .chunk = c->chunk,
			    .stamped = m->stamped,
			    .crash = c->kernel->crash,
			    .window_ns = c->window_ns,
			    .counters = m->counting ? m->counters : NULL,
			    .timeout_ns = m->options->timeout_ns,
			    .hold = probed ? -1 : m->options->hold,
			    .interrupted = m->interrupted};
}

static int fail(struct progress_of_case *progress, struct sample *row, int status, const char *reason,
		char *why, size_t why_bytes)
{
	row->status = status_name(status < 0 ? STATUS_CRASHED : (enum status)status);
	progress->failed = true;
	progress->skipped = status == STATUS_SKIPPED;
	char said[512];
	snprintf(said, sizeof said, "%s", reason);
	row->why = text_show(said, why, why_bytes);
	return 0;
}

/* A pool whose workers hang does so in every job: as many as take half a second then. */
#define TRIES_MAX 16

static void fill_sample(const struct measure *m, const struct bench_case *c, const struct trial *t,
			bool mixed, struct progress_of_case *progress, struct sample *row)
{
	progress->iterations = row->iterations = t->result.iterations;
	progress->probed |= t->probed;
	if (t->probed)
		progress->seen = t->seen;
	row->status = status_name(STATUS_OK);
	fill_times(row, &t->totals, c);
	if (c->kernel->crash)
		fill_crash(row, &t->totals.crash);
	fill_memory(row, progress);
	if (t->totals.cpu_ns)
		row->cpu_ns = (double)t->totals.cpu_ns / (double)t->totals.spans;
	fill_counts(row, progress);
	if (callgrind_folder())
		row->instructions_user = callgrind_instructions(m->trial->cell->last);
	/* Some kernels let the counter fall back; that is no time, and the reader would refuse it. */
	row->steal_ns = t->steal_ns < 0 ? NAN : t->steal_ns / (double)row->iterations;
	row->cpus = fill_cpus(m, c, t->cpus);
	if (t->totals.barrier_ns > 0)
		row->barrier_ns = t->totals.barrier_ns;
	if (c->hosts > 1)
		row->exchanged = t->totals.exchanged;
	row->flags = fill_flags(m, c, row, t, mixed);
	row->timed_ns = (double)t->totals.timed_ns;
	fill_told(row, &t->totals);
	progress->tries |= row->tried > 0;
	if (progress->tries && progress->iterations > TRIES_MAX)
		progress->iterations = TRIES_MAX;
}

/* A pause is in no job's time: as many jobs as make it PAUSED_NS in all. */
#define PAUSED_NS (20 * NS_PER_MS)
#define PAUSED_JOBS 1000

static uint64_t jobs_of(const struct bench_case *c, const struct progress_of_case *progress)
{
	const struct kernel *kernel = c->kernel;
	if (kernel->crash)
		return 1;
	if (progress->tries && progress->iterations > TRIES_MAX)
		return TRIES_MAX;
	if (!kernel->pause)
		return progress->iterations;
	uint64_t pause_ns = kernel->pause(&c->params), jobs = pause_ns ? PAUSED_NS / pause_ns : PAUSED_JOBS;
	return jobs < 1 ? 1 : jobs < PAUSED_JOBS ? jobs : PAUSED_JOBS;
}

static void prepare_trial(struct measure *m, const struct bench_case *c, const struct input *input,
			  const int *pus, const struct progress_of_case *progress)
{
	struct trial *t = m->trial;
	t->name = c->name;
	t->continued = signals_continued;
	t->input = input;
	t->job = make_job(m, c, input, pus, progress->probed);
	t->huge = c->huge;
	t->probe = !progress->probed && !progress->spared && !c->kernel->crash;
	t->iterations = jobs_of(c, progress);
	t->min_time_s = m->options->min_time_s;
	t->stays = m->stays && !c->kernel->crash && c->params.ballast < TRIAL_LARGE_BYTES;
	if (c->kernel->needs & KERNEL_NEEDS_INTERPRETER)
		t->min_time_s *= INTERPRETER_TIMES;
}

/* To Google Benchmark's file: what its readers take for CPU time and threads are the workers'. */
static void report_sample(const struct bench_case *c, const struct trial *t, const struct sample *row)
{
	struct gbench_result result = t->result;
	double jobs = (double)t->totals.walls;
	result.cpu_seconds = (double)(t->totals.user_ns + t->totals.sys_ns) / jobs *
			     (double)result.iterations / (double)NS_PER_S;
	gbench_report(c->name, &result, c->workers, row->repetition, row->work, row->work_unit);
}

int measure_sample(struct measure *m, const struct bench_case *c, struct progress_of_case *progress,
		   struct sample *row, char *why, size_t why_bytes)
{
	struct trial *t = m->trial;
	const struct input *input;
	*why = '\0';
	fill_case(row, c, m->run_id);
	row->repetition = progress->repetition++;
	if (c->out_of_reach)
		return fail(progress, row, (int)c->fate, c->out_of_reach, why, why_bytes);
	if (ballast_refuse(c->params.ballast, why, why_bytes))
		return fail(progress, row, STATUS_SKIPPED, why, why, why_bytes);
	/* mpirun is a child that is to stay. */
	t->cell->alone = m->alone && !(m->cluster && cluster_desk(m->cluster));
	const struct input *newest = m->inputs.first;
	uint64_t start_ns = clock_ns();
	int error = inputs_get(&m->inputs, c, runner_leaves_machine(c->runner), &input, why, why_bytes);
	if (error)
		return error;
	if (m->inputs.first != newest)
		row->input_ns = (double)(clock_ns() - start_ns);
	bool mixed = plan_pus(m, c);
	row->items = input->items * kernel_copies(c->kernel, c->workers);
	row->work = input->work * kernel_copies(c->kernel, c->workers);
	row->work_unit = input->work_unit;
	if (input->status != STATUS_OK)
		return fail(progress, row, input->status, input->why, why, why_bytes);
	prepare_trial(m, c, input, m->room->pus, progress);
	trial_take(t);
	/* A launcher that ends its ranks ends the harness among them: what became of the sample is a row all
	 * the same. */
	bool launcher_ends = t->status == STATUS_CRASHED && runner_leaves_machine(c->runner) &&
			     cluster_is_launched(m->cluster);
	if (t->status == -EINTR || (m->interrupted && *m->interrupted && !launcher_ends))
		return -EINTR;
	if (t->status != STATUS_OK)
		return fail(progress, row, t->status, t->why, why, why_bytes);
	fill_sample(m, c, t, mixed, progress, row);
	report_sample(c, t, row);
	return 0;
}

void measure_let_go(struct measure *m)
{
	cell_close(m->trial->cell);
	m->trial->held = NULL;
}

int measure_open(struct measure *m, uint64_t handed_over)
{
	m->counting = counters_look(m->counters, NULL) > 0;
	m->alone = orphans_adopt();
	m->trial = calloc(1, sizeof *m->trial);
	m->room = calloc(1, sizeof *m->room);
	int error = m->trial && m->room ? cell_alloc(&m->trial->cell) : -ENOMEM;
	if (error)
		return complain(EXIT_UNUSABLE, "no shared memory (memfd_create, mmap) for cells: %s",
				strerror(-error));
	m->trial->cell->interrupted = m->interrupted;
	inputs_init(&m->inputs, m->machine, m->trial->cell, m->options->timeout_ns);
	if (handed_over)
		inputs_take_over(&m->inputs, (int)handed_over);
	return 0;
}

uint64_t measure_hand_over(struct measure *m)
{
	int fd = inputs_hand_over(&m->inputs);
	if (fd <= 0)
		return 0;
	m->inputs.first = NULL; /* they are the next one's, and the descriptors stay open */
	return (uint64_t)fd;
}

void measure_close(struct measure *m)
{
	if (m->trial)
		cell_free(m->trial->cell);
	free(m->trial);
	free(m->room);
	m->trial = NULL;
	m->room = NULL;
	inputs_free(&m->inputs);
}
