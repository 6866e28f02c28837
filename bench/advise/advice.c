#include "bench/advise/advice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runners/runner.h"

#define PAGE_BYTES 4096.0

static const struct {
	const char *name, *words;
} terms[TERM_OPERATION] = {
	[TERM_WORK] = {"work", "the work, divided among the workers"},
	[TERM_LAUNCH] = {"launch", "launching and reaping workers, or giving a pool its job"},
	[TERM_PARENT] = {"parent", "fork copies the page tables of the parent's memory"},
	[TERM_PAGES] = {"pages", "each new process maps the shared memory, page by page"},
	[TERM_ENTER] = {"enter", "new workers prepare: memory of their own, first touch"},
	[TERM_HANDOUT] = {"handout", "scheduling tasks one at a time"},
	[TERM_BARRIERS] = {"barriers", "barriers between phases"},
	[TERM_BANDWIDTH] = {"bandwidth", "the memory's bandwidth, shared by the workers"},
	[TERM_MESSAGES] = {"messages", "messages between processes"},
	[TERM_START] = {"start", "a pool's start, over its jobs"},
	[TERM_PYTHON] = {"python", "workers that take turns in Python's bytecode"},
};

const char *advice_term_name(enum term term)
{
	return term < TERM_OPERATION ? terms[term].name : operation_names[term - TERM_OPERATION].flag;
}

const char *advice_term_words(enum term term)
{
	return term < TERM_OPERATION ? terms[term].words : operation_names[term - TERM_OPERATION].words;
}

/* One prediction while it is made. */
struct making {
	const struct unit_costs *unit_costs;
	const struct workload *workload;
	const struct advised_runner *runner;
	enum advised id;
	struct prediction *p;
	struct unit_costs_used *used;
	double workers, at_once;
};

static const struct estimate nothing;

static struct estimate plus(struct estimate a, struct estimate b, double factor)
{
	a.value += b.value * factor;
	a.low += b.low * factor;
	a.high += b.high * factor;
	return a;
}

/* The unit_cost at x, or 0 and the prediction is told to be impossible. */
static struct estimate look(struct making *m, const struct unit_cost *unit_cost, double x, enum beyond beyond)
{
	if (!unit_cost->count) {
		m->p->missing = m->p->missing ? m->p->missing : unit_cost;
		return nothing;
	}
	return unit_cost_at(unit_cost, x, beyond, m->used);
}

static void add(struct making *m, enum term term, struct estimate e, double factor)
{
	m->p->term[term] = plus(m->p->term[term], e, factor);
}

/* Launches follow each other, so each pays for the parent's memory; ends go side by side. */
static struct estimate parent_cost(struct making *m)
{
	const struct unit_costs *p = m->unit_costs;
	if (m->workload->parent_bytes <= 0)
		return nothing;
	struct estimate create = look(m, &p->parent_create, m->workload->parent_bytes, BEYOND_LINE);
	struct estimate leave = look(m, &p->parent_exit, m->workload->parent_bytes, BEYOND_LINE);
	return plus(plus(nothing, create, m->workers), leave, m->workers / m->at_once);
}

/* Every worker maps all of it. */
static struct estimate page_cost(struct making *m, bool spawn)
{
	const struct unit_costs *p = m->unit_costs;
	double pages = ceil(m->workload->mapped_bytes / PAGE_BYTES), turns = m->workers / m->at_once;
	if (pages <= 0)
		return nothing;
	struct estimate map = look(m, &p->map[spawn], m->at_once, BEYOND_LINE);
	struct estimate unmap = look(m, &p->unmap[spawn], m->at_once, BEYOND_LINE);
	return plus(plus(nothing, map, pages * turns), unmap, pages * turns);
}

