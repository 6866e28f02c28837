/* What a pool owes its caller's process: its CPUs, children, streams and signals are not stumbled over. */
#include "tests/unit/pools.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runners/affinity.h"

/* ---- a kernel built for 2048 CPUs: it refuses masks of fewer (sched_setaffinity(2)) ---- */

static bool large_kernel;

int sched_getaffinity(pid_t pid, size_t cpusetsize, cpu_set_t *set)
{
	if (large_kernel && cpusetsize < 2048 / 8) {
		errno = EINVAL;
		return -1;
	}
	memset(set, 0, cpusetsize);
	return syscall(SYS_sched_getaffinity, pid, cpusetsize, set) < 0 ? -1 : 0;
}

static void test_any_number_of_cpus(void **state)
{
	struct pool_options o = kind_of(state);
	cpu_set_t set;
	assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
	large_kernel = true;
	o.workers = 0;
	struct pool *pool = open_pool(&o);
	large_kernel = false;
	assert_int_equal(pool_workers(pool), CPU_COUNT(&set));
	pool_free(pool);
}

/* ---- a caller that is bound to one unit ---- */

static int own_units(const void *input, size_t input_bytes, void *output, size_t output_bytes)
{
	unsigned long mask[AFFINITY_PUS_MAX / (8 * sizeof(unsigned long))] = {0};
	(void)input;
	(void)input_bytes;
	(void)output_bytes;
	if (sched_getaffinity(0, sizeof mask, (cpu_set_t *)mask) != 0)
		return 1;
	*(int *)output = CPU_COUNT_S(sizeof mask, (cpu_set_t *)mask);
	return 0;
}

/* As OpenMP's runtime leaves it under OMP_PROC_BIND; its workers are not bound with it. */
static void test_bound_caller(void **state)
{
	struct pool_options o = kind_of(state);
	uint32_t units = affinity_allowed();
	if (units < 2)
		skip();
	void *before = affinity_save();
	assert_non_null(before);
	assert_int_equal(affinity_bind(sched_getcpu()), 0);
	for (int bound_workers = 0; bound_workers < 2; bound_workers++) {
		o.workers = 2;
		o.placement = bound_workers ? POOL_COMPACT : POOL_ANYWHERE;
		struct pool *pool = open_pool(&o);
		int seen = 0, wanted = bound_workers ? 1 : (int)units;
		assert_int_equal(pool_apply(pool, own_units, NULL, 0, &seen, sizeof seen, NULL), 0);
		assert_int_equal(seen, wanted);
		assert_int_equal(affinity_allowed(), 1); /* the caller's own binding is left alone */
		pool_free(pool);
	}
	o.workers = 0;
	o.placement = POOL_ANYWHERE;
	struct pool *pool = open_pool(&o);
	assert_int_equal(pool_workers(pool), units);
	pool_free(pool);
	affinity_restore(before);
	free(before);
}

/* ---- the caller's children ---- */

/* Each call, in a process that did not open the pool; 0, or the line of the first that was not refused. */
#define refused(call) (line = line || (call) ? line : __LINE__)
static int try_all(struct pool *pool, struct pool_future *future, struct pool_imap *stream)
{
	int64_t x = 3, y = 0;
	int line = 0;
	void *memory = pool_alloc(pool, 8);
	refused(!memory && errno == EPERM);
	refused(pool_apply(pool, square, &x, sizeof x, &y, sizeof y, NULL) == -EPERM);
	refused(pool_submit(pool, square, &x, sizeof x, &y, sizeof y, NULL, NULL, NULL, NULL) == -EPERM);
	refused(pool_map(pool, square, &x, sizeof x, &y, sizeof y, 1, 1, NULL) == -EPERM);
	refused(pool_range(pool, NULL, NULL, 8, 1, NULL) == -EPERM);
	refused(pool_starmap(pool, NULL, &(struct pool_column){&x, sizeof x}, 1, &y, sizeof y, 1, 1, NULL) ==
		-EPERM);
	refused(pool_wait(future, 0, NULL) == -EPERM);
	refused(pool_cancel(future) == -EPERM);
	refused(!pool_imap(pool, square, next_number, &x, sizeof x, sizeof y, 1, true) && errno == EPERM);
	refused(pool_imap_next(stream, &y, NULL, NULL) == -EPERM);
	refused(pool_join(pool) == -EPERM);
	pool_forget(future);
	pool_imap_close(stream);
	pool_close(pool);
	pool_terminate(pool);
	pool_free(pool);
	return line;
}

static void test_a_child_cannot_use_its_parents_pool(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	struct pool_future *future;
	int64_t x = 7, squared = 0, y = 0, next = 0;
	int line;
	assert_int_equal(
		pool_submit(pool, square, &x, sizeof x, &squared, sizeof squared, NULL, NULL, NULL, &future),
		0);
	struct pool_imap *stream = pool_imap(pool, square, next_number, &next, sizeof x, sizeof y, 4, true);
	assert_int_equal(pool_imap_next(stream, &y, NULL, NULL), 1);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		alarm(20);
		line = try_all(pool, future, stream);
		if (line)
			dprintf(STDERR_FILENO, "%s, line %d: was not refused\n", __FILE__, line);
		_exit(line ? 1 : 0);
	}
	expect_child(child);
	expect_usable(pool);
	pool_imap_close(stream);
	pool_free(pool);
}

static void *map_all_the_time(void *pool)
{
	for (int i = 0; i < 200; i++)
		expect_usable(pool);
	return NULL;
}

