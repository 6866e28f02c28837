/* What the advice makes of made-up machines: each verdict flips where it has to, and more never costs less.
 */
#include "tests/unit/check.h"

#include "bench/advise/advice.h"

#include <math.h>

static struct estimate of(double value)
{
	return (struct estimate){.value = value, .low = 0.9 * value, .high = 1.1 * value, .n = 6};
}

/* A machine where all is round: launches cost 100 µs (threads), 600 (fork), 2 ms (spawn), a pool 10. */
static void make_machine(struct unit_costs *p)
{
	static const double fixed[ADVISED] = {2e3, 100e3, 600e3, 2e6, 10e3, 10e3, 12e3, 12e3};
	unit_costs_init(p);
	for (int r = 0; r < ADVISED; r++) {
		unit_cost_add(&p->fixed[r], 1, of(fixed[r] / 2), "fixed at 1");
		unit_cost_add(&p->fixed[r], 4, of(fixed[r]), "fixed at 4");
		unit_cost_add(&p->later[r], 10, of(0), "later");
		unit_cost_add(&p->handout[r], 10, of(100), "handout");
	}
	unit_cost_add(&p->parent_create, 0, of(0), "no parent");
	unit_cost_add(&p->parent_create, 1e9, of(10e6), "parent of 1 G");
	unit_cost_add(&p->parent_exit, 0, of(0), "no parent");
	unit_cost_add(&p->parent_exit, 1e9, of(10e6), "parent of 1 G");
	for (int i = 0; i < 2; i++) {
		unit_cost_add(&p->map[i], 1, of(700), "map");
		unit_cost_add(&p->unmap[i], 1, of(100), "unmap");
		unit_cost_add(&p->barrier[i], 0, of(1000), "barrier");
		for (int o = 0; o < OPERATIONS; o++) {
			unit_cost_add(&p->operation[o][i], 1, of(1000), "alone");
			/* Threads meet in it, processes do not. */
			unit_cost_add(&p->operation[o][i], 4, of(i ? 1000 : 20000), "with others");
		}
	}
	unit_cost_add(&p->message, 1, of(1000), "small message");
	unit_cost_add(&p->message, 1e6, of(1e6), "large message");
	unit_cost_add(&p->bandwidth, 1, of(0.02), "one alone");
	unit_cost_add(&p->bandwidth, 4, of(0.01), "all");
	unit_cost_add(&p->recovery[ADVISED_FORK_POOL], 0, of(1e6), "recovery");
	for (int i = 0; i < 2; i++) { /* a GIL: four threads take four times as long */
		unit_cost_add(&p->python[i], 1, of(1), "one alone");
		unit_cost_add(&p->python[i], 4, of(i ? 1.05 : 4), "all");
	}
}

/* Tasks of a millisecond on four workers and cores. */
static struct workload some_work(void)
{
	struct workload d = workload_none();
	d.workers = d.pus = 4;
	d.tasks = 100;
	d.task_ns = of(1e6);
	return d;
}

static const struct advice *advise_on(const struct unit_costs *p, const struct workload *d)
{
	static struct advice advice;
	advice_make(p, d, &advice);
	return &advice;
}

static const struct advice *advise(const struct workload *d)
{
	static struct unit_costs p;
	make_machine(&p);
	return advise_on(&p, d);
}

static double wall(const struct workload *d, enum advised runner)
{
	return advise(d)->prediction[runner].wall.value;
}

static void test_numbers(void **state)
{
	(void)state;
	struct workload d = some_work();
	/* 25 rounds of 1 ms and what each costs beside. */
	assert_true(fabs(wall(&d, ADVISED_SEQ) - (100e6 + 1e3)) < 1);
	assert_true(fabs(wall(&d, ADVISED_PTHREAD) - (25e6 + 100e3)) < 1);
	assert_true(fabs(wall(&d, ADVISED_FORK) - (25e6 + 600e3)) < 1);
	d.workers = 2; /* a third of the way from 1 to 4 */
	assert_true(fabs(wall(&d, ADVISED_PTHREAD) - (50e6 + 50e3 + 50e3 / 3)) < 1);
	d.tasks = 3; /* two rounds */
	assert_true(fabs(wall(&d, ADVISED_SPAWN) - (2e6 + 1e6 + 1e6 / 3)) < 1);
}

