/*
 * One job in a rank. Where others have common memory, it has messages: items are dealt by a counter that rank
 * 0 keeps, hosts send each other their results, and the job is timed on rank 0 alone, for clocks of different
 * machines are not compared.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runners/clock.h"
#include "runners/deal.h"
#include "runners/mpi/fabric.h"
#include "runners/mpi/member.h"
#include "runners/session.h"

/* Rank 0 looks who is still missing only when it has waited so long: looking takes time. */
#define PATIENCE_NS (20 * NS_PER_MS)

/* ---- dealing ---- */

/* What a worker inside did in a part of the job. */
static void add_worker(struct worker_record *sum, const struct worker_record *part)
{
	sum->busy_ns += part->busy_ns;
	sum->checksum += part->checksum;
	sum->cpu_ns += part->cpu_ns;
	sum->cpu = part->cpu;
	sum->pid = part->pid;
	sum->pinned = part->pinned;
}

static uint64_t run_range(void *member, uint64_t begin, uint64_t end)
{
	struct member *m = member;
	char why[512];
	if (m->exchanges)
		exchange_note(&m->exchange, begin, end);
	if (!m->inside)
		return m->kernel->run(&m->ctx, begin, end);
	if (session_run_range(m->inside, m->ctx.phase, begin, end, why, sizeof why) != STATUS_OK)
		rank_fail(m->rank, "%s", why);
	for (uint32_t i = 0; i < m->sitting.inside; i++)
		add_worker(&m->records[i], session_worker(m->inside, i));
	return session_checksum(m->inside);
}

static uint64_t add(const struct member *m, uint64_t count)
{
	m->rank->fabric->ask(m->group, count);
	return m->rank->fabric->answer(m->group);
}

/* Rank 0 has its own numbers without the library's coming by: it lets it, for the sake of other hosts. */
static void come_by(const struct member *m)
{
	if (m->index == 0 && m->sitting.hosts > 1)
		m->rank->fabric->waits(m->group, 0, TAG_DONE);
}

/*
 * Who has items at hand asks for the next ones already. On a network where the library has to answer, rank 0
 * does so between its own items: others would wait for the end of one of them each time.
 */
static uint64_t deal_dynamic(struct member *m)
{
	const struct sitting *s = &m->sitting;
	const struct fabric *fabric = m->rank->fabric;
	uint64_t chunk = s->chunk ? s->chunk : 1, sum = 0;
	fabric->ask(m->group, chunk);
	for (uint64_t begin; (begin = fabric->answer(m->group)) < s->items;) {
		fabric->ask(m->group, chunk);
		come_by(m);
		sum += run_range(m, begin, begin + chunk < s->items ? begin + chunk : s->items);
	}
	return sum;
}

static uint64_t deal_guided(struct member *m)
{
	const struct sitting *s = &m->sitting;
	uint64_t least = s->chunk ? s->chunk : 1, sum = 0, begin = add(m, 0);
	while (begin < s->items) {
		uint64_t share = (s->items - begin) / s->ranks, end = begin + (share > least ? share : least);
		end = end < s->items ? end : s->items;
		come_by(m);
		if (!m->rank->fabric->swap(m->group, &begin, end))
			continue;
		sum += run_range(m, begin, end);
		begin = add(m, 0);
	}
	return sum;
}

/*
 * Workers inside a rank have the schedule among themselves, and the ranks equal shares: a rank that waits for
 * its workers does not answer others that want more, on networks where the library has to.
 */
static uint64_t deal(struct member *m)
{
	const struct sitting *s = &m->sitting;
	if (s->rate)
		return run_range(m, 0, s->items);
	if (s->inside)
		return deal_static(s->items, 0, m->index, s->ranks, run_range, m);
	switch (s->schedule) {
	case SCHEDULE_DYNAMIC:
		return deal_dynamic(m);
	case SCHEDULE_GUIDED:
		return deal_guided(m);
	default:
		return deal_static(s->items, s->chunk, m->index, s->ranks, run_range, m);
	}
}

/* ---- phases ---- */

/* For the message, should it wait for ever. */
static void now_waits(struct control *control, enum control_wait waits)
{
	if (control)
		control->waits = waits;
}

static void end_phase(struct member *m, uint32_t phase)
{
	const struct sitting *s = &m->sitting;
	bool last = phase + 1 == s->phases, between = m->kernel->between;
	if (m->exchanges)
		exchange_phase(&m->exchange, phase, !last || between);
	else if (!last || between)
		m->rank->fabric->barrier(m->group);
	if (between && m->local == 0)
		m->kernel->between(m->shared.base, &s->params, phase);
	if (last)
		return;
	if (m->index == 0)
		m->rank->fabric->set(m->group, 0);
	m->rank->fabric->barrier(m->group);
}

static uint64_t run_phases(struct member *m, struct control *control, uint64_t *busy_ns)
{
	uint64_t sum = 0;
	for (m->ctx.phase = 0; m->ctx.phase < m->sitting.phases; m->ctx.phase++) {
		uint64_t start = clock_ns();
		sum += deal(m);
		*busy_ns += clock_ns() - start;
		now_waits(control, WAITS_FOR_PHASE);
		end_phase(m, m->ctx.phase);
		now_waits(control, WAITS_NOT);
	}
	return sum;
}

/* ---- the end of a job ---- */

