/* A caller or a keeper that is killed, pools that are opened beside busy threads, and what is left of closed
 * ones. */
#include "tests/unit/pool_orders.h"

#include <dirent.h>
#include <pthread.h>

/* ---- the caller and the keeper ---- */

/* Opens a pool whose workers are busy for ever, and tells their pids. */
static void be_a_caller(struct pool_options *o, int *pids)
{
	enum order hang = ORDER_HANG;
	char why[256];
	struct pool *pool = pool_open(o, why, sizeof why);
	for (int i = 0; pool && i < 6; i++)
		pool_submit(pool, obey, &hang, sizeof hang, NULL, 0, NULL, NULL, NULL, NULL);
	pool_pids(pool, pids + 1);
	pids[0] = 1;
	for (;;)
		pause();
}

static void test_workers_die_with_the_caller(void **state)
{
	static const int signals[] = {SIGKILL, SIGTERM, SIGINT};
	struct pool_options o = kind_of(state);
	for (size_t s = 0; s < sizeof signals / sizeof *signals; s++) {
		int *pids = (int *)(uintptr_t)shared_counter(0);
		pid_t caller = fork();
		if (caller == 0)
			be_a_caller(&o, pids);
		while (!*(volatile int *)pids)
			usleep(1000);
		kill(caller, signals[s]);
		waitpid(caller, NULL, 0);
		expect_gone(pids + 1, 3);
		munmap(pids, 4096);
	}
}

static int parent(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	int pid = getppid();
	(void)in;
	(void)in_bytes;
	memcpy(out, &pid, out_bytes);
	return 0;
}

static void test_a_killed_keeper_breaks_the_pool(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	int keeper, pids[3];
	struct pool_future *f;
	struct pool_outcome outcome;
	enum order hang = ORDER_HANG;
	pool_pids(pool, pids);
	assert_int_equal(pool_apply(pool, parent, NULL, 0, &keeper, sizeof keeper, NULL), 0);
	assert_int_equal(pool_submit(pool, obey, &hang, sizeof hang, NULL, 0, NULL, NULL, NULL, &f), 0);
	kill(keeper, SIGKILL);
	assert_int_equal(pool_wait(f, FOREVER, &outcome), 0);
	assert_int_equal(outcome.state, POOL_CANCELLED);
	assert_int_equal(pool_apply(pool, obey, &hang, sizeof hang, NULL, 0, NULL), -ECANCELED);
	assert_non_null(strstr(pool_reason(pool), "the keeper"));
	pool_free(pool);
	expect_gone(pids, 3);
}

static void test_workers_ignore_ctrl_c(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	int pids[3], now[3];
	pool_pids(pool, pids);
	for (int i = 0; i < 3; i++)
		kill(pids[i], SIGINT);
	for (int i = 0; i < 10; i++)
		expect_well(pool);
	pool_pids(pool, now);
	assert_memory_equal(pids, now, sizeof pids);
	pool_free(pool);
}

/* ---- fork beside threads; leaks ---- */

static void *allocate(void *stop)
{
	while (!*(_Atomic int *)stop) {
		void *p = malloc(1000);
		FILE *file = fopen("/dev/null", "w");
		fputs("x", file);
		fclose(file);
		free(p);
	}
	return NULL;
}

static int use_malloc(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	char *p = malloc(100000);
	int n = snprintf(p, 100000, "%p", p);
	(void)in;
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	free(p);
	return n > 0 ? 0 : 1;
}

/* Threads that hold malloc's and stdio's locks all the time, while pools are opened and workers replaced. */
static void test_opening_beside_busy_threads(void **state)
{
	struct pool_options o = kind_of(state);
	_Atomic int stop = 0;
	pthread_t busy[2];
	o.tasks_per_worker = 2;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&busy[i], NULL, allocate, &stop), 0);
	for (int i = 0; i < 20; i++) {
		struct pool *pool = open_pool(&o);
		for (int k = 0; k < 20; k++) {
			struct pool_outcome outcome;
			assert_int_equal(pool_apply(pool, use_malloc, NULL, 0, NULL, 0, &outcome), 0);
			assert_int_equal(outcome.state, POOL_DONE);
		}
		pool_free(pool);
	}
	stop = 1;
	for (int i = 0; i < 2; i++)
		pthread_join(busy[i], NULL);
}

static int count_entries(const char *path)
{
	int n = 0;
	DIR *dir = opendir(path);
	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static long pages(void)
{
	long size = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	assert_int_equal(fscanf(file, "%ld", &size), 1);
	fclose(file);
	return size;
}

static void open_and_close(struct pool_options *o, int times)
{
	for (int i = 0; i < times; i++) {
		struct pool *pool = open_pool(o);
		expect_well(pool);
		if (i % 2)
			pool_close(pool);
		pool_free(pool);
	}
}

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { OPENS = 100, SANITIZED = 1 };
#else
enum { OPENS = 1000, SANITIZED = 0 };
#endif

/* Threads' stacks are cached by libc, so the first pools are not counted. */
static void test_opens_and_closes_leak_nothing(void **state)
{
	struct pool_options o = kind_of(state);
	open_and_close(&o, 20);
	int descriptors = count_entries("/proc/self/fd"), threads = count_entries("/proc/self/task");
	long size = pages();
	open_and_close(&o, OPENS);
	assert_int_equal(count_entries("/proc/self/fd"), descriptors);
	assert_int_equal(count_entries("/proc/self/task"), threads);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	if (!SANITIZED)
		assert_in_range(pages(), 0,
				size + 4096); /* 16 MiB: with what one pool reserves it would be more */
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		processes(test_workers_die_with_the_caller), processes(test_a_killed_keeper_breaks_the_pool),
		processes(test_workers_ignore_ctrl_c),       both(test_opening_beside_busy_threads),
		both(test_opens_and_closes_leak_nothing),
	};
	return check_main(argc, argv, tests);
}