static void test_threads_or_none(void **state)
{
	(void)state;
	struct workload d = some_work();
	d.task_ns = of(100); /* 10 µs of work in all: no launch pays */
	assert_int_equal(advise(&d)->choice, ADVISED_SEQ);
	d.task_ns = of(2000); /* 200 µs: a pool does, a launch of 100 µs does not */
	assert_int_equal(advise(&d)->choice, ADVISED_PTHREAD_POOL);
	d.task_ns = of(10e6); /* a second: the launch is within the tie, and simpler */
	assert_int_equal(advise(&d)->choice, ADVISED_PTHREAD);
}

static void test_operations_make_processes(void **state)
{
	(void)state;
	static const int kinds[] = {OPERATION_SYSCALL, OPERATION_MAP, OPERATION_ALLOCATION,
				    OPERATION_DESCRIPTOR, OPERATION_WRITE};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct workload d = some_work();
		d.per_task[kinds[i]] = 500;
		const struct advice *a = advise(&d);
		assert_true(advised_runners[a->choice].processes);
		assert_false(advised_runners[a->comparison[0].other].processes);
		assert_int_equal(a->comparison[0].reason[0].term, TERM_OPERATION + kinds[i]);
		assert_true(a->comparison[0].reason[0].share > 0.5);
	}
}

/* Two workers that compute as long as they are in operations, which take twice as long with both there. */
static void test_queue(void **state)
{
	(void)state;
	static struct unit_costs p;
	struct workload d = some_work();
	make_machine(&p);
	struct unit_cost *threads = &p.operation[OPERATION_WRITE][0];
	threads->count = 0;
	unit_cost_add(threads, 1, of(1000), "alone");
	unit_cost_add(threads, 2, of(2000), "both");
	d.workers = d.pus = 2;
	d.tasks = 2;
	d.task_ns = of(2000);
	d.per_task[OPERATION_WRITE] = 1;
	/* Computes 1000, leaves at 1/1000 with one there, 2/2000 with both: 1 : 2 : 2, four fifths of 1/1000.
	 */
	double held =
		advise_on(&p, &d)->prediction[ADVISED_PTHREAD].term[TERM_OPERATION + OPERATION_WRITE].value;
	assert_true(fabs(held - (2 * 1000 * 5.0 / 4 - 2000)) < 1e-6);
	d.task_ns = of(1000); /* in operations all the time */
	held = advise_on(&p, &d)->prediction[ADVISED_PTHREAD].term[TERM_OPERATION + OPERATION_WRITE].value;
	assert_true(fabs(held - 1000) < 1e-6);
}

static void test_crash_excludes_threads(void **state)
{
	(void)state;
	struct workload d = some_work();
	assert_false(advised_runners[advise(&d)->choice].processes);
	d.survive_crash = true;
	const struct advice *a = advise(&d);
	assert_true(advised_runners[a->choice].processes);
	assert_true(a->prediction[ADVISED_SEQ].excluded && a->prediction[ADVISED_PTHREAD_STEAL].excluded);
	assert_false(a->prediction[ADVISED_SPAWN].excluded);
	assert_true(a->costs);
	assert_false(advised_runners[a->fastest].processes);
	double price = a->prediction[a->choice].wall.value - a->prediction[a->fastest].wall.value;
	assert_true(fabs(a->price_ns - price) < 1);
}

