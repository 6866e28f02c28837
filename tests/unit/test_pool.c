/* The pool when all goes well, with threads and with processes: the behaviours that users of pools rely on.
 */
#include "tests/unit/pools.h"

static int who(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	int id = gettid();
	(void)in;
	(void)in_bytes;
	memcpy(out, &id, out_bytes);
	return 0;
}

static void test_map_gives_results_in_order(void **state)
{
	static const uint64_t chunks[] = {0, 1, 2, 3, 100, 999, 1000, 1001, UINT64_MAX};
	struct pool_options o = kind_of(state);
	int64_t x[1000], y[1000];
	for (int caller = 0; caller < 2; caller++) {
		o.caller_works = caller;
		struct pool *pool = open_pool(&o);
		for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++)
			for (uint64_t n = 0; n <= 1000; n += n < 10 ? 1 : 198) {
				struct pool_map_outcome m;
				for (int64_t i = 0; i < 1000; i++) {
					x[i] = i + (int64_t)c;
					y[i] = -1;
				}
				assert_int_equal(pool_map(pool, square, x, 8, y, 8, n, chunks[c], &m), 0);
				assert_true(m.done == n && m.not_done == 0);
				for (uint64_t i = 0; i < 1000; i++)
					assert_int_equal(y[i], i < n ? x[i] * x[i] : -1);
			}
		pool_free(pool);
	}
}

static int mark(void *arg, uint64_t begin, uint64_t end)
{
	_Atomic unsigned char *marks = arg;
	for (uint64_t i = begin; i < end; i++)
		marks[i]++;
	return 0;
}

/* Each index once, over more chunks than a job holds at a time. */
static void test_a_range_covers_each_index_once(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	static const uint64_t counts[] = {0, 1, 2, 1000, (1 << 22) + 12345};
	unsigned char *marks = pool_alloc(pool, 1 << 23);
	assert_non_null(marks);
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		memset(marks, 0, 1 << 23);
		assert_int_equal(pool_range(pool, mark, marks, counts[c], 1, NULL), 0);
		for (uint64_t i = 0; i < 1 << 23; i++)
			if (marks[i] != (i < counts[c]))
				fail_msg("index %llu of %llu: %d times", (unsigned long long)i,
					 (unsigned long long)counts[c], marks[i]);
	}
	pool_unalloc(pool, marks);
	pool_free(pool);
}

static int power(const void *const *arguments, void *output)
{
	int64_t base, result = 1;
	int32_t exponent;
	memcpy(&base, arguments[0], sizeof base);
	memcpy(&exponent, arguments[1], sizeof exponent);
	while (exponent-- > 0)
		result *= base;
	memcpy(output, &result, sizeof result);
	return 0;
}

/* ---- short jobs, one after the other ---- */

struct counts {
	_Atomic uint64_t items, sum;
};

static int count_item(void *arg, uint64_t begin, uint64_t end)
{
	struct counts *c = arg;
	c->items += end - begin;
	c->sum += begin;
	return 0;
}

/* More jobs than a worker's range can tell apart (deal.c), so short that workers come late to many: each item
 * is done once. */
static void test_short_jobs_one_after_the_other(void **state)
{
	enum { MIXED = 1000, JOBS = (1 << 17) + 2 * MIXED };
	struct pool_options o = kind_of(state);
	o.workers = 2;
	o.caller_works = true;
	struct pool *pool = open_pool(&o);
	struct counts *c = pool_alloc(pool, sizeof *c);
	uint64_t items = 0, sum = 0;
	for (uint64_t job = 0; job < JOBS; job++) {
		uint64_t n = job < MIXED || job >= JOBS - MIXED ? 1 + job % 3 : 1;
		items += n;
		sum += n * (n - 1) / 2;
		assert_int_equal(pool_range(pool, count_item, c, n, 1, NULL), 0);
		if (job % 1000 == 0) {
			assert_int_equal(c->items, items);
			assert_int_equal(c->sum, sum);
		}
	}
	assert_int_equal(c->items, items);
	assert_int_equal(c->sum, sum);
	pool_free(pool);
}