static void add_launch(struct making *m)
{
	const struct unit_costs *p = m->unit_costs;
	add(m, TERM_LAUNCH, look(m, &p->fixed[m->id], m->workers, BEYOND_LINE), 1);
	if (!m->runner->pool && m->id != ADVISED_SEQ) /* each launch and each end has its part in it */
		add(m, TERM_LAUNCH, look(m, &p->later[m->id], m->p->term[TERM_WORK].value, BEYOND_FLAT),
		    m->workers / m->workload->pus);
	if (!m->runner->pool)
		add(m, TERM_ENTER, m->workload->enter_ns, 1);
	if (m->runner->once == ADVISED_FORK && !m->runner->pool)
		add(m, TERM_PARENT, parent_cost(m), 1);
	if (m->runner->processes && !m->runner->pool)
		add(m, TERM_PAGES, page_cost(m, m->id == ADVISED_SPAWN), 1);
	if (!m->runner->pool)
		return;
	m->p->once = look(m, &p->fixed[m->runner->once], m->workers, BEYOND_LINE);
	m->p->once = plus(m->p->once, m->workload->enter_ns, 1);
	if (m->runner->processes)
		m->p->once = plus(plus(m->p->once, parent_cost(m), 1), page_cost(m, false), 1);
	if (isfinite(m->workload->jobs))
		add(m, TERM_START, m->p->once, 1 / m->workload->jobs);
}

/* The counter is the same for all who deal one at a time; nobody meets anybody alone. */
static void add_handout(struct making *m)
{
	const struct workload *d = m->workload;
	bool each = d->dealing == DEALING_EACH && (!m->runner->steals || d->arrives);
	if (each)
		add(m, TERM_HANDOUT, d->single_ns, d->tasks * d->phases / m->at_once);
	if (!each || m->workers < 2)
		return;
	enum advised like = m->runner->steals      ? m->id
			    : m->runner->processes ? ADVISED_FORK_POOL
						   : ADVISED_PTHREAD_POOL;
	struct estimate e = look(m, &m->unit_costs->handout[like], d->task_ns.value, BEYOND_FLAT);
	add(m, TERM_HANDOUT, e, d->tasks * d->phases / m->at_once);
}

static void add_barriers(struct making *m)
{
	double barriers = 2.0 * (m->workload->phases - 1) + m->workload->ends_at_barrier;
	if (barriers > 0 && m->workers > 1)
		add(m, TERM_BARRIERS, look(m, &m->unit_costs->barrier[m->runner->processes], 0, BEYOND_FLAT),
		    barriers);
}

/*
 * The roofline: no faster than the memory delivers. The job alone shows what of its time that is: it cannot
 * have been faster than one worker's bandwidth, so a traffic that claims more is cut to that.
 */
static void add_bandwidth(struct making *m)
{
	const struct workload *d = m->workload;
	const struct unit_cost *p = &m->unit_costs->bandwidth;
	if (d->traffic_bytes <= 0 || m->workers < 2)
		return;
	struct estimate one = look(m, p, 1, BEYOND_FLAT), all = look(m, p, m->at_once, BEYOND_FLAT);
	if (m->p->missing)
		return;
	double work = d->task_ns.value * d->tasks * d->phases,
	       bytes = fmin(d->traffic_bytes, work / one.value);
	struct estimate w = m->p->term[TERM_WORK];
	struct estimate e = {.value = fmax(0, bytes * all.value - w.value),
			     .low = fmax(0, bytes * all.low - w.high),
			     .high = fmax(0, bytes * all.high - w.low)};
	add(m, TERM_BANDWIDTH, e, 1);
}

/*
 * Workers that compute for a while and then are in operations for a while: a closed queue, in which k that
 * are there slow each other down as k workers that do nothing else do (measured). A birth and death process
 * gives how many are there, and so how long a task's round takes, beyond the task alone.
 */
static double held_up(const double *cost, uint32_t workers, double n, double task_ns)
{
	double compute = task_ns - n * cost[0], here = 1, all = 1, leaving = 0;
	if (compute <= 0)
		return n * (cost[workers - 1] - cost[0]);
	for (uint32_t k = 1; k <= workers; k++) {
		double leave = k / (n * cost[k - 1]);
		here *= (workers - k + 1) / compute / leave;
		all += here;
		leaving += here * leave;
	}
	return fmax(0, workers * all / leaving - task_ns);
}

/* What the operation costs when k workers are in it, for k up to all: no less than with fewer. */
static void costs_of(struct making *m, const struct unit_cost *p, uint32_t workers, double *cost)
{
	for (uint32_t k = 1; k <= workers; k++) {
		double c = unit_cost_at(p, k, BEYOND_LINE, m->used).value;
		cost[k - 1] = k > 1 ? fmax(c, cost[k - 2]) : c;
	}
}