/* Beside a large parent spawn is better than fork, and a pool that was forked once better than both. */
static void test_parent_memory(void **state)
{
	(void)state;
	struct workload d = some_work();
	assert_true(wall(&d, ADVISED_FORK) < wall(&d, ADVISED_SPAWN));
	d.parent_bytes = 1e9;
	assert_true(wall(&d, ADVISED_FORK) > wall(&d, ADVISED_SPAWN));
	double before = 0;
	for (int i = 0; i < 80; i++) {
		d.parent_bytes = i * 1e8;
		assert_true(wall(&d, ADVISED_FORK) >= before);
		before = wall(&d, ADVISED_FORK);
	}
	/* 4 launches, one after the other, and an end, at 10 ms a gigabyte; beyond the last mark, too. */
	d.parent_bytes = 2e9;
	assert_true(fabs(advise(&d)->prediction[ADVISED_FORK].term[TERM_PARENT].value - 100e6) < 1);
	assert_true(advise(&d)->prediction[ADVISED_PTHREAD].term[TERM_PARENT].value == 0);
}

static void test_pages_and_messages(void **state)
{
	(void)state;
	struct workload d = some_work();
	d.mapped_bytes = 4096 * 1000;
	assert_true(fabs(advise(&d)->prediction[ADVISED_FORK].term[TERM_PAGES].value - 800e3) < 1);
	assert_true(advise(&d)->prediction[ADVISED_FORK_POOL].term[TERM_PAGES].value == 0);
	d.bytes_in = d.bytes_out = 1;
	/* 100 tasks, two messages, four workers; fork has its input already. */
	assert_true(fabs(advise(&d)->prediction[ADVISED_FORK_POOL].term[TERM_MESSAGES].value - 50e3) < 1);
	assert_true(fabs(advise(&d)->prediction[ADVISED_FORK].term[TERM_MESSAGES].value - 25e3) < 1);
	assert_true(advise(&d)->prediction[ADVISED_PTHREAD_POOL].term[TERM_MESSAGES].value == 0);
	/* So large that the parent, through whom all pass, is what everybody waits for: 200 MB, 200 ms. */
	d.bytes_in = d.bytes_out = 1e6;
	struct estimate wide = advise(&d)->prediction[ADVISED_FORK_POOL].term[TERM_MESSAGES];
	assert_true(fabs(wide.value - (200e6 - 25e6)) < 1e3);
}

static void test_bandwidth(void **state)
{
	(void)state;
	struct workload d = some_work();
	d.traffic_bytes = 100e6 / 0.02; /* all of the time is the memory's: 4 workers are twice as fast */
	assert_true(fabs(wall(&d, ADVISED_PTHREAD) - (50e6 + 100e3)) < 1);
	d.traffic_bytes *= 10; /* more cannot be */
	assert_true(fabs(wall(&d, ADVISED_PTHREAD) - (50e6 + 100e3)) < 1);
	d.traffic_bytes = 1;
	assert_true(fabs(wall(&d, ADVISED_PTHREAD) - (25e6 + 100e3)) < 1);
}

static void test_uneven(void **state)
{
	(void)state;
	static const double slice[] = {8e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 2e6};
	struct workload d = some_work();
	d.workers = d.pus = 2;
	d.tasks = d.slices = 8;
	d.task_ns = of(2e6);
	d.slice_ns = slice;
	assert_true(fabs(workload_span(&d, 2, true).value - 11e6) < 1);
	assert_true(fabs(workload_span(&d, 2, false).value - 8e6) < 1);
	assert_true(wall(&d, ADVISED_PTHREAD_STEAL) < wall(&d, ADVISED_PTHREAD_POOL));
	assert_int_equal(advise(&d)->choice, ADVISED_PTHREAD_STEAL);
	d.dealing = DEALING_EACH;
	assert_int_equal(advise(&d)->choice, ADVISED_PTHREAD);
	/* Who runs them one by one pays for that, alone too; who steals takes many at once. */
	double before = wall(&d, ADVISED_SEQ), steals = wall(&d, ADVISED_FORK_STEAL);
	d.single_ns = of(5);
	assert_true(fabs(wall(&d, ADVISED_SEQ) - before - 8 * 5) < 1e-3);
	assert_true(fabs(wall(&d, ADVISED_FORK_STEAL) - steals) < 1e-3);
}