static void test_starmap_takes_several_arguments(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	int64_t base[9], result[9];
	int32_t exponent[9];
	for (int i = 0; i < 9; i++) {
		base[i] = i + 1;
		exponent[i] = 3;
	}
	struct pool_column columns[] = {{base, 8}, {exponent, 4}};
	assert_int_equal(pool_starmap(pool, power, columns, 2, result, 8, 9, 1, NULL), 0);
	for (int i = 0; i < 9; i++)
		assert_int_equal(result[i], (i + 1) * (i + 1) * (i + 1));
	assert_int_equal(pool_starmap(pool, power, columns, 9, result, 8, 9, 1, NULL), -EINVAL);
	pool_free(pool);
}

static void test_errors_come_with_what_was_done(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	int64_t x[100], y[100] = {0};
	struct pool_map_outcome m;
	for (int i = 0; i < 100; i++)
		x[i] = i + 1;
	assert_int_equal(pool_map(pool, square_most, x, 8, y, 8, 100, 4, &m), -EIO);
	assert_true(m.done == 86 && m.not_done == 14 && m.first == 6);
	assert_true(m.outcome.state == POOL_FAILED && m.outcome.code == 7);
	for (int i = 0; i < 100; i++)
		assert_int_equal(y[i], x[i] % 7 ? x[i] * x[i] : 0);
	int64_t result = -1;
	struct pool_outcome outcome;
	assert_int_equal(pool_apply(pool, square_most, &x[13], 8, &result, 8, &outcome), 0);
	assert_true(outcome.state == POOL_FAILED && outcome.code == 14 && outcome.attempts == 1);
	assert_int_equal(result,
			 -1); /* a failed task's output is not copied, a thread's task did not write */
	pool_free(pool);
}

enum { BIG = 16 << 20 };

static int turn_round(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	for (size_t i = 0; i < out_bytes; i++)
		((unsigned char *)out)[i] = ((const unsigned char *)in)[in_bytes - 1 - i];
	return 0;
}

static void test_large_results(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	unsigned char *in = malloc(BIG), *out = calloc(1, BIG);
	for (size_t i = 0; i < BIG; i++)
		in[i] = (unsigned char)(i * 31 >> 3);
	for (int round = 0; round < 3; round++) {
		memset(out, 0, BIG);
		assert_int_equal(pool_apply(pool, turn_round, in, BIG, out, BIG, NULL), 0);
		for (size_t i = 0; i < BIG; i++)
			if (out[i] != in[BIG - 1 - i])
				fail_msg("byte %zu", i);
	}
	free(in);
	free(out);
	pool_free(pool);
}

static int address(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	const void *where[] = {in, out};
	(void)in_bytes;
	memcpy(out, where, out_bytes);
	return 0;
}

static void test_pool_memory_is_not_copied(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	char *in = pool_alloc(pool, 10), **out = pool_alloc(pool, 16);
	for (int i = 0; i < 10; i++)
		assert_int_equal(in[i], 0);
	assert_int_equal(pool_apply(pool, address, in, 10, out, 16, NULL), 0);
	assert_ptr_equal(out[0], in);
	assert_ptr_equal(out[1], out);
	pool_unalloc(pool, in);
	pool_unalloc(pool, out);
	assert_null(pool_alloc(pool, SIZE_MAX / 4));
	for (int i = 0; i < 3000; i++) { /* more than there is, if nothing came back */
		char *block = pool_alloc(pool, 1 << 20);
		assert_non_null(block);
		assert_int_equal(block[12345], 0);
		block[12345] = 1;
		pool_unalloc(pool, block);
	}
	pool_free(pool);
}

/* Waits until all three workers are in such a task at once. */
static int meet(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	_Atomic int *arrived;
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	memcpy(&arrived, in, sizeof arrived);
	int goal = (*arrived)++ / 3 * 3 + 3;
	while (*arrived < goal)
		usleep(10);
	return 0;
}

static int meet_in_a_range(void *arg, uint64_t begin, uint64_t end)
{
	(void)begin;
	(void)end;
	return meet(&arg, sizeof arg, NULL, 0);
}

