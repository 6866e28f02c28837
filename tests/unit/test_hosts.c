/* Work that is shared out over hosts without common memory: what the kernels tell of is enough, and no less
 * would be. */
#include "tests/unit/check.h"

#include <string.h>

#include "kernels/registry.h"
#include "tests/unit/hosts.h"

/* The kernel keeps on several hosts what it has to. */
static void check_hosts(const struct kernel *kernel)
{
	for (size_t n = 0; conform_size(kernel, n); n++) {
		uint64_t size = conform_size(kernel, n);
		const char *wrong = hosts_check(kernel, size, &(struct spoiling){.garbage = 0xa5});

		if (wrong)
			fail_msg("%s, size %llu: %s", kernel->name, (unsigned long long)size, wrong);
	}
}

/* Those that crash lose a worker with its memory, and an interpreter stays in its process. */
static void test_work_can_be_shared_out_over_hosts(void **state)
{
	enum { TELLING_LEAST = 10 };
	int telling = 0;
	(void)state;
	for (const struct kernel *const *k = kernels_builtin; *k; k++)
		if ((*k)->kind == KERNEL_WORK && !(*k)->crash && !((*k)->needs & KERNEL_NEEDS_INTERPRETER)) {
			if (!(*k)->writes) { /* it is refused there, if workers share anything */
				print_message("%s tells of no writes\n", (*k)->name);
				continue;
			}
			check_hosts(*k);
			telling++;
		}
	assert_true(telling >= TELLING_LEAST);
}

/* Offsets that are garbage would lead wordcount anywhere. */
static unsigned char garbage_for(const char *name)
{
	return strcmp(name, "wordcount") == 0 ? 0 : 0xa5;
}

static void test_wrong_pieces_are_found(void **state)
{
	static const struct {
		const char *name;
		uint64_t size;
		uint32_t phases;
	} tried[] = {{"square", 1000, 1}, {"cube", 1000, 1},   {"mandelbrot", 96, 1}, {"matmul", 100, 2},
		     {"matmul", 400, 2},  {"kmeans", 2000, 5}, {"sobel", 129, 1},     {"wordcount", 5000, 2},
		     {"sort", 1000, 8},   {"triad", 10000, 1}};
	int found = 0, missed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++)
		for (uint32_t phase = 0; phase < tried[i].phases; phase++)
			for (enum spoilt how = SPOILT_NOT + 1; how < SPOILT_COUNT; how++) {
				struct spoiling s = {how, phase, garbage_for(tried[i].name)};
				bool wrong = hosts_check(kernel_find(tried[i].name), tried[i].size, &s);

				found += wrong;
				if (wrong)
					continue;
				print_error("%s, phase %u: way %d of telling it wrong is not found\n",
					    tried[i].name, phase, how);
				missed++;
			}
	print_message("%d wrong ways found\n", found);
	assert_int_equal(missed, 0);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_work_can_be_shared_out_over_hosts),
		cmocka_unit_test(test_wrong_pieces_are_found),
	};
	return check_main(argc, argv, tests);
}