static void test_jobs_pay_for_a_pool(void **state)
{
	(void)state;
	struct workload d = some_work();
	d.task_ns = of(20e3); /* 500 µs of each worker */
	assert_int_equal(advise(&d)->choice, ADVISED_PTHREAD_POOL);
	d.jobs = 1;
	assert_int_equal(advise(&d)->choice, ADVISED_PTHREAD);
}

/* Of a steady machine, more of anything never makes any runner faster. */
static void test_monotony(void **state)
{
	(void)state;
	struct workload base = some_work();
	struct {
		const char *what;
		double *value;
		double step;
	} more[] = {{"tasks", &base.tasks, 7},
		    {"bytes in", &base.bytes_in, 1000},
		    {"bytes out", &base.bytes_out, 1000},
		    {"shared memory", &base.mapped_bytes, 1e5},
		    {"traffic", &base.traffic_bytes, 1e8},
		    {"maps", &base.per_task[OPERATION_MAP], 30},
		    {"shared writes", &base.per_task[OPERATION_WRITE], 30},
		    {"parent", &base.parent_bytes, 1e8}};
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		double before[ADVISED] = {0}, was = *more[i].value;
		for (int k = 0; k < 30; k++, *more[i].value += more[i].step)
			for (int r = 0; r < ADVISED; r++) {
				double now = wall(&base, (enum advised)r);
				if (now < before[r] - 1)
					fail_msg("more %s make %s faster", more[i].what,
						 advised_runners[r].name);
				before[r] = now;
			}
		*more[i].value = was;
	}
}

static void test_missing(void **state)
{
	(void)state;
	static struct unit_costs p;
	struct workload d = some_work();
	make_machine(&p);
	p.fixed[ADVISED_FORK].count = 0;
	p.operation[OPERATION_MAP][0].count = 0;
	assert_ptr_equal(advise_on(&p, &d)->prediction[ADVISED_FORK].missing, &p.fixed[ADVISED_FORK]);
	assert_null(advise_on(&p, &d)->prediction[ADVISED_PTHREAD].missing);
	d.per_task[OPERATION_MAP] = 1; /* asked for now, and only threads' is missing */
	assert_ptr_equal(advise_on(&p, &d)->prediction[ADVISED_PTHREAD].missing,
			 &p.operation[OPERATION_MAP][0]);
	assert_null(advise_on(&p, &d)->prediction[ADVISED_SPAWN].missing);
	assert_true(advised_runners[advise_on(&p, &d)->choice].processes);
	make_machine(&p);
	d.refused[ADVISED_SPAWN] = "it does not";
	assert_true(advise_on(&p, &d)->prediction[ADVISED_SPAWN].excluded);
	d.refused[advise_on(&p, &d)->choice] = "nor does it";
	assert_null(d.refused[advise_on(&p, &d)->choice]);
	unit_costs_init(&p);
	assert_false(advise_on(&p, &d)->any);
}

/* Shares of the reasons add up, ranges hold the value, and each figure that was used is named once. */
static void test_reasons(void **state)
{
	(void)state;
	struct workload d = some_work();
	d.per_task[OPERATION_MAP] = 20;
	d.mapped_bytes = 1e7;
	d.bytes_in = 1000;
	const struct advice *a = advise(&d);
	for (size_t c = 0; c < a->comparisons; c++) {
		double sum = 0, before = INFINITY;
		for (size_t i = 0; i < a->comparison[c].reasons; i++) {
			sum += a->comparison[c].reason[i].share;
			assert_true(fabs(a->comparison[c].reason[i].ns) <= before);
			before = fabs(a->comparison[c].reason[i].ns);
		}
		assert_true(fabs(sum - 1) < 1e-9);
	}
	for (int r = 0; r < ADVISED; r++) {
		struct estimate w = a->prediction[r].wall;
		assert_true(w.low <= w.value && w.value <= w.high);
	}
	for (size_t i = 0; i < a->used.count; i++)
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(a->used.mark[i], a->used.mark[k]);
}