static void add_operation(struct making *m, int operation)
{
	const struct workload *d = m->workload;
	const struct unit_cost *p = &m->unit_costs->operation[operation][m->runner->processes];
	double n = d->per_task[operation];
	if (n <= 0 || m->workers < 2)
		return;
	struct estimate alone = look(m, p, 1, BEYOND_FLAT), met = look(m, p, m->at_once, BEYOND_LINE);
	double cost[WORKERS_MAX] = {0};
	if (m->p->missing)
		return;
	costs_of(m, p, (uint32_t)m->at_once, cost);
	double most = n * fmax(0, met.value - alone.value);
	struct estimate e = {.value = operation_names[operation].reaches_all
					      ? most
					      : held_up(cost, (uint32_t)m->at_once, n, d->task_ns.value),
			     .high = n * fmax(0, met.high - alone.low)};
	e.high = fmax(e.high, e.value); /* low: workers that never meet */
	add(m, (enum term)(TERM_OPERATION + operation), e, d->tasks * d->phases / m->at_once);
}

/* As long as its bytecode computes; a thread that waits has given the GIL away. */
static void add_python(struct making *m)
{
	const struct workload *d = m->workload;
	if (!d->python || m->workers < 2)
		return;
	struct estimate e = look(m, &m->unit_costs->python[m->runner->processes], m->at_once, BEYOND_LINE);
	double computes = 1 - d->wait_ns / d->task_ns.value;
	double all = d->task_ns.value * d->tasks * d->phases * computes;
	struct estimate turns = {.value = all / m->at_once * fmax(1, e.value),
				 .low = all / m->at_once * fmax(1, e.low),
				 .high = all / m->at_once * fmax(1, e.high)};
	double span = m->p->term[TERM_WORK].value;
	if (d->wait_ns <= 0)
		span = all / m->at_once; /* all of it computes: rounds are the work's own */
	add(m, TERM_PYTHON,
	    (struct estimate){.value = fmax(0, turns.value - span),
			      .low = fmax(0, turns.low - span),
			      .high = fmax(0, turns.high - span)},
	    1);
}

/* One task handed in while nobody else does: what the runner takes for a job of one worker, and the task. */
static double latency(struct making *m)
{
	const struct unit_cost *fixed = &m->unit_costs->fixed[m->id];
	if (m->p->missing || !fixed->count)
		return NAN;
	return unit_cost_at(fixed, 1, BEYOND_FLAT, NULL).value + m->workload->task_ns.value;
}

/* Who forks has the input by inheritance. All messages pass through the parent, one after the other. */
static void add_messages(struct making *m)
{
	const struct workload *d = m->workload;
	bool inherits = m->id == ADVISED_FORK;
	double bytes[] = {inherits ? 0 : d->bytes_in, d->bytes_out};
	struct estimate one = nothing;
	if (!m->runner->processes)
		return;
	for (int i = 0; i < 2; i++)
		if (bytes[i] > 0)
			one = plus(one, look(m, &m->unit_costs->message, bytes[i], BEYOND_LINE), 1);
	struct estimate e = plus(nothing, one, d->tasks / m->at_once);
	double parent = one.value * d->tasks, waits = parent - m->p->term[TERM_WORK].value;
	if (waits > e.value)
		e = plus(nothing, one, waits / one.value);
	add(m, TERM_MESSAGES, e, 1);
}

static void predict(struct making *m)
{
	const struct workload *d = m->workload;
	bool shares = d->dealing == DEALING_SHARES && !m->runner->steals;
	m->workers = m->p->workers = m->id == ADVISED_SEQ ? 1 : d->workers;
	m->at_once = fmin(m->workers, d->pus);
	add(m, TERM_WORK, workload_span(d, m->p->workers, shares), 1);
	add_launch(m);
	add_handout(m);
	if (m->id != ADVISED_SEQ) {
		add_barriers(m);
		add_bandwidth(m);
		add_messages(m);
		add_python(m);
		for (int o = 0; o < OPERATIONS; o++)
			add_operation(m, o);
	}
	for (int t = 0; t < TERMS; t++)
		m->p->wall = plus(m->p->wall, m->p->term[t], 1);
	m->p->latency_ns = latency(m);
	m->p->refused = d->refused[m->id];
	m->p->excluded = d->refused[m->id] || (d->survive_crash && !m->runner->processes);
}

static bool is_left(const struct prediction *p)
{
	return !p->excluded && !p->missing;
}