/* Whose work is done, as far as rank 0 has heard: for the message when somebody's never is. */
static void hear(struct member *m, struct control *control, bool all)
{
	uint32_t inside = sitting_inside(&m->sitting);
	uint64_t job;
	for (uint32_t r = 1; r < m->sitting.ranks; r++) {
		if (m->heard[r] || (!all && !m->rank->fabric->waits(m->group, r, TAG_DONE)))
			continue;
		m->rank->fabric->receive(m->group, r, TAG_DONE, &job, sizeof job);
		m->heard[r] = true;
		for (uint32_t i = 0; i < inside; i++)
			atomic_store(&control->worker[r * inside + i].step, STEP_DONE);
	}
}

void member_meet(struct member *m, struct control *control)
{
	const struct fabric *fabric = m->rank->fabric;
	uint64_t look = clock_ns() + PATIENCE_NS;
	memset(m->heard, 0, m->sitting.ranks);
	fabric->arrive(m->group);
	while (!fabric->arrived()) {
		if (m->yields)
			sched_yield();
		if (control && clock_ns() > look) {
			hear(m, control, false);
			look = clock_ns() + PATIENCE_NS;
		}
	}
	if (control)
		hear(m, control, true);
}

/* ---- records ---- */

static void take_counts(struct worker_record *me, struct counters *counters)
{
	counters_stop(counters);
	counters_read(counters, me->count, &me->counted);
	counters_close(counters);
}

static void fill_records(struct member *m, uint64_t sum, uint64_t busy_ns, uint64_t cpu_ns)
{
	struct worker_record *me = &m->records[0];
	if (m->inside) /* what they did was added up part by part */
		return;
	me->checksum = sum;
	me->busy_ns = busy_ns;
	me->cpu_ns = m->sitting.keeps_time ? cpu_ns : 0;
	me->cpu = sched_getcpu();
}

/* All of a rank's memory is the workers': it was started for them. */
static void probe_memory(struct member *m, struct control *control)
{
	m->rank->fabric->barrier(m->group);
	m->records[0].memory = memory_use(0);
	for (uint32_t i = 0; i < m->sitting.inside && m->sitting.inside_processes; i++) {
		struct memory_use more = memory_use(m->records[i].pid), *sum = &m->records[i].memory;
		*sum = i ? more
			 : (struct memory_use){memory_sum(sum->pss_kib, more.pss_kib),
					       memory_sum(sum->rss_kib, more.rss_kib),
					       memory_sum(sum->tables_kib, more.tables_kib)};
	}
	if (control) {
		control->harness_memory = memory_use(control->harness);
		control->stacks_kib = memory_kernel_stacks_kib();
	}
	m->rank->fabric->barrier(m->group);
}

void member_report(struct member *m, struct control *control)
{
	uint32_t inside = sitting_inside(&m->sitting);
	size_t bytes = inside * sizeof *m->records;
	if (!control) {
		m->rank->fabric->send(m->group, 0, TAG_RECORDS, m->records, bytes);
		return;
	}
	memcpy(control->worker, m->records, bytes);
	for (uint32_t r = 1; r < m->sitting.ranks; r++)
		m->rank->fabric->receive(m->group, r, TAG_RECORDS, &control->worker[(size_t)r * inside],
					 bytes);
}

uint64_t member_job(struct member *m, const struct message *message, struct control *control)
{
	struct counters counters = COUNTERS_NONE;
	bool counting = message->probe == PROBE_COUNTERS && m->sitting.counting && !m->inside;
	uint64_t busy_ns = 0, job = 0;
	for (uint32_t i = 0; i < m->sitting.inside; i++)
		m->records[i].busy_ns = m->records[i].checksum = m->records[i].cpu_ns = 0;
	if (counting)
		counters_open(&counters, m->sitting.counter, message->again);
	if (m->index == 0)
		m->rank->fabric->set(m->group, 0);
	m->exchange.bytes = 0;
	now_waits(control, WAITS_TO_START);
	member_meet(m, NULL);
	/*
	 * All are here, so nobody leaves the next barrier before rank 0 has come to it: what follows is all
	 * of the work. From the end of the barrier it would be less, when rank 0 is the last to notice that
	 * it is over.
	 */
	uint64_t start = clock_ns();
	member_meet(m, NULL);
	now_waits(control, WAITS_NOT);
	uint64_t cpu = m->sitting.keeps_time ? clock_cpu_ns() : 0;
	if (counting)
		counters_start(&counters);
	uint64_t sum = run_phases(m, control, &busy_ns);
	if (m->sitting.keeps_time)
		cpu = clock_cpu_ns() - cpu;
	if (counting)
		take_counts(&m->records[0], &counters);
	if (m->index > 0)
		m->rank->fabric->send(m->group, 0, TAG_DONE, &job, sizeof job);
	now_waits(control, WAITS_FOR_END);
	member_meet(m, control);
	uint64_t span = clock_ns() - start;
	fill_records(m, sum, busy_ns, cpu);
	if (message->probe == PROBE_MEMORY)
		probe_memory(m, control);
	member_report(m, control);
	return span;
}

/* ---- messages of kernels ---- */

static const struct rank_messages *own(const struct messages *self)
{
	return (const struct rank_messages *)self;
}

void member_send(const struct messages *self, uint32_t to, const void *data, size_t bytes)
{
	own(self)->fabric->send(own(self)->group, to, TAG_KERNEL, data, bytes);
}

void member_receive(const struct messages *self, uint32_t from, void *data, size_t bytes)
{
	own(self)->fabric->receive(own(self)->group, from, TAG_KERNEL, data, bytes);
}

void member_sum(const struct messages *self, double *values, size_t count)
{
	own(self)->fabric->sum(own(self)->group, values, count);
}

uint64_t member_take(const struct messages *self, uint64_t count)
{
	own(self)->fabric->ask(own(self)->group, count);
	return own(self)->fabric->answer(own(self)->group);
}
