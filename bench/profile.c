#include "bench/profile.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/catalog.h"
#include "bench/exit.h"
#include "bench/inputs.h"
#include "bench/signals.h"
#include "bench/text.h"
#include "kernels/registry.h"
#include "runners/clock.h"
#include "runners/orphans.h"

enum { REPETITIONS_MIN = 5, REPETITIONS_MAX = 31 };

/* Shared with the child that fills it. */
struct measurement {
	const struct input *input;
	struct cell *cell;
	int pu;
	uint64_t budget_ns;
	uint32_t phases, slices, repetitions;
	int error; /* of the kernel's enter */
	bool wrong;
	double work_ns[REPETITIONS_MAX], enter_ns[REPETITIONS_MAX], between_ns[REPETITIONS_MAX];
	double single_ns[REPETITIONS_MAX]; /* what a job of one task at a time takes more; 0: not asked */
	double slice_ns[REPETITIONS_MAX][PROFILE_PHASES * PROFILE_SLICES];
};

static double since(uint64_t *at)
{
	uint64_t now = clock_ns(), ns = now - *at;
	*at = now;
	return (double)ns;
}

/* One job, as the one worker of seq does it, with a look at the clock between slices. */
static void take_job(struct measurement *m, struct context *ctx, uint64_t items)
{
	const struct kernel *kernel = m->input->kernel;
	uint32_t n = m->repetitions;
	double between = 0;
	uint64_t sum = 0, at = clock_ns(), start = at;
	for (ctx->phase = 0; ctx->phase < m->phases; ctx->phase++) {
		double *slice = &m->slice_ns[n][(size_t)ctx->phase * m->slices];
		for (uint32_t s = 0; s < m->slices; s++) {
			uint64_t from = (uint64_t)((unsigned __int128)items * s / m->slices);
			uint64_t to = (uint64_t)((unsigned __int128)items * (s + 1) / m->slices);
			sum += kernel->run(ctx, from, to);
			slice[s] = since(&at);
		}
		if (kernel->between)
			kernel->between(ctx->shared, ctx->params, ctx->phase);
		between += since(&at);
	}
	m->work_ns[n] = (double)(at - start);
	m->between_ns[n] = between;
	m->wrong |= sum != m->input->expected;
}

/* The same items as they are dealt dynamically, each by a step of a counter that is shared: of one phase. */
static void take_singly(struct measurement *m, struct context *ctx, uint64_t items)
{
	_Atomic uint64_t next = 0;
	uint64_t at = clock_ns(), item, sum = 0;
	ctx->phase = 0;
	while ((item = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed)) < items)
		sum += m->input->kernel->run(ctx, item, item + 1);
	m->single_ns[m->repetitions] = fmax(0, since(&at) - m->work_ns[m->repetitions]);
	m->wrong |= sum != m->input->expected;
}

static void take_jobs(void *arg)
{
	struct measurement *m = arg;
	const struct kernel *kernel = m->input->kernel;
	struct params params = m->input->params;
	uint64_t items = kernel_items(kernel, &params), begun = clock_ns();
	params.input = NULL;
	placement_bind(m->pu);
	m->error = arena_populate(&m->input->arena);
	for (int i = -1; !m->error && i < REPETITIONS_MAX; i++) { /* the first one warms up */
		struct context ctx = {.shared = m->input->arena.base, .params = &params, .workers = 1};
		uint64_t at = clock_ns();
		atomic_store(&m->cell->since_ns, at);
		m->repetitions = i < 0 ? 0 : (uint32_t)i;
		m->error = kernel->enter ? kernel->enter(&ctx) : 0;
		double enter = since(&at);
		if (!m->error)
			take_job(m, &ctx, items);
		if (!m->error && kernel->uneven && m->phases == 1)
			take_singly(m, &ctx, items);
		at = clock_ns();
		if (!m->error && kernel->leave)
			kernel->leave(&ctx);
		m->enter_ns[m->repetitions] = enter + since(&at);
		m->repetitions++;
		if (m->wrong || (i >= REPETITIONS_MIN && clock_ns() - begun > m->budget_ns))
			break;
	}
}

void profile_describe(const struct bench_case *c, double work, const char *work_unit, struct demand *d)
{
	const struct kernel *kernel = c->kernel;
	d->tasks = (double)kernel_items(kernel, &c->params);
	d->phases = kernel_phases(kernel, &c->params);
	d->ends_at_barrier = kernel->between;
	d->dealing = kernel->uneven ? DEALING_EACH : DEALING_SHARES;
	d->mapped_bytes = (double)kernel_shared_bytes(kernel, &c->params);
	d->traffic_bytes = strcmp(work_unit, "B") == 0 ? work : d->mapped_bytes;
}