/* A fork finds locks held and lists half written. */
static void test_a_child_forked_while_a_map_runs(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	pthread_t mapper;
	int64_t x = 3, y = 0;
	assert_int_equal(pthread_create(&mapper, NULL, map_all_the_time, pool), 0);
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();
		if (child == 0) {
			alarm(20);
			int error = pool_map(pool, square, &x, sizeof x, &y, sizeof y, 1, 1, NULL);
			pool_free(pool);
			_exit(error == -EPERM ? 0 : 1);
		}
		expect_child(child);
	}
	pthread_join(mapper, NULL);
	expect_usable(pool);
	pool_free(pool);
}

struct handed {
	struct pool *pool;
};

static int use_own_pool(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	struct pool *pool = ((const struct handed *)in)->pool;
	int64_t x = 3, y;
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	return pool_map(pool, square, &x, sizeof x, &y, sizeof y, 1, 1, NULL) == -EPERM ? 0 : 1;
}

/* As an exit handler of the program would. */
static int free_own_pool(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	pool_free(((const struct handed *)in)->pool);
	_exit(5);
}

/* The worker is a child too. */
static void test_a_task_cannot_use_its_own_pool(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	struct handed handed = {pool};
	struct pool_outcome outcome;
	assert_int_equal(pool_apply(pool, use_own_pool, &handed, sizeof handed, NULL, 0, &outcome), 0);
	assert_int_equal(outcome.state, POOL_DONE);
	assert_int_equal(pool_apply(pool, free_own_pool, &handed, sizeof handed, NULL, 0, &outcome), 0);
	assert_true(outcome.state == POOL_LOST && outcome.code == 5);
	expect_usable(pool);
	pool_free(pool);
}

/* ---- streams ---- */

static void *read_line(void *stream)
{
	char line[16];
	return fgets(line, sizeof line, stream);
}

static void test_opening_waits_for_no_reader(void **state)
{
	struct pool_options o = kind_of(state);
	int ends[2];
	pthread_t reader;
	assert_int_equal(pipe(ends), 0);
	FILE *stream = fdopen(ends[0], "r");
	assert_int_equal(pthread_create(&reader, NULL, read_line, stream), 0);
	usleep(100000);
	alarm(20); /* where it waits, this kills the test */
	signal(SIGALRM, SIG_DFL);
	struct pool *pool = open_pool(&o);
	expect_usable(pool);
	pool_free(pool);
	alarm(0);
	assert_int_equal(write(ends[1], "x\n", 2), 2);
	pthread_join(reader, NULL);
	fclose(stream);
	close(ends[1]);
}

static int say(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in;
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	return printf("task\n") == 5 ? 0 : 1;
}

static void print_in_a_child(struct pool_options o, const char *path)
{
	o.workers = 1;
	if (!freopen(path, "w", stdout))
		_exit(1);
	printf("once\n"); /* stays in the buffer: it is a file */
	struct pool *pool = open_pool(&o);
	if (pool_apply(pool, say, NULL, 0, NULL, 0, NULL))
		_exit(2);
	pool_close(pool);
	pool_join(pool);
	pool_free(pool);
	fflush(stdout);
	_exit(0);
}

static void test_what_was_printed_is_printed_once(void **state)
{
	struct pool_options o = kind_of(state);
	char path[] = "/tmp/pvt-printed-XXXXXX", text[64] = "";
	int fd = mkstemp(path);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		print_in_a_child(o, path);
	expect_child(child);
	assert_true(read(fd, text, sizeof text - 1) > 0);
	assert_string_equal(text, "once\ntask\n");
	close(fd);
	unlink(path);
}

/* ---- signals ---- */

static int raise_it(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	raise(*(const int *)in);
	return 0;
}

static void on_nothing(int signal)
{
	(void)signal;
}

/* Ignored ones stay ignored, handlers of the program's are reset. */
static void test_what_is_ignored_stays_ignored(void **state)
{
	static const int signals[] = {SIGHUP, SIGTERM, SIGQUIT, SIGPIPE};
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		for (int ignored = 0; ignored < 2; ignored++) {
			struct pool_options o = kind_of(state);
			struct pool_outcome outcome;
			signal(signals[i], ignored ? SIG_IGN : on_nothing);
			struct pool *pool = open_pool(&o);
			assert_int_equal(
				pool_apply(pool, raise_it, &signals[i], sizeof(int), NULL, 0, &outcome), 0);
			assert_int_equal(outcome.state, ignored ? POOL_DONE : POOL_LOST);
			assert_int_equal(outcome.signal, ignored ? 0 : signals[i]);
			pool_free(pool);
			signal(signals[i], SIG_DFL);
		}
}

/* ---- what a task has started ---- */

static int start_and_hang(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	pid_t child = fork();
	if (child)
		*(pid_t *)*(void *const *)in = child;
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	for (;;)
		pause();
	return 0;
}

static void test_a_killed_task_takes_its_children_along(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool_outcome outcome;
	o.timeout_ns = 100000000;
	if (access("/proc/thread-self/children", R_OK) != 0)
		skip();
	struct pool *pool = open_pool(&o);
	pid_t *child = pool_alloc(pool, sizeof *child);
	assert_int_equal(pool_apply(pool, start_and_hang, &child, sizeof child, NULL, 0, &outcome), 0);
	assert_int_equal(outcome.state, POOL_TIMED_OUT);
	assert_true(*child > 1);
	expect_gone(child, 1);
	pool_free(pool);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		both(test_any_number_of_cpus),
		both(test_a_child_cannot_use_its_parents_pool),
		both(test_a_child_forked_while_a_map_runs),
		processes(test_a_task_cannot_use_its_own_pool),
		both(test_opening_waits_for_no_reader),
		both(test_what_was_printed_is_printed_once),
		processes(test_what_is_ignored_stays_ignored),
		processes(test_a_killed_task_takes_its_children_along),
		both(test_bound_caller),
	};
	return check_main(argc, argv, tests);
}
