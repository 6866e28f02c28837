/* A pool's memory to its last byte, and a range over all indices. */
#include "tests/unit/pools.h"

#include <sys/resource.h>
#include <unistd.h>

#include "runners/pool/heap.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_ADDRESS_SPACE false
#else
#define OWN_ADDRESS_SPACE true
#endif

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
	int64_t x = 0;
	assert_int_equal(pool_map(pool, square, &x, sizeof x, &x, sizeof x, UINT64_MAX, 1, NULL), -EINVAL);
	pool_free(pool);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		both(test_a_pool_can_use_all_of_its_memory),
		cmocka_unit_test(test_room_becomes_one_again),
		both(test_the_reserve_is_a_small_share_of_the_limit),
		both(test_a_range_of_all_indices),
	};
	return check_main(argc, argv, tests);
}
