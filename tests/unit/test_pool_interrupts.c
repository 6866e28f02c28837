/* A pool whose caller is interrupted: the call ends, nothing is written after it, and the pool can be used
 * again. */
#include "tests/unit/pools.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_alarm(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void interrupt_in_ms(long ms)
{
	struct itimerval when = {.it_value = {.tv_usec = 1000 * ms}};
	interrupted = 0;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &when, NULL);
}

static struct pool *open_interruptible(void **state, uint32_t workers)
{
	struct pool_options o = kind_of(state);
	o.interrupted = &interrupted;
	o.workers = workers;
	interrupted = 0;
	return open_pool(&o);
}

static void expect_usable_again(struct pool *pool)
{
	interrupted = 0;
	expect_usable(pool);
}

static int scribble_late(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in;
	(void)in_bytes;
	usleep(300000);
	memset(out, 0x55, out_bytes);
	return 0;
}

/* The caller's buffer is somebody else's when pool_apply has returned; also where it lies in shared memory.
 */
static void test_an_abandoned_task_writes_nothing(void **state)
{
	for (int shared = 0; shared < 2; shared++) {
		struct pool *pool = open_interruptible(state, 1);
		unsigned char mine[256], *buffer = shared ? pool_alloc(pool, sizeof mine) : mine;
		interrupt_in_ms(100);
		assert_int_equal(pool_apply(pool, scribble_late, NULL, 0, buffer, sizeof mine, NULL), -EINTR);
		memset(buffer, 0xaa, sizeof mine);
		interrupted = 0;
		usleep(400000);
		expect_usable_again(pool);
		pool_close(pool);
		assert_int_equal(pool_join(pool), 0);
		for (size_t i = 0; i < sizeof mine; i++)
			assert_int_equal(buffer[i], 0xaa);
		pool_free(pool);
	}
}

static int never_end(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in;
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	for (;;)
		pause();
	return 0;
}

static void test_an_interrupt_ends_what_never_ends(void **state)
{
	struct pool *pool = open_interruptible(state, 2);
	int64_t x[2] = {1, 2}, y[2], next = 0;
	struct pool_map_outcome m = {0};
	interrupt_in_ms(100);
	assert_int_equal(pool_map(pool, never_end, x, sizeof *x, y, sizeof *y, 2, 1, &m), -EINTR);
	assert_true(m.not_done == 2 && m.outcome.state == POOL_CANCELLED);
	expect_usable_again(pool);
	interrupt_in_ms(100);
	assert_int_equal(pool_apply(pool, never_end, x, sizeof *x, y, sizeof *y, NULL), -EINTR);
	expect_usable_again(pool);
	struct pool_imap *stream = pool_imap(pool, never_end, next_number, &next, sizeof *x, sizeof *y, 0,
					     true);
	assert_non_null(stream);
	interrupt_in_ms(100);
	assert_int_equal(pool_imap_next(stream, y, NULL, NULL), -EINTR);
	pool_imap_close(stream);
	expect_usable_again(pool);
	pool_free(pool);
}

/* One worker's task is given up, the others' go on: nobody else is killed. */
static int hold(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	usleep(500000);
	return square(in, in_bytes, out, out_bytes);
}

static void test_only_the_unwanted_are_killed(void **state)
{
	struct pool *pool = open_interruptible(state, 2);
	int64_t x = 3, y = 0;
	struct pool_future *wanted;
	struct pool_outcome outcome;
	assert_int_equal(pool_submit(pool, hold, &x, sizeof x, &y, sizeof y, NULL, NULL, NULL, &wanted), 0);
	usleep(50000);
	interrupt_in_ms(100);
	assert_int_equal(pool_apply(pool, never_end, NULL, 0, NULL, 0, NULL), -EINTR);
	interrupted = 0;
	assert_int_equal(pool_wait(wanted, FOREVER, &outcome), 0);
	assert_int_equal(outcome.state, POOL_DONE);
	assert_int_equal(y, 9);
	pool_free(pool);
}

static _Atomic int *begun;

static int count_slowly(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in;
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	++*begun;
	usleep(5000);
	return 0;
}

/* A chunk of a thousand items is not run to its end. */
static void test_a_map_ends_between_two_items(void **state)
{
	struct pool *pool = open_interruptible(state, 1);
	static const char items[1000];
	struct pool_map_outcome m = {0};
	begun = pool_alloc(pool, sizeof *begun);
	interrupt_in_ms(100);
	assert_int_equal(pool_map(pool, count_slowly, items, 1, NULL, 0, 1000, 1000, &m), -EINTR);
	assert_true(*begun > 0 && *begun < 1000);
	assert_int_equal(m.not_done, 1000);
	expect_usable_again(pool);
	pool_free(pool);
}

static int slow_range(void *arg, uint64_t begin, uint64_t end)
{
	(void)arg;
	usleep(1000 * (unsigned)(end - begin));
	return 0;
}

static void test_an_interrupt_ends_the_wait(void **state)
{
	struct pool *pool = open_interruptible(state, 3);
	struct pool_map_outcome m = {0};
	struct pool_future *f;
	int64_t x = 3, y = 0;
	interrupt_in_ms(500);
	assert_int_equal(pool_range(pool, slow_range, NULL, 1000000, 1, &m), -EINTR);
	assert_true(m.done > 0 && m.not_done > 0 && m.done + m.not_done == 1000000);
	assert_int_equal(m.outcome.state, POOL_CANCELLED);
	interrupted = 0;
	assert_int_equal(pool_submit(pool, square, &x, sizeof x, &y, sizeof y, NULL, NULL, NULL, &f), 0);
	assert_int_equal(pool_wait(f, FOREVER, NULL), 0);
	interrupted = 1;
	pool_free(pool);
	signal(SIGALRM, SIG_DFL);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		both(test_an_abandoned_task_writes_nothing),
		processes(test_an_interrupt_ends_what_never_ends),
		processes(test_only_the_unwanted_are_killed),
		both(test_a_map_ends_between_two_items),
		both(test_an_interrupt_ends_the_wait),
	};
	return check_main(argc, argv, tests);
}
