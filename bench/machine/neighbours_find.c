/* The experiment: each unit alone, then the chosen pairs at once. */
#include "bench/machine/neighbours.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "runners/affinity.h"
#include "runners/clock.h"

/* A chain takes about 0.2 ms. The shortest of the rounds counts: a burst of another program is over by then.
 */
enum { VECTOR_STEPS = 40000, SCALAR_STEPS = 60000, ROUNDS = 5 };
#define MOST_NS NS_PER_S

typedef double vector __attribute__((vector_size(16)));

/* Twelve independent chains: each operation takes 4 cycles or so, and two begin in each. */
static double fill_vector_units(void)
{
	vector x[12];
	const vector factor = {0.999999, 0.999999}, term = {1e-6, 1e-6};
	double sum = 0;
	for (int k = 0; k < 12; k++)
		x[k] = (vector){k, k + 1};
	for (int i = 0; i < VECTOR_STEPS; i++) {
#pragma GCC unroll 12
		for (int k = 0; k < 12; k++)
			x[k] = x[k] * factor + term;
	}
	for (int k = 0; k < 12; k++)
		sum += x[k][0] + x[k][1];
	return sum;
}

static double follow_chain(void)
{
	double x = 1;
	for (int i = 0; i < SCALAR_STEPS; i++)
		x = x * 0.999999 + 1e-6;
	return x;
}

/* What one unit does, alone or beside another; times in ns. */
struct unit_run {
	int pu;
	uint32_t parties;
	_Atomic uint32_t *arrived;
	double vector[ROUNDS], scalar[ROUNDS], kept;
	bool bound;
};

/* Each round begins when all are there. */
static void meet(struct unit_run *u, uint32_t round)
{
	atomic_fetch_add(u->arrived, 1);
	while (atomic_load_explicit(u->arrived, memory_order_acquire) < u->parties * round)
		clock_relax();
}

static void *run_chains(void *arg)
{
	struct unit_run *u = arg;
	u->bound = affinity_bind(u->pu) == 0;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		meet(u, 2 * i + 1);
		uint64_t start = clock_ns();
		u->kept += fill_vector_units();
		u->vector[i] = (double)(clock_ns() - start);
		meet(u, 2 * i + 2);
		start = clock_ns();
		u->kept += follow_chain();
		u->scalar[i] = (double)(clock_ns() - start);
	}
	return NULL;
}

/* The shortest round of the slower one, in a pair. False: no thread, or it could not be bound. */
static bool run_at_once(const int *pus, uint32_t count, struct slowdown *ns)
{
	_Atomic uint32_t arrived = 0;
	struct unit_run unit[2] = {{0}};
	pthread_t thread[2];
	uint32_t begun = 0;
	for (uint32_t i = 0; i < count; i++)
		unit[i] = (struct unit_run){.pu = pus[i], .parties = count, .arrived = &arrived};
	while (begun < count && pthread_create(&thread[begun], NULL, run_chains, &unit[begun]) == 0)
		begun++;
	if (begun < count) /* who waits is to go on */
		atomic_store(&arrived, UINT32_MAX / 2);
	for (uint32_t i = 0; i < begun; i++)
		pthread_join(thread[i], NULL);
	*ns = (struct slowdown){INFINITY, INFINITY};
	for (uint32_t r = 0; r < ROUNDS && begun == count; r++) {
		ns->vector = fmin(ns->vector, fmax(unit[0].vector[r], unit[count - 1].vector[r]));
		ns->scalar = fmin(ns->scalar, fmax(unit[0].scalar[r], unit[count - 1].scalar[r]));
	}
	return begun == count && unit[0].bound && unit[count - 1].bound;
}

/* Times alone, measured when a unit's turn comes. */
struct search {
	const struct pu *pu;
	struct slowdown *alone; /* vector 0: not measured */
	struct neighbourhood *found;
};

static bool measure_alone(struct search *s, uint32_t unit)
{
	return s->alone[unit].vector > 0 || run_at_once(&s->pu[unit].pu, 1, &s->alone[unit]);
}

static bool try_pair(struct search *s, struct unit_pair p)
{
	struct neighbourhood *f = s->found;
	struct slowdown at_once;
	int pus[] = {s->pu[p.a].pu, s->pu[p.b].pu};
	if (s->pu[p.a].core == s->pu[p.b].core) /* hwloc knows */
		return true;
	if (!measure_alone(s, p.a) || !measure_alone(s, p.b) || !run_at_once(pus, 2, &at_once))
		return false;
	struct slowdown slowdown = {at_once.vector / fmax(s->alone[p.a].vector, s->alone[p.b].vector),
				    at_once.scalar / fmax(s->alone[p.a].scalar, s->alone[p.b].scalar)};
	enum neighbours verdict = neighbours_judge(slowdown);
	f->tried++;
	if (verdict == NEIGHBOURS_UNKNOWN && (!f->unknown++ || slowdown.vector > f->most.vector) &&
	    !f->shared)
		f->most = slowdown;
	if (verdict != NEIGHBOURS_SHARE)
		return true;
	if (f->shared == 0 || slowdown.vector > f->most.vector)
		f->most = slowdown;
	f->pair[f->shared].a = pus[0];
	f->pair[f->shared++].b = pus[1];
	return true;
}

bool neighbours_find(const struct machine *machine, struct neighbourhood *found)
{
	uint32_t units = machine_sweep_pus(machine), all = machine_pus(machine);
	struct unit_pair pair[NEIGHBOURS_PAIRS_MAX];
	struct pu *pu = calloc(all, sizeof *pu);
	struct slowdown *alone = calloc(all, sizeof *alone);
	struct search s = {pu, alone, found};
	size_t pairs = neighbours_choose(units, pair);
	uint64_t start = clock_ns();
	bool good = pu && alone;
	*found = (struct neighbourhood){0};
	if (good)
		placement_plan(machine, PLACE_SMT, all,
			       pu); /* the fastest kind first, neighbours side by side */
	for (size_t i = 0; good && i < pairs && clock_ns() - start < MOST_NS; i++)
		good = try_pair(&s, pair[i]);
	free(alone);
	free(pu);
	return good;
}
