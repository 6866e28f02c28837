/* Adding up what the jobs of a session took, from the stamps that workers and harness left. */
#include "runners/crash.h"

#include <math.h>

void totals_init(struct totals *t)
{
	*t = (struct totals){.counted = NAN};
	for (size_t i = 0; i < COUNTERS; i++)
		t->count[i] = NAN;
}

/* The stamps of a worker that lived for this job, from its first instruction to its last. */
static void add_stamps(struct totals *t, const struct worker_record *r)
{
	t->workers_stamped++;
	t->bind_ns += r->bound_ns - r->born_ns;
	t->enter_ns += r->ready_ns - r->bound_ns;
	t->meet_ns += r->begin_ns - r->ready_ns;
	t->work_ns += r->end_ns - r->begin_ns;
	t->leave_ns += r->left_ns - r->end_ns;
}

static void add_usage(struct totals *t, const struct usage *usage)
{
	t->user_ns += usage->user_ns;
	t->sys_ns += usage->sys_ns;
	t->minflt += usage->minflt;
	t->majflt += usage->majflt;
	t->nvcsw += usage->nvcsw;
	t->nivcsw += usage->nivcsw;
}

/* What the workers' lives cost: launch, first instruction, end, and the resources they used. */
void totals_add_lives(struct session *s)
{
	struct totals *t = &s->totals;
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		const struct handle *h = &s->handle[rank];
		const struct worker_record *r = &s->control->worker[rank];
		if (h->launched_ns) { /* by this session */
			t->workers_launched++;
			t->create_ns += h->created_ns - h->launched_ns;
		}
		if (h->launched_ns && r->left_ns) {
			t->workers_timed++;
			t->start_ns += r->born_ns - h->launched_ns;
			t->exit_ns += h->reaped_ns - r->left_ns;
		}
		if (r->left_ns && !s->job.runner->pool)
			add_stamps(t, r);
		bool told = s->job.runner->processes && !s->job.runner->pool; /* by who has reaped it */
		add_usage(t, told ? &h->usage : &r->usage);
		t->unpinned |= !r->pinned;
	}
}

/* Where items are stolen: the others may have stolen all before it woke. */
static bool took_part(const struct session *s, const struct worker_record *r)
{
	return !runner_steals(s->job.runner) || r->job == s->control->job;
}

void totals_add_checksum(struct session *s)
{
	s->totals.checksum = 0;
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		if (took_part(s, &s->control->worker[rank]))
			s->totals.checksum += s->control->worker[rank].checksum;
	if (s->job.crash)
		crash_look(s->control, &s->totals.crash);
}

void totals_add_wall(struct session *s)
{
	s->totals.walls++;
	s->totals.wall_ns += s->wall_ns;
}

/* What one more worker adds to the end of a job in which all are there until its end. */
static void add_drain(struct session *s, uint64_t last_end_ns)
{
	uint64_t reaped = 0;
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		reaped = s->handle[rank].reaped_ns > reaped ? s->handle[rank].reaped_ns : reaped;
	if (reaped > last_end_ns)
		s->totals.drain_ns += (reaped - last_end_ns) / s->job.workers;
}

/* As one worker sees it: all together do `rate` operations in a nanosecond. */
static void add_operation(struct session *s)
{
	double rate = 0;
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		const struct worker_record *r = &s->control->worker[rank];
		rate += r->operated_ns ? (double)r->operations / (double)r->operated_ns : 0;
	}
	s->totals.operation_ns += rate > 0 ? s->job.workers / rate : 0;
}

static void add_told(struct session *s)
{
	for (uint32_t rank = 0; rank < s->job.workers; rank++)
		for (int i = 0; i < TOLDS; i++)
			s->totals.told[i] += s->control->worker[rank].told[i];
}

void totals_add_span(struct session *s)
{
	struct totals *t = &s->totals;
	uint64_t first = UINT64_MAX, last = 0, slowest = 0, busy = 0, cpu = 0;
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		const struct worker_record *r = &s->control->worker[rank];
		if (!took_part(s, r))
			continue;
		first = r->begin_ns < first ? r->begin_ns : first;
		last = r->end_ns > last ? r->end_ns : last;
		slowest = r->busy_ns > slowest ? r->busy_ns : slowest;
		busy += r->busy_ns;
		cpu += r->cpu_ns;
	}
	t->spans++;
	t->cpu_ns += cpu;
	t->span_ns += s->control->span_ns ? s->control->span_ns : last - first;
	t->imbalance += busy ? (double)slowest * s->job.workers / (double)busy : 1.0;
	if (!s->job.runner->pool)
		add_drain(s, last);
	if (s->control->window_ns)
		add_operation(s);
	add_told(s);
}

/* All processes of the job, less what the harness held before it. */
void totals_add_memory(struct session *s)
{
	const struct memory_use *before = &s->memory_before, *harness = &s->control->harness_memory;
	struct memory_use sum = {.pss_kib = memory_difference(harness->pss_kib, before->pss_kib),
				 .rss_kib = memory_difference(harness->rss_kib, before->rss_kib),
				 .tables_kib = memory_difference(harness->tables_kib, before->tables_kib)};
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		const struct memory_use *m = &s->control->worker[rank].memory;
		sum.pss_kib = memory_sum(sum.pss_kib, m->pss_kib);
		sum.rss_kib = memory_sum(sum.rss_kib, m->rss_kib);
		sum.tables_kib = memory_sum(sum.tables_kib, m->tables_kib);
	}
	s->totals.memory = sum;
	s->totals.stacks_kib = memory_difference(s->control->stacks_kib, s->stacks_before_kib);
}

/* What an earlier job has counted stays. One worker without a count leaves none for the job. */
void totals_add_counts(struct session *s)
{
	struct totals *t = &s->totals;
	double count[COUNTERS] = {0};
	for (uint32_t rank = 0; rank < s->job.workers; rank++) {
		const struct worker_record *r = &s->control->worker[rank];
		if (!took_part(s, r))
			continue;
		for (size_t i = 0; i < COUNTERS; i++)
			count[i] += r->count[i];
		t->counted = fmin(t->counted, r->counted);
	}
	for (size_t i = 0; i < COUNTERS; i++)
		if (isnan(t->count[i]))
			t->count[i] = count[i];
}
