/* Single tasks of a pool: futures, time limits, cancelling, callbacks. */
#include "tests/unit/pools.h"

#include "runners/clock.h"

static void test_apply_and_futures(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	struct pool_future *f[45];
	int64_t x[45], y[45];
	for (int i = 0; i < 45; i++) { /* 15 times the workers */
		x[i] = i;
		assert_int_equal(pool_submit(pool, square, &x[i], 8, &y[i], 8, NULL, NULL, NULL, &f[i]), 0);
	}
	for (int i = 44; i >= 0; i--) {
		struct pool_outcome outcome;
		assert_int_equal(pool_wait(f[i], FOREVER, &outcome), 0);
		assert_int_equal(outcome.state, POOL_DONE);
		assert_true(pool_done(f[i]));
		assert_int_equal(pool_cancel(f[i]), -EBUSY);
		assert_int_equal(pool_wait(f[i], 0, &outcome), 0); /* as often as one likes */
		assert_int_equal(y[i], x[i] * x[i]);
		pool_forget(f[i]);
	}
	pool_free(pool);
}

static void test_waiting_for_a_time_and_cancelling(void **state)
{
	struct pool_options o = kind_of(state);
	o.workers = 1;
	struct pool *pool = open_pool(&o);
	struct pool_future *running, *queued;
	struct pool_outcome outcome;
	unsigned ms = 300;
	assert_int_equal(pool_submit(pool, sleep_ms, &ms, sizeof ms, NULL, 0, NULL, NULL, NULL, &running), 0);
	assert_int_equal(pool_submit(pool, sleep_ms, &ms, sizeof ms, NULL, 0, NULL, NULL, NULL, &queued), 0);
	assert_int_equal(pool_wait(queued, NS_PER_MS, &outcome), -ETIMEDOUT);
	assert_false(pool_done(queued));
	assert_int_equal(pool_cancel(queued), 0);
	assert_int_equal(pool_wait(queued, 0, &outcome), 0);
	assert_true(outcome.state == POOL_CANCELLED && outcome.attempts == 0);
	assert_int_equal(pool_wait(running, FOREVER, &outcome), 0);
	assert_int_equal(outcome.state, POOL_DONE);
	pool_forget(running);
	pool_free(pool); /* frees `queued` */
}

/* Cancelled tasks fill the queue with stale entries: 40,000 of them while the only worker is busy. */
static void test_cancelling_gives_places_back(void **state)
{
	struct pool_options o = kind_of(state);
	o.workers = 1;
	struct pool *pool = open_pool(&o);
	int64_t x = 3, y = 0;
	unsigned ms = 200;
	for (int i = 0; i < 2; i++) /* one runs, one stands at the head of the queue */
		assert_int_equal(pool_submit(pool, sleep_ms, &ms, sizeof ms, NULL, 0, NULL, NULL, NULL, NULL),
				 0);
	for (int i = 0; i < 40000; i++) {
		struct pool_future *f;
		assert_int_equal(pool_submit(pool, square, &x, 8, &y, 8, NULL, NULL, NULL, &f), 0);
		if (pool_cancel(f) == -EBUSY)
			assert_int_equal(pool_wait(f, FOREVER, NULL), 0);
		pool_forget(f);
	}
	assert_int_equal(pool_apply(pool, square, &x, 8, &y, 8, NULL), 0);
	assert_int_equal(y, 9);
	pool_free(pool);
}

/* ---- callbacks ---- */

struct calls {
	_Atomic int done, failed;
};

static void on_done(void *arg, const struct pool_outcome *outcome)
{
	struct calls *calls = arg;
	calls->done += outcome->state == POOL_DONE;
}

static void on_error(void *arg, const struct pool_outcome *outcome)
{
	struct calls *calls = arg;
	calls->failed += outcome->state == POOL_FAILED;
}

static void test_callbacks_come_exactly_once(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	struct calls calls[70] = {0};
	int64_t x[70], y[70];
	struct pool_future *f;
	for (int i = 0; i < 70; i++) {
		x[i] = i + 1;
		assert_int_equal(pool_submit(pool, square_most, &x[i], 8, &y[i], 8, on_done, on_error,
					     &calls[i], i % 2 ? &f : NULL),
				 0);
		if (i % 4 == 1)
			assert_int_equal(pool_wait(f, FOREVER, NULL), 0);
		if (i % 4 == 3)
			pool_forget(f);
	}
	pool_close(pool);
	assert_int_equal(pool_join(pool), 0);
	for (int i = 0; i < 70; i++) {
		assert_int_equal(calls[i].done, x[i] % 7 != 0);
		assert_int_equal(calls[i].failed, x[i] % 7 == 0);
	}
	pool_free(pool);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		both(test_apply_and_futures),
		both(test_waiting_for_a_time_and_cancelling),
		both(test_cancelling_gives_places_back),
		both(test_callbacks_come_exactly_once),
	};
	return check_main(argc, argv, tests);
}
