#include "bench/recovery.h"

#include "bench/system.h"
#include "runners/clock.h"

static void live(void *arg)
{
	struct trial *t = arg;
	t->status = arena_populate(&t->input->arena);
	if (t->status == STATUS_OK)
		trial_live(t);
}

/* The life that ends in the crash, then one that does not. */
static double job(void *arg)
{
	struct trial *t = arg;
	struct crash *first = &t->job.crashed;
	uint64_t start_ns = clock_ns();
	*first = (struct crash){0};
	t->status = trial_isolate(t, live);
	if (t->status == STATUS_CRASHED || t->status == STATUS_TIMEOUT)
		session_crash(&t->cell->records, first);
	if (first->struck_ns) {
		t->status = trial_isolate(t, live);
		t->totals.crash.begun += first->begun;
		t->totals.crash.survivors = 0;
	}
	t->totals.wall_ns = clock_ns() - start_ns;
	return t->status == STATUS_OK ? (double)t->totals.wall_ns / (double)NS_PER_S : -1;
}

static bool begin(void *arg)
{
	(void)arg;
	return true;
}

static void end(void *arg)
{
	(void)arg;
}

void recovery_take(struct trial *t)
{
	struct gbench_work work = {t, begin, job, end};
	double steal = system_steal_ns();
	t->isolated = true;
	t->job.timeout_ns = CRASH_PATIENCE_NS;
	t->result = gbench_sample(t->name, &work, 1, t->min_time_s);
	t->steal_ns = system_steal_ns() - steal;
}
