/*
 * What a pool owes its caller's process: nothing is written after a call has returned, an interrupt
 * interrupts, children of the caller do no harm, and neither streams, signals, limits nor large numbers are
 * stumbled over.
 */
#include "tests/unit/pools.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/affinity.h"
#include "runners/pool/heap.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_ADDRESS_SPACE false
#else
#define OWN_ADDRESS_SPACE true
#endif

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

/* ---- interrupts ---- */

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
	return open_pool(&o);
}

static int square(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	int x = *(const int *)in;
	(void)in_bytes;
	(void)out_bytes;
	*(int *)out = x * x;
	return 0;
}

static void expect_usable(struct pool *pool)
{
	int x[8] = {0, 1, 2, 3, 4, 5, 6, 7}, y[8] = {0};
	interrupted = 0;
	assert_int_equal(pool_map(pool, square, x, sizeof *x, y, sizeof *y, 8, 1, NULL), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(y[i], i * i);
	assert_string_equal(pool_reason(pool), "");
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
		expect_usable(pool);
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

static int count_up(void *arg, void *input)
{
	int *next = arg;
	*(int *)input = (*next)++;
	return 1;
}

static void test_an_interrupt_ends_what_never_ends(void **state)
{
	struct pool *pool = open_interruptible(state, 2);
	int x[2] = {1, 2}, y[2], next = 0;
	struct pool_map_outcome m = {0};
	interrupt_in_ms(100);
	assert_int_equal(pool_map(pool, never_end, x, sizeof *x, y, sizeof *y, 2, 1, &m), -EINTR);
	assert_true(m.not_done == 2 && m.outcome.state == POOL_CANCELLED);
	expect_usable(pool);
	interrupt_in_ms(100);
	assert_int_equal(pool_apply(pool, never_end, x, sizeof *x, y, sizeof *y, NULL), -EINTR);
	expect_usable(pool);
	struct pool_imap *stream = pool_imap(pool, never_end, count_up, &next, sizeof *x, sizeof *y, 0, true);
	assert_non_null(stream);
	interrupt_in_ms(100);
	assert_int_equal(pool_imap_next(stream, y, NULL, NULL), -EINTR);
	pool_imap_close(stream);
	expect_usable(pool);
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
	int x = 3, y = 0;
	struct pool_future *wanted;
	struct pool_outcome outcome;
	interrupted = 0;
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
	expect_usable(pool);
	pool_free(pool);
}

/* ---- the caller's children ---- */

/* Each call, in a process that did not open the pool; 0, or the line of the first that was not refused. */
#define refused(call) (line = line || (call) ? line : __LINE__)
static int try_all(struct pool *pool, struct pool_future *future, struct pool_imap *stream)
{
	int x = 3, y = 0, line = 0;
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
	refused(!pool_imap(pool, square, count_up, &x, sizeof x, sizeof y, 1, true) && errno == EPERM);
	refused(pool_imap_next(stream, &y, NULL, NULL) == -EPERM);
	refused(pool_join(pool) == -EPERM);
	pool_forget(future);
	pool_imap_close(stream);
	pool_close(pool);
	pool_terminate(pool);
	pool_free(pool);
	return line;
}

static void expect_child(pid_t child)
{
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("the child ended with status %#x", (unsigned)status);
}

static void test_a_child_cannot_use_its_parents_pool(void **state)
{
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	struct pool_future *future;
	int x = 7, squared = 0, y = 0, next = 0, line;
	assert_int_equal(
		pool_submit(pool, square, &x, sizeof x, &squared, sizeof squared, NULL, NULL, NULL, &future),
		0);
	struct pool_imap *stream = pool_imap(pool, square, count_up, &next, sizeof x, sizeof y, 4, true);
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
	int x = 3, y = 0;
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
	int x = 3, y;
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
	if (child == 0)
		for (;;)
			pause();
	*(pid_t *)*(void *const *)in = child;
	(void)in_bytes;
	return never_end(in, 0, out, out_bytes);
}

static bool is_running(pid_t pid)
{
	char path[64], text[256] = "";
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	const char *name_end = got > 0 ? strrchr(text, ')') : NULL;
	return name_end && name_end[2] != 'Z' && name_end[2] != 'X';
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
	for (int i = 0; i < 2000 && is_running(*child); i++)
		usleep(1000);
	assert_false(is_running(*child));
	pool_free(pool);
}

/* ---- memory ---- */

static int copy(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	memcpy(out, in, in_bytes < out_bytes ? in_bytes : out_bytes);
	return 0;
}

static void test_a_pool_can_use_all_of_its_memory(void **state)
{
	static const size_t MIB = 1 << 20, MOST = 28;
	struct pool_options o = kind_of(state);
	o.shared_bytes = 64 * MIB;
	struct pool *pool = open_pool(&o);
	char *in = malloc(MOST * MIB), *out = malloc(MOST * MIB);
	memset(in, 7, MOST * MIB);
	for (uint64_t mib = 1; mib <= MOST; mib++) {
		memset(out, 0, MOST * MIB);
		assert_int_equal(pool_map(pool, copy, in, MIB, out, MIB, mib, 1, NULL), 0);
		assert_int_equal(out[mib * MIB - 1], 7);
	}
	free(in);
	free(out);
	pool_free(pool);
}

/* Blocks of all sizes, given back in another order: the room is one again, and zero. */
static void test_room_becomes_one_again(void **state)
{
	enum { BLOCKS = 40 };
	static const size_t MIB = 1 << 20;
	struct heap heap;
	unsigned char *block[BLOCKS];
	(void)state;
	assert_int_equal(heap_open(&heap, 64 * MIB), 0);
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < BLOCKS; i++) {
			size_t bytes = HEAP_DIRTY_MAX + 1 + i * 20011 % MIB;
			block[i] = heap_take(&heap, bytes);
			assert_non_null(block[i]);
			assert_int_equal(block[i][0] + block[i][bytes - 1], 0);
			memset(block[i], 0xff, bytes);
		}
		for (size_t i = 0; i < BLOCKS; i++)
			heap_give(&heap, block[i * 17 % BLOCKS]);
		unsigned char *all = heap_take(&heap, 64 * MIB);
		assert_non_null(all);
		assert_null(heap_take(&heap, 1));
		heap_give(&heap, all);
	}
	assert_null(heap_take(&heap, 64 * MIB + 1));
	assert_null(heap_take(&heap, SIZE_MAX));
	heap_close(&heap);
}