/* Were a worker left asleep while there is work, this would wait until the test's time limit. */
static void test_all_workers_are_put_to_work(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	_Atomic int *arrived = pool_alloc(pool, sizeof *arrived);
	for (int round = 0; round < 300; round++) {
		struct pool_future *f[3];
		for (int i = 0; i < 3; i++)
			assert_int_equal(pool_submit(pool, meet, &arrived, sizeof arrived, NULL, 0, NULL,
						     NULL, NULL, &f[i]),
					 0);
		for (int i = 0; i < 3; i++) {
			assert_int_equal(pool_wait(f[i], FOREVER, NULL), 0);
			pool_forget(f[i]);
		}
		assert_int_equal(pool_range(pool, meet_in_a_range, (void *)(uintptr_t)arrived, 3, 1, NULL),
				 0);
		if (round % 50 == 0)
			usleep(1000); /* all are asleep */
	}
	pool_free(pool);
}

/* ---- renewal ---- */

static void test_workers_are_renewed_and_no_task_is_lost(void **state)
{
	struct pool_options o = kind_of(state);
	o.tasks_per_worker = 5;
	struct pool *pool = open_pool(&o);
	int ids[100] = {0}, distinct = 0;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(pool_apply(pool, who, NULL, 0, &ids[i], sizeof *ids, NULL), 0);
		int k = 0, uses = 0;
		while (k < i && ids[k] != ids[i])
			k++;
		distinct += k == i;
		for (k = 0; k <= i; k++)
			uses += ids[k] == ids[i];
		assert_in_range(uses, 1, 5);
	}
	assert_true(distinct >= 20);
	int64_t x[500], y[500];
	for (int i = 0; i < 500; i++)
		x[i] = i;
	assert_int_equal(pool_map(pool, square, x, 8, y, 8, 500, 1, NULL), 0);
	for (int i = 0; i < 500; i++)
		assert_int_equal(y[i], i * i);
	pool_free(pool);
}

/* ---- options ---- */

static void test_a_pool_says_what_it_is(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	int pids[3];
	assert_string_equal(pool_isolation(pool), o.kind == POOL_PROCESSES ? "process" : "none");
	assert_string_equal(pool_reason(pool), "");
	assert_int_equal(pool_workers(pool), 3);
	pool_pids(pool, pids);
	for (int i = 0; i < 3; i++)
		assert_true(pids[i] > 0 && pids[i] != getpid() && (i == 0 || pids[i] != pids[i - 1]));
	pool_free(pool);
}

static void expect_refused(struct pool_options o, const char *expected)
{
	char why[256] = "";
	assert_null(pool_open(&o, why, sizeof why));
	if (!strstr(why, expected))
		fail_msg("'%s' does not say '%s'", why, expected);
}

static void test_options_that_contradict_each_other(void **state)
{
	struct pool_options o = kind_of(state), p = o;
	p.workers = 1025;
	expect_refused(p, "1024");
	p = o;
	p.workers = 1;
	p.caller_works = true;
	expect_refused(p, "caller_works needs 2");
	p = o;
	p.placement = (enum pool_placement)9;
	expect_refused(p, "placement");
	p = o;
	p.on_loss = (enum pool_on_loss)9;
	expect_refused(p, "on_loss");
}

static void test_placement(void **state)
{
	struct pool_options o = kind_of(state);
	for (int p = POOL_COMPACT; p <= POOL_SMT; p++) {
		int64_t x[100], y[100];
		o.placement = (enum pool_placement)p;
		struct pool *pool = open_pool(&o);
		for (int i = 0; i < 100; i++)
			x[i] = i;
		assert_int_equal(pool_map(pool, square, x, 8, y, 8, 100, 1, NULL), 0);
		assert_int_equal(y[99], 99 * 99);
		pool_free(pool);
	}
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		both(test_map_gives_results_in_order),
		both(test_a_range_covers_each_index_once),
		both(test_short_jobs_one_after_the_other),
		both(test_starmap_takes_several_arguments),
		both(test_errors_come_with_what_was_done),
		both(test_large_results),
		both(test_pool_memory_is_not_copied),
		both(test_all_workers_are_put_to_work),
		both(test_workers_are_renewed_and_no_task_is_lost),
		both(test_a_pool_says_what_it_is),
		both(test_options_that_contradict_each_other),
		both(test_placement),
	};
	return check_main(argc, argv, tests);
}