static void test_interpolation(void **state)
{
	(void)state;
	struct unit_cost p = {0};
	unit_cost_add(&p, 10, of(100), "ten");
	unit_cost_add(&p, 1, of(10), "one");
	unit_cost_add(&p, 10, of(7), "ten again");
	unit_cost_add(&p, 5, of(NAN), "nothing");
	assert_int_equal(p.count, 2);
	assert_true(unit_cost_at(&p, 0.5, BEYOND_LINE, NULL).value == 10);
	assert_true(fabs(unit_cost_at(&p, 5.5, BEYOND_LINE, NULL).value - 55) < 1e-9);
	assert_true(unit_cost_at(&p, 10, BEYOND_LINE, NULL).value == 100);
	assert_true(fabs(unit_cost_at(&p, 19, BEYOND_LINE, NULL).value - 190) < 1e-9);
	assert_true(unit_cost_at(&p, 19, BEYOND_FLAT, NULL).value == 100);
	struct unit_costs_used used = {0};
	unit_cost_at(&p, 5, BEYOND_FLAT, &used);
	assert_int_equal(used.count, 2);
}

/*
 * Eight situations; what is right is worked out by hand from make_machine. 64 workers cost a job what 1 and 4
 * do, on along the line: threads 50 + 63 * 50/3 = 1100 us, forked ones 300 + 63 * 100 = 6600 us.
 */
static struct workload waits(double tasks, double ms, double waits_ms)
{
	struct workload d = some_work();
	d.tasks = tasks;
	d.task_ns = of(ms * 1e6);
	d.wait_ns = waits_ms * 1e6;
	d.workers = 64;
	return d;
}

static void expect_wall(const struct advice *a, enum advised id, double ns)
{
	double wall = a->prediction[id].wall.value;
	if (fabs(wall - ns) > 1)
		fail_msg("%s: %.0f ns, worked out %.0f ns", advised_runners[id].name, wall, ns);
}

/* 1: 500 tasks that wait 100 ms, 64 at a time: 8 rounds. */
static void test_situation_waiting(void **state)
{
	(void)state;
	struct workload d = waits(500, 100, 100);
	const struct advice *a = advise(&d);
	assert_int_equal(a->choice, ADVISED_PTHREAD);
	expect_wall(a, ADVISED_PTHREAD, 800e6 + 1100e3);
	expect_wall(a, ADVISED_FORK, 800e6 + 6600e3);
	expect_wall(a, ADVISED_SEQ, 50e9 + 1e3);
}

/* 2: half of 10 ms waits: 400 tasks compute 5 ms each on four units, 500 ms, and the last one's wait is left.
 */
static void test_situation_half_waits(void **state)
{
	(void)state;
	struct workload d = waits(400, 10, 5);
	const struct advice *a = advise(&d);
	expect_wall(a, ADVISED_PTHREAD, 500e6 + 5e6 + 1100e3);
	assert_int_equal(a->choice, ADVISED_PTHREAD);
}

/* 3: a job of 4 tasks of 10 us: a pool takes 10 + 10 us, threads 10 + 100, one core 40 + 1. */
static void test_situation_short_jobs(void **state)
{
	(void)state;
	struct workload d = some_work();
	d.tasks = 4;
	d.task_ns = of(10e3);
	const struct advice *a = advise(&d);
	assert_int_equal(a->choice, ADVISED_PTHREAD_POOL);
	expect_wall(a, ADVISED_PTHREAD_POOL, 20e3);
	expect_wall(a, ADVISED_PTHREAD, 110e3);
	expect_wall(a, ADVISED_SEQ, 41e3);
}

/* 4: 25 ms of work each: 25.1 ms in threads, 25.6 forked (2 % more, a tie), 27 spawned (8 %). No runner that
 * ties is argued against, though a pool is predicted to be faster. */
