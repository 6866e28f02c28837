/* The pool when something goes wrong: workers that die, hang, or cannot start. */
#include "tests/unit/pool_orders.h"

#include "runners/clock.h"

/* ---- tasks ---- */

static void test_a_dead_worker_costs_its_task_alone(void **state)
{
	static const struct {
		enum order order;
		int code, signal;
	} deaths[] = {{ORDER_EXIT_0, 0, 0},
		      {ORDER_EXIT_3, 3, 0},
		      {ORDER_ABORT, 0, SIGABRT},
		      {ORDER_SEGV, 0, SIGSEGV},
		      {ORDER_KILL, 0, SIGKILL}};
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
		struct pool_outcome outcome;
		enum order order = deaths[i].order;
		assert_int_equal(pool_apply(pool, obey, &order, sizeof order, NULL, 0, &outcome), 0);
		assert_int_equal(outcome.state, POOL_LOST);
		assert_int_equal(outcome.code, deaths[i].code);
		assert_int_equal(outcome.signal, deaths[i].signal);
		assert_int_equal(outcome.attempts, 1);
		expect_well(pool);
	}
	assert_string_equal(pool_reason(pool), "");
	pool_free(pool);
}

static void test_retry_runs_it_again_and_gives_up(void **state)
{
	struct pool_options o = kind_of(state);
	o.on_loss = POOL_RETRY;
	o.retries = 2;
	struct pool *pool = open_pool(&o);
	enum order order = ORDER_KILL;
	struct pool_outcome outcome;
	assert_int_equal(pool_apply(pool, obey, &order, sizeof order, NULL, 0, &outcome), 0);
	assert_true(outcome.state == POOL_LOST && outcome.attempts == 3 && outcome.signal == SIGKILL);
	expect_well(pool);
	pool_free(pool);
}

static void test_break_breaks_the_pool(void **state)
{
	struct pool_options o = kind_of(state);
	o.on_loss = POOL_BREAK;
	struct pool *pool = open_pool(&o);
	enum order hang = ORDER_HANG, kill = ORDER_SEGV;
	struct pool_future *hanging;
	struct pool_outcome outcome;
	assert_int_equal(pool_submit(pool, obey, &hang, sizeof hang, NULL, 0, NULL, NULL, NULL, &hanging), 0);
	assert_int_equal(pool_apply(pool, obey, &kill, sizeof kill, NULL, 0, &outcome), 0);
	assert_true(outcome.state == POOL_LOST && outcome.signal == SIGSEGV);
	assert_int_equal(pool_wait(hanging, FOREVER, &outcome), 0);
	assert_int_equal(outcome.state, POOL_CANCELLED);
	assert_int_equal(pool_apply(pool, obey, &kill, sizeof kill, NULL, 0, NULL), -ECANCELED);
	if (!strstr(pool_reason(pool), "was killed by SIGSEGV while it had a task"))
		fail_msg("reason: %s", pool_reason(pool));
	assert_int_equal(pool_join(pool), 0);
	pool_free(pool);
}

/* ---- maps ---- */

struct plan {
	_Atomic int deaths_left;
	_Atomic int runs[1000];
};

/* Item 500 kills its worker, as long as deaths are left. */
static int ordered_deaths(void *arg, uint64_t begin, uint64_t end)
{
	struct plan *plan = arg;
	for (uint64_t i = begin; i < end; i++) {
		if (i == 500 && plan->deaths_left > 0) {
			plan->deaths_left--;
			raise(SIGKILL);
		}
		plan->runs[i]++;
	}
	return 0;
}

static void test_a_map_goes_on_without_a_dead_worker(void **state)
{
	struct pool_options o = kind_of(state);
	for (int retry = 0; retry < 2; retry++)
		for (uint64_t chunk = 1; chunk <= 100; chunk += 33) {
			o.on_loss = retry ? POOL_RETRY : POOL_FAIL;
			o.retries = 3;
			struct pool *pool = open_pool(&o);
			struct plan *plan = pool_alloc(pool, sizeof *plan);
			struct pool_map_outcome m;
			plan->deaths_left = retry ? 3 : 1;
			int error = pool_range(pool, ordered_deaths, plan, 1000, chunk, &m);
			uint64_t first = 500 / chunk * chunk, end = first + chunk;
			assert_int_equal(error, retry ? 0 : -EIO);
			assert_int_equal(m.not_done, retry ? 0 : chunk);
			for (uint64_t i = 0; i < 1000; i++)
				if (i < first || i >= end)
					assert_int_equal(plan->runs[i], 1);
			assert_int_equal(plan->runs[500], retry);
			if (!retry) {
				assert_int_equal(m.first, first);
				assert_true(m.outcome.state == POOL_LOST && m.outcome.signal == SIGKILL);
			}
			expect_well(pool);
			pool_free(pool);
		}
}

static void test_a_map_gives_up_a_chunk_that_kills(void **state)
{
	struct pool_options o = kind_of(state);
	o.on_loss = POOL_RETRY;
	o.retries = 2;
	o.caller_works = false;
	struct pool *pool = open_pool(&o);
	struct plan *plan = pool_alloc(pool, sizeof *plan);
	struct pool_map_outcome m;
	plan->deaths_left = 1000;
	assert_int_equal(pool_range(pool, ordered_deaths, plan, 1000, 1, &m), -EIO);
	assert_true(m.done == 999 && m.not_done == 1 && m.first == 500 && m.outcome.attempts == 3);
	assert_int_equal(plan->deaths_left, 997);
	pool_free(pool);
}

