/*
 * The kernels that send messages, over a board that threads pin them to: all ranks together have the
 * checksums of one alone, whatever their number, and what a broken board gives them is noticed.
 */
#include "tests/unit/check.h"

#include <string.h>

#include "kernels/mix.h"
#include "kernels/registry.h"
#include "tests/unit/board.h"

enum { WINDOW = 64 };

struct member {
	struct board_member place;
	struct context ctx;
	const struct kernel *kernel;
	uint64_t checksum;
};

static void run(struct member *m)
{
	if (m->kernel->enter)
		m->kernel->enter(&m->ctx);
	m->checksum = m->kernel->run(&m->ctx, 0, kernel_items(m->kernel, m->ctx.params));
	if (m->kernel->leave)
		m->kernel->leave(&m->ctx);
}

static void *thread(void *arg)
{
	run(arg);
	return NULL;
}

/* A job of so many ranks on a board; the sum of their checksums. */
static uint64_t job(const struct kernel *kernel, const struct params *params, struct board *b)
{
	struct member member[RANKS_MAX];
	pthread_t threads[RANKS_MAX];
	uint64_t total = 0;

	board_open(b);
	for (uint32_t r = 0; r < b->ranks; r++) {
		member[r] = (struct member){.place = board_join(b, r),
					    .kernel = kernel,
					    .ctx = {.params = params, .rank = 0, .workers = 1}};
		member[r].ctx.messages = &member[r].place.messages;
		assert_int_equal(pthread_create(&threads[r], NULL, thread, &member[r]), 0);
	}
	for (uint32_t r = 0; r < b->ranks; r++) {
		pthread_join(threads[r], NULL);
		total += member[r].checksum;
	}
	board_close(b);
	assert_memory_equal(b->sent, b->received, sizeof(b->sent));
	return total;
}

/* A group's checksum without messages, as the harness has it computed; verify() takes no other. */
static uint64_t alone(const struct kernel *kernel, const struct params *params)
{
	uint64_t total = 0;

	for (uint32_t r = 0; r < kernel_group(kernel); r++) {
		struct member m = {.kernel = kernel,
				   .ctx = {.params = params, .rank = r, .workers = kernel_group(kernel)}};

		run(&m);
		total += m.checksum;
	}
	assert_int_equal(kernel->verify(NULL, params, total), 0);
	assert_int_not_equal(kernel->verify(NULL, params, total + 1), 0);
	return total;
}

static bool sends(const struct kernel *kernel)
{
	return kernel_group(kernel) > 1;
}

/* Sizes of messages; of `deal`, how many numbers each takes. */
static const uint64_t sizes[] = {1, 7, 8, 4096, 100000};
static const char *const names[] = {"message-latency", "message-bandwidth", "all-reduce", "deal"};

static void test_all_ranks_have_the_checksum_of_one_alone(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
			for (uint32_t ranks = 2; ranks <= RANKS_MAX; ranks += 2) {
				const struct kernel *k = kernel_find(names[n]);
				struct params params = {.size = sizes[s]};
				struct board b = {.ranks = ranks};

				assert_int_equal(k->configure(&params), 0);
				assert_int_equal(job(k, &params, &b),
						 alone(k, &params) * kernel_copies(k, ranks));
				assert_true(b.behind_max <= WINDOW);
				if (strcmp(names[n], "deal") == 0)
					assert_int_equal(b.counter, ranks * sizes[s]);
			}
}

/* The calls that may go wrong in one job, of all its ranks. */
static uint64_t calls_of(const struct kernel *kernel, const struct params *params, uint32_t ranks)
{
	struct board b = {.ranks = ranks};

	job(kernel, params, &b);
	return b.calls;
}

static bool is_found(const struct kernel *kernel, const struct params *params, uint32_t ranks,
		     enum fault fault, uint64_t at)
{
	struct board b = {.ranks = ranks, .fault = fault, .at = at};

	return job(kernel, params, &b) != alone(kernel, params) * kernel_copies(kernel, ranks);
}

/* Tries it at the first calls, at random ones and at the last; returns how many were tried. */
static int try_fault(const char *name, uint64_t size, uint32_t ranks, enum fault fault)
{
	const struct kernel *kernel = kernel_find(name);
	struct params params = {.size = size};
	uint64_t random = fault, calls = calls_of(kernel, &params, ranks);
	int tried = 0;

	for (; tried < 6; tried++) {
		uint64_t at = tried == 0 ? 1 : tried == 1 ? calls - 1 : splitmix64(&random) % (calls - 1) + 1;

		if (!is_found(kernel, &params, ranks, fault, at))
			fail_msg("%s, size %lu, %u ranks: fault %d at call %lu of %lu is not found", name,
				 (unsigned long)size, ranks, fault, (unsigned long)at, (unsigned long)calls);
	}
	return tried;
}

static void test_wrong_messages_and_sums_are_found(void **state)
{
	int tried = 0;

	(void)state;
	for (size_t n = 0; n < 3; n++)
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
			for (uint32_t ranks = 2; ranks <= RANKS_MAX; ranks += 2) {
				tried += try_fault(names[n], sizes[s], ranks, FAULT_FIRST_BYTE);
				tried += try_fault(names[n], sizes[s], ranks, FAULT_LAST_BYTE);
				if (sends(kernel_find(names[n])))
					continue;
				tried += try_fault(names[n], sizes[s], ranks, FAULT_DOUBLED);
				if (sizes[s] > sizeof(double))
					tried += try_fault(names[n], sizes[s], ranks, FAULT_SWAP);
			}
	print_message("%d tried\n", tried);
}

static void test_a_wrong_counter_is_found(void **state)
{
	(void)state;
	for (enum fault fault = FAULT_TWICE; fault <= FAULT_SKIPPED; fault++)
		for (uint32_t ranks = 2; ranks <= RANKS_MAX; ranks += 2) {
			try_fault("deal", 7, ranks, fault);
			try_fault("deal", 4096, ranks, fault);
		}
}

/* A quarter of the numbers of 4 ranks is dealt four times. */
static void test_counters_that_are_not_common_are_found(void **state)
{
	const struct kernel *deal = kernel_find("deal");
	struct params params = {.size = 1000};
	uint64_t total = 0;

	(void)state;
	for (uint32_t r = 0; r < 4; r++) {
		struct board b = {.ranks = 4};
		struct member m = {
			.place = board_join(&b, r), .kernel = deal, .ctx = {.params = &params, .workers = 1}};

		board_open(&b);
		m.ctx.messages = &m.place.messages;
		run(&m);
		total += m.checksum;
		board_close(&b);
	}
	assert_int_not_equal(total, 4 * alone(deal, &params));
}

static void test_items_are_fewer_where_they_are_large(void **state)
{
	(void)state;
	for (size_t n = 0; n < 3; n++)
		for (uint64_t size = 1; size <= UINT64_C(16) << 20; size *= 2) {
			const struct kernel *k = kernel_find(names[n]);
			struct params params = {.size = size};
			uint64_t items = kernel_items(k, &params);

			assert_true(items >= 8 && items <= 512);
			assert_true(items == 8 || items * size <= UINT64_C(8) << 20);
		}
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_ranks_have_the_checksum_of_one_alone),
		cmocka_unit_test(test_wrong_messages_and_sums_are_found),
		cmocka_unit_test(test_a_wrong_counter_is_found),
		cmocka_unit_test(test_counters_that_are_not_common_are_found),
		cmocka_unit_test(test_items_are_fewer_where_they_are_large),
	};
	return check_main(argc, argv, tests);
}