static void test_situation_tie(void **state)
{
	(void)state;
	struct workload d = some_work();
	const struct advice *a = advise(&d);
	assert_int_equal(a->first, ADVISED_PTHREAD_POOL);
	assert_int_equal(a->choice, ADVISED_PTHREAD);
	assert_true(a->prediction[ADVISED_FORK].tied && a->prediction[ADVISED_PTHREAD_POOL].tied);
	assert_false(a->prediction[ADVISED_SPAWN].tied || a->prediction[ADVISED_SEQ].tied);
	for (size_t i = 0; i < a->comparisons; i++)
		assert_true(a->comparison[i].ns > 0 && !a->prediction[a->comparison[i].other].tied);
}

/* 5: Python's bytecode, 100 tasks of 10 ms: threads take turns, 1 s; processes 250 * 1.05 ms and their start.
 */
static void test_situation_python(void **state)
{
	(void)state;
	struct workload d = some_work();
	d.task_ns = of(10e6);
	d.python = true;
	const struct advice *a = advise(&d);
	expect_wall(a, ADVISED_PTHREAD, 1000e6 + 100e3);
	expect_wall(a, ADVISED_FORK, 262.5e6 + 600e3);
	assert_int_equal(a->choice, ADVISED_FORK);
	assert_int_equal(a->comparison[0].reason[0].term, TERM_PYTHON);
}

/* 6: Python that waits gives the GIL away. */
static void test_situation_python_waits(void **state)
{
	(void)state;
	struct workload d = waits(500, 100, 100);
	d.python = true;
	const struct advice *a = advise(&d);
	assert_int_equal(a->choice, ADVISED_PTHREAD);
	expect_wall(a, ADVISED_PTHREAD, 800e6 + 1100e3);
}

/* 7: one task of 10 us alone: a pool answers after 5 + 10 us, a thread of its own after 50 + 10. */
static void test_situation_latency(void **state)
{
	(void)state;
	struct workload d = some_work();
	d.task_ns = of(10e3);
	const struct advice *a = advise(&d);
	assert_true(fabs(a->prediction[ADVISED_PTHREAD_POOL].latency_ns - 15e3) < 1);
	assert_true(fabs(a->prediction[ADVISED_PTHREAD].latency_ns - 60e3) < 1);
	assert_true(fabs(a->prediction[ADVISED_SEQ].latency_ns - 11e3) < 1);
}

/* 8: 64 workers, where at most 4 were measured, are said to be extrapolated; 4 are not. */
static void test_situation_extrapolated(void **state)
{
	(void)state;
	struct workload d = waits(500, 100, 100);
	const struct advice *a = advise(&d);
	assert_int_equal(a->used.beyond_count, 1);
	assert_string_equal(a->used.beyond[0]->name, "the overhead of a job");
	assert_true(a->used.beyond_at[0] == 64);
	d = some_work();
	assert_int_equal(advise(&d)->used.beyond_count, 0);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_threads_or_none),
		cmocka_unit_test(test_operations_make_processes),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_crash_excludes_threads),
		cmocka_unit_test(test_parent_memory),
		cmocka_unit_test(test_pages_and_messages),
		cmocka_unit_test(test_bandwidth),
		cmocka_unit_test(test_uneven),
		cmocka_unit_test(test_jobs_pay_for_a_pool),
		cmocka_unit_test(test_monotony),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_interpolation),
		cmocka_unit_test(test_situation_waiting),
		cmocka_unit_test(test_situation_half_waits),
		cmocka_unit_test(test_situation_short_jobs),
		cmocka_unit_test(test_situation_tie),
		cmocka_unit_test(test_situation_python),
		cmocka_unit_test(test_situation_python_waits),
		cmocka_unit_test(test_situation_latency),
		cmocka_unit_test(test_situation_extrapolated),
	};
	return check_main(argc, argv, tests);
}
