/* imap: results in order or as they come, of iterators that end, do not, or fail. */
#include "tests/unit/pools.h"

struct count {
	int64_t next, end;   /* end < 0: endless */
	int64_t fails_at;    /* -1: never */
	int64_t read, ahead; /* results read; most inputs taken ahead of them */
};

static int count_up(void *arg, void *input)
{
	struct count *c = arg;
	if (c->next == c->fails_at)
		return -EPROTO;
	if (c->next == c->end)
		return 0;
	memcpy(input, &c->next, sizeof c->next);
	c->next++;
	c->ahead = c->next - c->read > c->ahead ? c->next - c->read : c->ahead;
	return 1;
}

static void test_imap_in_order(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	for (uint32_t window = 0; window < 12; window += 3) {
		struct count c = {.end = 100, .fails_at = -1};
		struct pool_imap *m = pool_imap(pool, square, count_up, &c, 8, 8, window, true);
		int64_t y;
		uint64_t index;
		for (; pool_imap_next(m, &y, &index, NULL) == 1; c.read++) {
			assert_int_equal(index, c.read);
			assert_int_equal(y, c.read * c.read);
		}
		assert_int_equal(c.read, 100);
		assert_int_equal(c.ahead, window ? window : 12);
		assert_int_equal(pool_imap_next(m, &y, NULL, NULL), 0);
		pool_imap_close(m);
	}
	pool_free(pool);
}

static void test_imap_unordered_over_an_endless_iterator(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	struct count c = {.end = -1, .fails_at = -1};
	struct pool_imap *m = pool_imap(pool, square, count_up, &c, 8, 8, 7, false);
	unsigned char seen[2000] = {0};
	for (; c.read < 1000; c.read++) {
		int64_t y;
		uint64_t index;
		struct pool_outcome outcome;
		assert_int_equal(pool_imap_next(m, &y, &index, &outcome), 1);
		assert_int_equal(outcome.state, POOL_DONE);
		assert_int_equal(y, index * index);
		assert_int_equal(seen[index]++, 0);
	}
	assert_int_equal(c.ahead, 7);
	pool_imap_close(m);
	pool_free(pool);
}

static void test_a_failing_iterator_reaches_the_caller(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	for (int ordered = 0; ordered < 2; ordered++) {
		struct count c = {.end = -1, .fails_at = 20};
		struct pool_imap *m = pool_imap(pool, square, count_up, &c, 8, 8, 5, ordered);
		int64_t y = 0;
		int more;
		while ((more = pool_imap_next(m, &y, NULL, NULL)) == 1)
			c.read++;
		assert_int_equal(more, -EPROTO);
		assert_int_equal(c.read, 20);
		assert_int_equal(pool_imap_next(m, &y, NULL, NULL), -EPROTO);
		pool_imap_close(m);
		int64_t x = 5;
		assert_int_equal(pool_apply(pool, square, &x, 8, &y, 8, NULL), 0);
		assert_int_equal(y, 25);
	}
	struct count none = {.end = 0, .fails_at = -1};
	struct pool_imap *m = pool_imap(pool, square, count_up, &none, 8, 8, 0, true);
	assert_int_equal(pool_imap_next(m, NULL, NULL, NULL), 0);
	pool_imap_close(m);
	pool_free(pool);
}

static void test_errors_in_a_stream_come_in_their_place(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	struct count c = {.next = 1, .end = 51, .fails_at = -1, .read = 1};
	struct pool_imap *m = pool_imap(pool, square_most, count_up, &c, 8, 8, 4, true);
	struct pool_outcome outcome;
	int64_t y;
	for (; pool_imap_next(m, &y, NULL, &outcome) == 1; c.read++) {
		assert_int_equal(outcome.state, c.read % 7 ? POOL_DONE : POOL_FAILED);
		assert_int_equal(outcome.code, c.read % 7 ? 0 : c.read);
	}
	assert_int_equal(c.read, 51);
	pool_imap_close(m);
	pool_free(pool);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		both(test_imap_in_order),
		both(test_imap_unordered_over_an_endless_iterator),
		both(test_a_failing_iterator_reaches_the_caller),
		both(test_errors_in_a_stream_come_in_their_place),
	};
	return check_main(argc, argv, tests);
}