/* The program has to live in a limited address space too. */
static void test_the_reserve_is_a_small_share_of_the_limit(void **state)
{
	enum { MIB = 1 << 20 };
	struct pool_options o = kind_of(state);
	o.shared_bytes = 0;
	o.workers = 2;
	if (!OWN_ADDRESS_SPACE)
		skip();
	pid_t child = fork();
	if (child == 0) {
		struct rlimit space = {UINT64_C(2000) * MIB, UINT64_C(2000) * MIB};
		setrlimit(RLIMIT_AS, &space);
		char why[256];
		struct pool *pool = pool_open(&o, why, sizeof why);
		void *first = pool ? malloc((size_t)600 * MIB) : NULL;
		void *second = first ? malloc((size_t)600 * MIB) : NULL;
		_exit(second ? 0 : first ? 2 : 1);
	}
	expect_child(child);
}

/* ---- large numbers ---- */

struct covered {
	_Atomic uint64_t calls, items;
};

static int cover(void *arg, uint64_t begin, uint64_t end)
{
	struct covered *covered = arg;
	covered->calls++;
	covered->items += end - begin;
	return 0;
}

static void test_a_range_of_all_indices(void **state)
{
	static const uint64_t chunks[] = {UINT64_C(1) << 60, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63};
	struct pool_options o = kind_of(state);
	struct pool *pool = open_pool(&o);
	struct covered *covered = pool_alloc(pool, sizeof *covered);
	for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
		struct pool_map_outcome m = {0};
		covered->calls = covered->items = 0;
		assert_int_equal(pool_range(pool, cover, covered, UINT64_MAX, chunks[i], &m), 0);
		assert_true(covered->items == UINT64_MAX && m.done == UINT64_MAX);
		assert_int_equal(covered->calls, UINT64_MAX / chunks[i] + (UINT64_MAX % chunks[i] != 0));
	}
	int x = 0;
	assert_int_equal(pool_map(pool, square, &x, sizeof x, &x, sizeof x, UINT64_MAX, 1, NULL), -EINVAL);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(test_any_number_of_cpus),
		both(test_an_abandoned_task_writes_nothing),
		processes(test_an_interrupt_ends_what_never_ends),
		processes(test_only_the_unwanted_are_killed),
		both(test_a_map_ends_between_two_items),
		both(test_a_child_cannot_use_its_parents_pool),
		both(test_a_child_forked_while_a_map_runs),
		processes(test_a_task_cannot_use_its_own_pool),
		both(test_opening_waits_for_no_reader),
		both(test_what_was_printed_is_printed_once),
		processes(test_what_is_ignored_stays_ignored),
		processes(test_a_killed_task_takes_its_children_along),
		both(test_a_pool_can_use_all_of_its_memory),
		both(test_bound_caller),
		cmocka_unit_test(test_room_becomes_one_again),
		both(test_the_reserve_is_a_small_share_of_the_limit),
		both(test_a_range_of_all_indices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
