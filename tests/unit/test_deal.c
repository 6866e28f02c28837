/*
 * Who gets which chunks of a job: shares that nobody hands out, ranges that are older or newer than the job
 * at hand, and what a thief takes.
 */
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "runners/pool/state.h"

enum { WORKERS = 2, ITEMS = 64 };

static unsigned char times[ITEMS];
static uint32_t busy_in_items;
static const struct pool *books;

static enum chunk_state count(const struct pool_job *job, uint64_t begin, uint64_t end,
			      struct failures *failures)
{
	(void)job;
	(void)failures;
	busy_in_items += atomic_load(&books->shared->worker[0].busy) == 1;
	while (begin < end)
		times[begin++]++;
	return CHUNK_DONE;
}

static struct pool *open_books(void)
{
	struct pool *pool = calloc(1, sizeof *pool);
	assert_non_null(pool);
	pool->workers = WORKERS;
	pool->shared = aligned_alloc(2 * LINE, sizeof *pool->shared);
	assert_non_null(pool->shared);
	memset(pool->shared, 0, sizeof *pool->shared);
	books = pool;
	return pool;
}

static void close_books(struct pool *pool)
{
	free(pool->shared);
	free(pool);
}

/* Opens the job with this number, and so many chunks of one item. Its word. */
static uint64_t open_job(struct pool *pool, uint64_t number, uint64_t chunks)
{
	struct pool_job *job = &pool->shared->job;
	memset(times, 0, sizeof times);
	job->work = (struct job_work){.body = count, .count = chunks, .chunk = 1};
	pool->job_number = number;
	atomic_store(&job->open, job_word(number, chunks));
	return job_word(number, chunks);
}

static void assert_each_once(uint64_t chunks)
{
	for (uint64_t i = 0; i < chunks; i++)
		assert_int_equal(times[i], 1);
}

static void test_shares_and_what_is_left(void **state)
{
	struct pool *pool = open_books();
	(void)state;
	uint64_t job = open_job(pool, 1, 10);
	assert_int_equal(deal_own(pool, 0, job, UINT64_MAX), 5);
	assert_int_equal(deal_own(pool, 0, job, UINT64_MAX), 0);
	assert_int_equal(deal_own(pool, 1, job, 2), 2);
	assert_int_equal(deal_others(pool, 0, job, UINT64_MAX), 3); /* halves, until nothing is left */
	assert_int_equal(deal_own(pool, 1, job, UINT64_MAX), 0);
	assert_each_once(10);
	assert_int_equal(job_chunks(atomic_load(&pool->shared->worker[0].report)), 8);
	assert_int_equal(job_chunks(atomic_load(&pool->shared->worker[1].report)), 2);
	close_books(pool);
}

/* Whoever comes first finds the share of one who has not come yet, whatever its range says of an older job.
 */
static void test_an_older_range_is_a_whole_share(void **state)
{
	struct pool *pool = open_books();
	(void)state;
	deal_own(pool, 1, open_job(pool, 1, 8), 1); /* three of its chunks stay in the range */
	uint64_t job = open_job(pool, DEAL_JOBS_MAX, 6);
	assert_int_equal(deal_others(pool, 0, job, UINT64_MAX), 6);
	assert_int_equal(deal_own(pool, 1, job, UINT64_MAX), 0);
	assert_int_equal(deal_own(pool, 0, job, UINT64_MAX), 0);
	assert_each_once(6);
	close_books(pool);
}

/* Who comes late to a job takes nothing of the next one, neither for itself nor from others. */
static void test_a_newer_range_ends_an_older_job(void **state)
{
	struct pool *pool = open_books();
	(void)state;
	uint64_t late = open_job(pool, 7, 4), job = open_job(pool, 8, 8);
	assert_int_equal(deal_own(pool, 0, job, 1), 1);
	assert_int_equal(deal_own(pool, 1, job, 1), 1);
	atomic_store(&pool->shared->job.open, late); /* as it looked when it was read */
	assert_int_equal(deal_own(pool, 0, late, UINT64_MAX), 0);
	assert_int_equal(deal_others(pool, 0, late, UINT64_MAX), 0);
	atomic_store(&pool->shared->job.open, job);
	assert_int_equal(deal_own(pool, 0, job, UINT64_MAX) + deal_own(pool, 1, job, UINT64_MAX), 6);
	assert_each_once(8);
	close_books(pool);
}

static void test_a_closed_job_has_nothing(void **state)
{
	struct pool *pool = open_books();
	(void)state;
	uint64_t job = open_job(pool, 3, 8);
	assert_int_equal(deal_own(pool, 0, job, 1), 1);
	deal_close(pool, 3);
	for (uint32_t rank = 0; rank < WORKERS; rank++) {
		assert_int_equal(deal_own(pool, rank, job, UINT64_MAX), 0);
		assert_int_equal(deal_others(pool, rank, job, UINT64_MAX), 0);
	}
	/* and says nothing of the next */
	assert_int_equal(deal_own(pool, 1, open_job(pool, 4, 8), UINT64_MAX), 4);
	close_books(pool);
}

/* The states of few chunks are of one job: another's are new. */
static void test_states_are_of_one_job(void **state)
{
	struct pool *pool = open_books();
	struct pool_job *job = &pool->shared->job;
	(void)state;
	deal_own(pool, 0, open_job(pool, 5, 4), UINT64_MAX);
	assert_int_equal(job_state(job, 5, 0), CHUNK_DONE);
	assert_int_equal(job_state(job, 5, 3), CHUNK_NEW);
	assert_int_equal(job_state(job, 6, 0), CHUNK_NEW);
	job_set_state(job, 6, 3, CHUNK_GIVEN_UP);
	assert_int_equal(job_state(job, 6, 3), CHUNK_GIVEN_UP);
	assert_int_equal(job_state(job, 5, 3), CHUNK_NEW);
	close_books(pool);
}

/* The time limit is of chunks: who looks at job after job and gets no part of any is at nothing. */
static void test_busy_is_who_has_a_chunk(void **state)
{
	struct pool *pool = open_books();
	(void)state;
	busy_in_items = 0;
	uint64_t job = open_job(pool, 1, 1); /* the other's */
	assert_int_equal(deal_own(pool, 0, job, UINT64_MAX), 0);
	assert_int_equal(atomic_load(&pool->shared->worker[0].busy), 0);
	assert_int_equal(deal_others(pool, 0, job, UINT64_MAX), 1);
	assert_int_equal(busy_in_items, 1);
	assert_int_equal(atomic_load(&pool->shared->worker[0].busy), 0);
	close_books(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares_and_what_is_left),
		cmocka_unit_test(test_an_older_range_is_a_whole_share),
		cmocka_unit_test(test_a_newer_range_ends_an_older_job),
		cmocka_unit_test(test_a_closed_job_has_nothing),
		cmocka_unit_test(test_states_are_of_one_job),
		cmocka_unit_test(test_busy_is_who_has_a_chunk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