static int die_at_200_and_700(void *arg, uint64_t begin, uint64_t end)
{
	(void)arg;
	(void)end;
	if (begin == 200 || begin == 700)
		raise(SIGKILL);
	return 0;
}

static void test_two_deaths_in_a_map_are_counted_once_each(void **state)
{
	struct pool_options o = kind_of(state);
	o.workers = 1; /* one death after the other, not both in one pass */
	struct pool *pool = open_pool(&o);
	struct pool_map_outcome m;
	assert_int_equal(pool_range(pool, die_at_200_and_700, NULL, 1000, 1, &m), -EIO);
	assert_true(m.done == 998 && m.not_done == 2 && m.first == 200);
	pool_free(pool);
}

/* ---- time limits ---- */

static void test_a_task_that_hangs_is_given_up(void **state)
{
	struct pool_options o = kind_of(state);
	o.timeout_ns = 40 * NS_PER_MS;
	struct pool *pool = open_pool(&o);
	enum order order = ORDER_HANG;
	struct pool_outcome outcome;
	assert_int_equal(pool_apply(pool, obey, &order, sizeof order, NULL, 0, &outcome), 0);
	assert_int_equal(outcome.state, POOL_TIMED_OUT);
	expect_well(pool);
	pool_free(pool);
}

static int hang_at_7(void *arg, uint64_t begin, uint64_t end)
{
	(void)arg;
	(void)end;
	if (begin == 7)
		for (;;)
			usleep(1000);
	return 0;
}

static void test_a_chunk_that_hangs_is_given_up(void **state)
{
	struct pool_options o = kind_of(state);
	o.timeout_ns = 40 * NS_PER_MS;
	struct pool *pool = open_pool(&o);
	struct pool_map_outcome m;
	assert_int_equal(pool_range(pool, hang_at_7, NULL, 20, 1, &m), -EIO);
	assert_true(m.not_done == 1 && m.first == 7 && m.outcome.state == POOL_TIMED_OUT);
	expect_well(pool);
	pool_free(pool);
}

static _Atomic int release_the_thread;

static int hang_until_released(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in;
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	while (!release_the_thread)
		usleep(1000);
	return 0;
}

/* A thread cannot be stopped: its task is given up, the others go on, and the thread may come back. */
static void test_a_thread_that_hangs_is_given_up(void **state)
{
	struct pool_options o = kind_of(state);
	if (o.kind == POOL_PROCESSES)
		return;
	o.timeout_ns = 40 * NS_PER_MS;
	struct pool *pool = open_pool(&o);
	struct pool_outcome outcome;
	release_the_thread = 0;
	assert_int_equal(pool_apply(pool, hang_until_released, NULL, 0, NULL, 0, &outcome), 0);
	assert_int_equal(outcome.state, POOL_TIMED_OUT);
	expect_well(pool);
	release_the_thread = 1;
	expect_well(pool);
	pool_free(pool);
}

/* ---- starting ---- */

static int init_fails(void *arg, uint32_t rank)
{
	_Atomic int *left = arg;
	return rank == 1 && (*left)-- <= 0 ? 42 : 0;
}

static int init_dies(void *arg, uint32_t rank)
{
	(void)arg;
	if (rank == 2)
		raise(SIGKILL);
	return 0;
}

static void test_an_initialiser_that_fails(void **state)
{
	struct pool_options o = kind_of(state);
	char why[256];
	_Atomic int *left = shared_counter(0);
	o.init = init_fails;
	o.init_arg = left;
	assert_null(pool_open(&o, why, sizeof why));
	assert_string_equal(why, "the initialiser of worker 1 returned 42");
	/* well at first; the first renewal of worker 1 then breaks the pool, after one more try, not a
	 * thousand */
	*left = 1;
	o.tasks_per_worker = 1;
	struct pool *pool = open_pool(&o);
	enum order well = ORDER_WELL;
	int error = 0;
	while (!error)
		error = pool_apply(pool, obey, &well, sizeof well, NULL, 0, NULL);
	assert_int_equal(error, -ECANCELED);
	assert_string_equal(pool_reason(pool), "the initialiser of worker 1 returned 42");
	pool_free(pool);
	assert_int_equal(*left, -1);
	munmap((void *)(uintptr_t)left, 4096);
}

static void test_an_initialiser_that_kills(void **state)
{
	struct pool_options o = kind_of(state);
	char why[256];
	o.init = init_dies;
	assert_null(pool_open(&o, why, sizeof why));
	assert_string_equal(why,
			    "10 workers in a row died in their initialiser; worker 2 was killed by SIGKILL");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		processes(test_a_dead_worker_costs_its_task_alone),
		processes(test_retry_runs_it_again_and_gives_up),
		processes(test_break_breaks_the_pool),
		processes(test_a_map_goes_on_without_a_dead_worker),
		processes(test_a_map_gives_up_a_chunk_that_kills),
		processes(test_two_deaths_in_a_map_are_counted_once_each),
		processes(test_a_task_that_hangs_is_given_up),
		processes(test_a_chunk_that_hangs_is_given_up),
		both(test_a_thread_that_hangs_is_given_up),
		both(test_an_initialiser_that_fails),
		processes(test_an_initialiser_that_kills),
	};
	return check_main(argc, argv, tests);
}
