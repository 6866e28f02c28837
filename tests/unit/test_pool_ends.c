/* Closing, joining, terminating a pool, in all orders. */
#include "tests/unit/pools.h"

static void test_closing_drains(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	int64_t x[200], y[200] = {0};
	for (int i = 0; i < 200; i++) {
		x[i] = i;
		assert_int_equal(pool_submit(pool, square, &x[i], 8, &y[i], 8, NULL, NULL, NULL, NULL), 0);
	}
	pool_close(pool);
	pool_close(pool);
	assert_int_equal(pool_submit(pool, square, x, 8, y, 8, NULL, NULL, NULL, NULL), -ESHUTDOWN);
	assert_int_equal(pool_map(pool, square, x, 8, y, 8, 1, 0, NULL), -ESHUTDOWN);
	assert_int_equal(pool_apply(pool, square, x, 8, y, 8, NULL), -ESHUTDOWN);
	assert_null(pool_imap(pool, square, next_number, NULL, 8, 8, 0, true));
	assert_int_equal(errno, ESHUTDOWN);
	assert_int_equal(pool_join(pool), 0);
	assert_int_equal(pool_join(pool), 0);
	for (int i = 0; i < 200; i++)
		assert_int_equal(y[i], i * i);
	pool_free(pool);
}

static void test_all_orders_of_ending(void **state)
{
	struct pool_options o = kind_of(state);
	for (int order = 0; order < 6; order++) {
		struct pool *pool = open_pool(&o);
		assert_int_equal(pool_join(pool), -EINVAL);
		if (order == 1 || order == 2)
			pool_close(pool);
		if (order == 2 || order == 3 || order == 4)
			pool_terminate(pool);
		if (order == 4)
			pool_close(pool);
		if (order && order != 5)
			assert_int_equal(pool_join(pool), 0);
		if (order == 3)
			pool_terminate(pool);
		pool_free(pool);
	}
	pool_free(NULL);
}

/* 10,000 tasks of a second: were they waited for, this test would end by its time limit. */
static void test_terminating_cancels_what_is_left(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	static struct pool_future *f[10000];
	unsigned ms = 1000, ended = 0, cancelled = 0;
	for (int i = 0; i < 10000; i++)
		assert_int_equal(
			pool_submit(pool, sleep_ms, &ms, sizeof ms, NULL, 0, NULL, NULL, NULL, &f[i]), 0);
	usleep(20000);
	pool_terminate(pool);
	assert_int_equal(pool_join(pool), 0);
	for (int i = 0; i < 10000; i++) {
		struct pool_outcome outcome;
		assert_int_equal(pool_wait(f[i], 0, &outcome), 0);
		ended += outcome.state == POOL_DONE;
		cancelled += outcome.state == POOL_CANCELLED;
	}
	assert_int_equal(ended + cancelled, 10000);
	assert_in_range(ended, 0, 3);
	assert_int_equal(pool_apply(pool, sleep_ms, &ms, sizeof ms, NULL, 0, NULL), -ECANCELED);
	pool_free(pool);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		both(test_closing_drains),
		both(test_all_orders_of_ending),
		both(test_terminating_cancels_what_is_left),
	};
	return check_main(argc, argv, tests);
}
