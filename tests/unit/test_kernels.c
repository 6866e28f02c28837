/*
 * All built-in kernels: any partition over any workers gives the sequential checksum, verify accepts what is
 * right and rejects what is not, and answers known from elsewhere come out. Real workers are the runners'
 * test.
 */
#include "tests/unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/keysort.h"
#include "kernels/mix.h"
#include "kernels/payload.h"
#include "kernels/registry.h"
#include "tests/unit/conform.h"

static void conform_one(const struct kernel *kernel)
{
	if (kernel->kind == KERNEL_WORK)
		for (size_t n = 0; conform_size(kernel, n); n++)
			conform(kernel, conform_size(kernel, n), NULL);
	else
		conform_alone(kernel);
}

#define KERNEL(name)                              \
	extern const struct kernel kernel_##name; \
	static void test_##name(void **state)     \
	{                                         \
		(void)state;                      \
		conform_one(&kernel_##name);      \
	}
#include "kernels/kernels.def"
#undef KERNEL

static void test_descriptors_are_complete(void **state)
{
	(void)state;
	for (const struct kernel *const *k = kernels_builtin; *k; k++) {
		struct params params = {.size = (*k)->sizes[SIZE_MEDIUM]};
		int configured;

		assert_int_equal((*k)->abi, KERNEL_ABI);
		assert_ptr_equal(kernel_find((*k)->name), *k);
		assert_true((*k)->item && (*k)->size_unit && (*k)->run);
		assert_true(strlen((*k)->help) < 100 && (*k)->help[strlen((*k)->help) - 1] != '.');
		assert_true(0 < (*k)->sizes[0] && (*k)->sizes[0] < (*k)->sizes[1]);
		assert_true((*k)->sizes[1] < (*k)->sizes[2]);
		configured = (*k)->configure ? (*k)->configure(&params) : 0;
		assert_true(configured == 0 || (configured == -EOPNOTSUPP && *params.why));
		if (configured == 0 && (*k)->kind == KERNEL_WORK)
			assert_true(strcmp((*k)->name, "wait") == 0 || kernel_items(*k, &params) >= 128);
	}
}

static uint64_t answer(const char *name, uint64_t size)
{
	struct rig b;
	uint64_t checksum;

	rig_setup(&b, kernel_find(name), size, NULL);
	checksum = rig_job(&b, 3, size);
	rig_teardown(&b);
	return checksum;
}

static void test_known_answers(void **state)
{
	(void)state;
	assert_int_equal(answer("primes", 1000000), 78498);
	assert_int_equal(answer("primes", 541), 100);
	assert_int_equal(answer("nqueens", 8), 92);
	assert_int_equal(answer("nqueens", 12), 14200);
	assert_int_equal(answer("square", 24), 4900); /* E. Lucas' cannonballs: 70^2 */
	assert_int_equal(answer("cube", 100), 25502500);
	assert_int_equal(answer("spin", 100000) == answer("spin", 1), false);
}

static void test_cubes_are_listed(void **state)
{
	static const uint64_t cubes[] = {1, 8, 27, 64, 125, 216, 343, 512, 729};
	struct rig b;

	(void)state;
	rig_setup(&b, kernel_find("cube"), 9, NULL);
	assert_int_equal(rig_job(&b, 4, 1), 2025);
	assert_memory_equal(b.shared, cubes, sizeof(cubes));
	rig_teardown(&b);
}

static int compare_keys(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Key i of n in patterns that break sorts: equal, ordered, reversed, few, a pipe, extremes, random. */
static uint64_t pattern_key(int pattern, uint64_t i, uint64_t n)
{
	switch (pattern) {
	case 0:
		return UINT64_MAX;
	case 1:
		return i;
	case 2:
		return n - i;
	case 3:
		return mix64(i) % 3;
	case 4:
		return i < n / 2 ? i : n - i;
	case 5:
		return mix64(i) % 2 ? UINT64_MAX : 0;
	default:
		return mix64(i);
	}
}

static void test_sort_agrees_with_qsort(void **state)
{
	enum { COUNT = 5000 };
	uint64_t keys[COUNT], expected[COUNT];
	struct rig b;

	(void)state;
	rig_setup(&b, kernel_find("sort"), COUNT, NULL);
	for (int pattern = 0; pattern < 7; pattern++) {
		uint64_t checksum,
			*input = (uint64_t *)b.shared + 2 * to_line(sizeof(keys)) / sizeof(keys[0]);

		for (uint64_t i = 0; i < COUNT; i++)
			input[i] = keys[i] = expected[i] = pattern_key(pattern, i, COUNT);
		qsort(expected, COUNT, sizeof(expected[0]), compare_keys);
		keysort(keys, COUNT);
		assert_memory_equal(keys, expected, sizeof(keys));
		checksum = rig_job(&b, 5, 2);
		assert_int_equal(rig_verify(&b, checksum), 0);
		assert_memory_equal(b.shared, expected, sizeof(expected));
	}
	rig_teardown(&b);
}

/* One job of two workers, one after the other; the second one's memory is `copy`. */
static int verify_with(const struct kernel *kernel, bool copy)
{
	struct rig rig;
	void *areas[2];
	uint64_t sum = 0;
	int verified;

	rig_setup(&rig, kernel, kernel->sizes[SIZE_SMALL], NULL);
	if (kernel->open)
		assert_int_equal(kernel->open(rig.shared, &rig.params, 2), 0);
	areas[0] = areas[1] = rig.shared;
	if (copy) {
		assert_int_equal(posix_memalign(&areas[1], 4096, rig.bytes), 0);
		memcpy(areas[1], rig.shared, rig.bytes);
	}
	for (uint32_t rank = 0; rank < 2; rank++) {
		struct context ctx = {
			.shared = areas[rank], .params = &rig.params, .rank = rank, .workers = 2};

		if (kernel->enter)
			assert_int_equal(kernel->enter(&ctx), 0);
		sum = kernel->run(&ctx, 0, kernel_items(kernel, &rig.params));
		if (kernel->leave)
			kernel->leave(&ctx);
	}
	verified = rig_verify(&rig, sum);
	if (kernel->close)
		kernel->close(rig.shared, &rig.params);
	if (copy)
		free(areas[1]);
	rig_teardown(&rig);
	return verified;
}

/*
 * After a fork memory may be a copy, and look as if it was shared. Of the exceptions two meet in the kernel,
 * which test_same_experiment.py sees, and the others only read what was prepared or written by open(), or do
 * not look at the memory at all, which is open()'s.
 */
static bool meets_in_memory(const struct kernel *kernel)
{
	static const char *const others[] = {"pipe", "futex-wake", "task", "copy", "beside"};

	if (kernel->kind != KERNEL_RATE || !kernel->shared_bytes || kernel_group(kernel) > 1)
		return false;
	if (strncmp(kernel->name, "mapping-", strlen("mapping-")) == 0 ||
	    strncmp(kernel->name, "hang-", strlen("hang-")) == 0)
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(kernel->name, others[i]) == 0)
			return false;
	return true;
}

static void test_a_worker_on_a_copy_of_the_memory_is_noticed(void **state)
{
	int seen = 0, blind = 0;

	(void)state;
	for (const struct kernel *const *k = kernels_builtin; *k; k++) {
		if (!meets_in_memory(*k))
			continue;
		seen++;
		assert_int_equal(verify_with(*k, false), 0);
		if (verify_with(*k, true) == -EBADMSG)
			continue;
		print_error("%s: a worker on a copy is not noticed\n", (*k)->name);
		blind++;
	}
	assert_int_equal(blind, 0);
	assert_true(seen >= 10);
}

/* What is timed and not counted as bytes has to be small: the answer is one byte, and messages are many. */
static void test_a_stream_times_hardly_more_than_it_counts(void **state)
{
	static const uint64_t sizes[] = {1, 64, 65536, 1048576, 16777216};
	int seen = 0;

	(void)state;
	for (const struct kernel *const *k = kernels_builtin; *k; k++)
		for (size_t s = 0; s < 5 && strncmp((*k)->name, "bandwidth-", 10) == 0; s++) {
			struct params params = {.size = sizes[s]};
			uint64_t count = kernel_items(*k, &params);
			uint64_t sum = message_sum(1, message_base(count, 1));

			assert_true(count >= 64);
			for (uint64_t i = 0; i < count; i++)
				sum += message_sum(params.size, message_base(i, 0));
			assert_int_equal((*k)->verify(NULL, &params, sum), 0);
			seen++;
		}
	assert_true(seen >= 5 * 10);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
#define KERNEL(name) cmocka_unit_test(test_##name),
#include "kernels/kernels.def"
#undef KERNEL
		cmocka_unit_test(test_descriptors_are_complete),
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_cubes_are_listed),
		cmocka_unit_test(test_a_worker_on_a_copy_of_the_memory_is_noticed),
		cmocka_unit_test(test_a_stream_times_hardly_more_than_it_counts),
		cmocka_unit_test(test_sort_agrees_with_qsort),
	};
	return check_main(argc, argv, tests);
}