static void reduce(const struct measurement *m, const struct bench_case *c, struct profile *p)
{
	double x[REPETITIONS_MAX];
	struct demand *d = &p->demand;
	*d = demand_none();
	profile_describe(c, m->input->work, m->input->work_unit, d);
	p->repetitions = m->repetitions;
	for (size_t s = 0; s < (size_t)m->phases * m->slices; s++) {
		for (uint32_t i = 0; i < m->repetitions; i++)
			x[i] = m->slice_ns[i][s];
		p->slice_ns[s] = stat_median(x, m->repetitions);
	}
	memcpy(x, m->between_ns, sizeof x);
	d->between_ns = stat_median(x, m->repetitions);
	memcpy(x, m->enter_ns, sizeof x);
	d->enter_ns = stat_median_interval(x, m->repetitions);
	memcpy(x, m->single_ns, sizeof x);
	d->single_ns = stat_median_interval(x, m->repetitions);
	d->single_ns.value /= d->tasks;
	d->single_ns.low /= d->tasks;
	d->single_ns.high /= d->tasks;
	memcpy(x, m->work_ns, sizeof x);
	d->task_ns = stat_median_interval(x, m->repetitions);
	/* The sum of the slices' medians: whoever interrupts a job meets other slices in each. */
	d->task_ns.value = d->between_ns;
	for (size_t s = 0; s < (size_t)m->phases * m->slices; s++)
		d->task_ns.value += p->slice_ns[s];
	double tasks = d->tasks * d->phases;
	d->task_ns.low = fmin(d->task_ns.low, d->task_ns.value) / tasks;
	d->task_ns.high = fmax(d->task_ns.high, d->task_ns.value) / tasks;
	d->task_ns.value /= tasks;
	d->slice_ns = p->slice_ns;
	d->slices = m->slices;
}

static int tell(const struct measurement *m, const struct bench_case *c, int status, const char *why)
{
	char shown[512];
	if (status == -EINTR)
		return EXIT_INTERRUPTED;
	if (status)
		return complain(EXIT_FAILED, "kernel %s: %s", c->kernel->name,
				text_show(why, shown, sizeof shown));
	if (m->error)
		return complain(EXIT_FAILED, "kernel %s: its worker cannot begin: %s", c->kernel->name,
				strerror(-m->error));
	if (m->wrong)
		return complain(EXIT_FAILED, "kernel %s: the sum of its slices is not that of the whole",
				c->kernel->name);
	return 0;
}

static int take(struct inputs *inputs, const struct bench_case *c, struct measurement *m, uint64_t timeout_ns,
		struct profile *profile)
{
	char why[512] = "";
	int status = inputs_get(inputs, c, NULL, m->cell, &m->input, why, sizeof why);
	if (!status && m->input->status) {
		status = m->input->status;
		snprintf(why, sizeof why, "%s", m->input->why);
	}
	if (!status && !m->input->verified) {
		status = STATUS_WRONG;
		snprintf(why, sizeof why, "the kernel's own verification failed");
	}
	if (!status) {
		struct isolation isolation = {.cell = m->cell,
					      .body = take_jobs,
					      .arg = m,
					      .timeout_ns = timeout_ns,
					      .alone = inputs->alone,
					      .interrupted = inputs->interrupted};
		status = isolate(&isolation, why, sizeof why);
	}
	int code = tell(m, c, status, why);
	if (!code)
		reduce(m, c, profile);
	return code;
}

int profile_measure(const struct bench_case *c, const struct machine *machine, uint64_t timeout_ns,
		    uint64_t budget_ns, struct profile *profile)
{
	struct measurement *m = isolate_alloc(sizeof *m);
	uint32_t phases = kernel_phases(c->kernel, &c->params);
	uint64_t items = kernel_items(c->kernel, &c->params);
	struct inputs inputs;
	struct pu pu;
	int code = 0;
	if (!m || cell_open(&m->cell)) {
		isolate_free(m, sizeof *m);
		return complain(EXIT_UNUSABLE, "no shared memory for a profile");
	}
	placement_plan(machine, PLACE_COMPACT, 1, &pu);
	m->pu = pu.pu;
	m->budget_ns = budget_ns;
	m->phases = phases;
	m->slices = items < PROFILE_SLICES ? (uint32_t)items : PROFILE_SLICES;
	if (phases > PROFILE_PHASES) {
		code = complain(EXIT_UNUSABLE, "kernel %s has %u phases; a profile has room for %d",
				c->kernel->name, phases, PROFILE_PHASES);
	} else {
		inputs_init(&inputs, machine, timeout_ns, NULL);
		inputs.alone = orphans_adopt();
		code = take(&inputs, c, m, timeout_ns, profile);
		inputs_free(&inputs);
	}
	cell_close(m->cell);
	isolate_free(m, sizeof *m);
	return code;
}
