/*
 * The prices of a page, by what can be counted: the page faults inside run(). A page that is mapped and
 * written to causes none; a fresh one and one that a fork has left to be copied cause one each.
 */
#include "tests/unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernels/registry.h"

#define PAGE ((size_t)4096)
#define PAGES ((size_t)1024)

struct bed {
	const struct kernel *kernel;
	struct params params;
	struct context ctx;
};

static long faults(void)
{
	struct rusage usage;
	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_minflt;
}

/* Memory as a launching program has it: written to, in small pages. */
static void *written_pages(void)
{
	void *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	madvise(memory, PAGES * PAGE, MADV_NOHUGEPAGE);
	memset(memory, 0xff, PAGES * PAGE);
	return memory;
}

static void setup(struct bed *bed, const char *name)
{
	*bed = (struct bed){.kernel = kernel_find(name), .params = {.size = PAGES}};
	assert_non_null(bed->kernel);
	assert_int_equal(bed->kernel->configure(&bed->params), 0);
	bool ballast = bed->kernel->needs & KERNEL_NEEDS_BALLAST;
	bed->params.ballast = ballast ? PAGES * PAGE : 0;
	bed->ctx = (struct context){.shared = calloc(1, kernel_shared_bytes(bed->kernel, &bed->params) + 1),
				    .params = &bed->params,
				    .workers = 1,
				    .ballast = ballast ? written_pages() : NULL};
	if (bed->kernel->open)
		assert_int_equal(bed->kernel->open(bed->ctx.shared, &bed->params, 1), 0);
}

static void teardown(struct bed *bed)
{
	if (bed->ctx.ballast)
		munmap(bed->ctx.ballast, PAGES * PAGE);
	free(bed->ctx.shared);
}

/* A worker's life with two jobs; the faults of each. -1: the kernel failed. */
static void live(struct bed *bed, long fault[2])
{
	const struct kernel *k = bed->kernel;
	fault[0] = fault[1] = -1;
	if (k->enter && k->enter(&bed->ctx) != 0)
		return;
	for (int job = 0; job < 2; job++) {
		long before = faults();
		uint64_t sum = k->run(&bed->ctx, 0, PAGES);
		fault[job] = faults() - before;
		if (k->verify(bed->ctx.shared, &bed->params, sum) != 0)
			fault[job] = -1;
	}
	if (k->leave)
		k->leave(&bed->ctx);
}

/* All private pages of this process are write-protected afterwards. */
static void fork_and_reap(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_a_thread_finds_its_pages_mapped_after_a_fork(void **state)
{
	struct bed bed;
	long fault[2];
	(void)state;
	setup(&bed, "copy");
	fork_and_reap();
	live(&bed, fault);
	assert_in_range(fault[0], 0, PAGES / 8);
	assert_in_range(fault[1], 0, PAGES / 8);
	teardown(&bed);
}

static void test_a_forked_worker_copies_each_page_in_run(void **state)
{
	struct bed bed;
	long *fault = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	(void)state;
	setup(&bed, "copy");
	pid_t pid = fork();
	if (pid == 0) {
		live(&bed, fault);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(fault[0] >= (long)PAGES);
	assert_in_range(fault[1], 0, PAGES / 8);
	munmap(fault, PAGE);
	teardown(&bed);
}

#ifdef __has_feature
#define WITH_TSAN __has_feature(thread_sanitizer)
#elif defined __SANITIZE_THREAD__
#define WITH_TSAN 1
#else
#define WITH_TSAN 0
#endif

/* Is it the C library's? Others, of sanitizers and valgrind, keep what is freed for a while. */
static bool has_plain_heap(void)
{
	void *block = malloc(PAGE);
	uintptr_t first = (uintptr_t)block;
	free(block);
	block = malloc(PAGE);
	uintptr_t second = (uintptr_t)block;
	free(block);
	return first == second && !WITH_TSAN;
}

/* The heap of the launching program, which a forked worker inherits: no first write to it is left for run().
 */
static void test_a_heap_is_in_use_before_it_is_timed(void **state)
{
	struct bed bed;
	long *fault = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	(void)state;
	if (!has_plain_heap())
		skip();
	setup(&bed, "malloc-medium");
	pid_t pid = fork();
	if (pid == 0) {
		live(&bed, fault);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(fault[0], 0);
	assert_int_equal(fault[1], 0);
	munmap(fault, PAGE);
	teardown(&bed);
}

static void test_fresh_pages_are_fresh_in_each_job(void **state)
{
	struct bed bed;
	long fault[2];
	(void)state;
	setup(&bed, "fresh");
	live(&bed, fault);
	assert_true(fault[0] >= (long)PAGES);
	assert_true(fault[1] >= (long)PAGES);
	teardown(&bed);
}

/* Each worker forks anew, and leaves no child. */
static void test_the_parent_copies_each_page_while_it_has_a_child(void **state)
{
	struct bed bed;
	long fault[2];
	(void)state;
	setup(&bed, "copy-parent");
	for (int worker = 0; worker < 2; worker++) {
		live(&bed, fault);
		assert_true(fault[0] >= (long)PAGES);
		assert_no_children();
	}
	teardown(&bed);
}

/* The child that copy-parent forks dies with a worker that is killed. */
static void test_the_child_dies_with_its_parent(void **state)
{
	struct bed bed;
	int end[2];
	char byte;
	(void)state;
	setup(&bed, "copy-parent");
	assert_int_equal(pipe(end), 0);
	pid_t pid = fork();
	if (pid == 0) {
		bed.kernel->enter(&bed.ctx);
		_exit(0); /* without leave */
	}
	close(end[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(read(end[0], &byte, 1), 0); /* comes back when nobody has the other end any more */
	close(end[0]);
	teardown(&bed);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_thread_finds_its_pages_mapped_after_a_fork),
		cmocka_unit_test(test_a_forked_worker_copies_each_page_in_run),
		cmocka_unit_test(test_a_heap_is_in_use_before_it_is_timed),
		cmocka_unit_test(test_fresh_pages_are_fresh_in_each_job),
		cmocka_unit_test(test_the_parent_copies_each_page_while_it_has_a_child),
		cmocka_unit_test(test_the_child_dies_with_its_parent),
	};
	return check_main(argc, argv, tests);
}