/* The fastest of those that `fits` (NULL: all that are left); ADVISED: none. */
static enum advised fastest(const struct advice *a, bool (*fits)(enum advised id, enum advised than),
			    enum advised than)
{
	int best = ADVISED;
	for (int i = 0; i < ADVISED; i++) {
		const struct prediction *p = &a->prediction[i];
		if (p->missing || p->refused || (fits ? !fits((enum advised)i, than) : p->excluded))
			continue;
		if (best == ADVISED || p->wall.value < a->prediction[best].wall.value)
			best = i;
	}
	return (enum advised)best;
}

/* What one has to write and to look after: a pool more than workers of one job, processes more than threads,
 * a new program more than a copy. */
static const enum advised simplest_first[ADVISED] = {
	ADVISED_SEQ,  ADVISED_PTHREAD,   ADVISED_PTHREAD_POOL, ADVISED_PTHREAD_STEAL,
	ADVISED_FORK, ADVISED_FORK_POOL, ADVISED_FORK_STEAL,   ADVISED_SPAWN,
};

/* The simplest of those that cannot be told from the fastest. */
static enum advised simplest(struct advice *a)
{
	const struct prediction *fastest = &a->prediction[a->first];
	int choice = ADVISED;
	for (int i = 0; i < ADVISED; i++) {
		enum advised id = simplest_first[i];
		struct prediction *p = &a->prediction[id];
		p->tied = is_left(p) && p->wall.value / fastest->wall.value - 1 <= ADVICE_MODEL_ERROR;
		if (p->tied && choice == ADVISED)
			choice = (int)id;
	}
	return (enum advised)choice;
}

static bool is_of_other_kind(enum advised id, enum advised than)
{
	if (than == ADVISED_SEQ || id == ADVISED_SEQ)
		return id != than && than == ADVISED_SEQ;
	return advised_runners[id].processes != advised_runners[than].processes;
}

static bool is_of_other_lifetime(enum advised id, enum advised than)
{
	if (than == ADVISED_SEQ || id == ADVISED_SEQ)
		return false;
	return advised_runners[id].processes == advised_runners[than].processes &&
	       advised_runners[id].pool != advised_runners[than].pool;
}

static bool is_thread(enum advised id, enum advised than)
{
	(void)than;
	return !advised_runners[id].processes;
}

static int weightiest(const void *a, const void *b)
{
	double x = fabs(((const struct reason *)a)->ns), y = fabs(((const struct reason *)b)->ns);
	return (x < y) - (x > y);
}

static void compare(struct advice *a, enum advised other)
{
	/* No argument is made against what is predicted as fast, or faster. */
	if (other == ADVISED || a->prediction[other].tied ||
	    a->prediction[other].wall.value <= a->prediction[a->choice].wall.value)
		return;
	struct advice_difference *c = &a->comparison[a->comparisons++];
	const struct prediction *mine = &a->prediction[a->choice], *its = &a->prediction[other];
	*c = (struct advice_difference){.other = other, .ns = its->wall.value - mine->wall.value};
	for (int t = 0; t < TERMS; t++) {
		double ns = its->term[t].value - mine->term[t].value;
		if (fabs(ns) > 0 && c->ns != 0)
			c->reason[c->reasons++] = (struct reason){(enum term)t, ns, ns / c->ns};
	}
	qsort(c->reason, c->reasons, sizeof *c->reason, weightiest);
}

void advice_make(const struct unit_costs *unit_costs, const struct workload *workload, struct advice *a)
{
	memset(a, 0, sizeof *a);
	for (int i = 0; i < ADVISED; i++) {
		struct making m = {.unit_costs = unit_costs,
				   .workload = workload,
				   .runner = &advised_runners[i],
				   .id = (enum advised)i,
				   .p = &a->prediction[i],
				   .used = &a->used};
		predict(&m);
	}
	a->first = fastest(a, NULL, ADVISED);
	a->any = a->first != ADVISED;
	if (!a->any)
		return;
	a->choice = simplest(a);
	compare(a, fastest(a, is_of_other_kind, a->choice));
	compare(a, fastest(a, is_of_other_lifetime, a->choice));
	a->fastest = fastest(a, is_thread, ADVISED);
	a->costs = workload->survive_crash && a->fastest != ADVISED;
	if (a->costs)
		a->price_ns = a->prediction[a->choice].wall.value - a->prediction[a->fastest].wall.value;
}
