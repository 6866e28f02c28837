/* Each schedule deals each item once, in every phase; OpenMP's as OpenMP does. */
#include "tests/unit/check.h"
#include "tests/unit/job_bench.h"

#include "kernels/registry.h"
#include "tests/unit/faulty.h"

/* Those that deal by schedules of their own. */
static const char *const dealers[] = {"pthread", "openmp"};

/* Phases start their dealing anew. */
static void test_every_schedule_deals_every_phase(void **state)
{
	(void)state;
	static const enum schedule schedules[] = {SCHEDULE_STATIC, SCHEDULE_DYNAMIC, SCHEDULE_GUIDED};
	for (const struct kernel *const *k = kernels_builtin; *k; k++)
		for (size_t s = 0; (*k)->phases && s < 6; s++)
			if (bench_can_use(runner_find(dealers[s / 3])))
				bench_checksum(dealers[s / 3], *k, (*k)->sizes[SIZE_SMALL], 3,
					       schedules[s % 3], 0);
}

static void test_every_schedule_deals_each_item_once(void **state)
{
	(void)state;
	static const uint64_t sizes[] = {1, 2, 7, 100, 1001}, chunks[] = {0, 1, 3, 64, 5000};
	static const enum schedule schedules[] = {SCHEDULE_STATIC, SCHEDULE_DYNAMIC, SCHEDULE_GUIDED};
	for (size_t s = 0; s < 5; s++)
		for (size_t c = 0; c < 5; c++)
			for (size_t k = 0; k < 6; k++)
				if (bench_can_use(runner_find(dealers[k / 3])))
					assert_int_equal(bench_checksum(dealers[k / 3], &kernel_faulty,
									sizes[s], 5, schedules[k % 3],
									chunks[c]),
							 sizes[s] * (sizes[s] - 1) / 2);
}

/* Which items came in one call, and to whom. */
struct dealt {
	uint64_t end[32];
	uint32_t rank[32];
};

static size_t dealt_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct dealt);
}

static uint64_t note_items(struct context *ctx, uint64_t begin, uint64_t end)
{
	struct dealt *d = ctx->shared;
	d->end[begin] = end;
	d->rank[begin] = ctx->rank;
	return 0;
}

static struct dealt deal_by_openmp(enum schedule schedule, uint64_t chunk)
{
	static const struct kernel noting = {.abi = KERNEL_ABI,
					     .name = "noting",
					     .help = "notes what it gets",
					     .item = "item",
					     .shared_bytes = dealt_bytes,
					     .run = note_items};
	struct bench b;
	bench_setup(&b, "openmp", &noting, 14, 4);
	b.job.schedule = schedule;
	b.job.chunk = chunk;
	assert_int_equal(bench_run(&b, 1, false).status, STATUS_OK);
	struct dealt dealt = *(struct dealt *)b.shared.base;
	arena_destroy(&b.shared);
	return dealt;
}

/* Static, the first ranks have one more where it does not come out even, and chunks go round; guided, what is
 * left is divided. Each range is one call. */
static void test_openmp_deals_as_openmp_does(void **state)
{
	(void)state;
	if (!bench_can_use(runner_find("openmp")))
		skip();
	struct dealt whole = deal_by_openmp(SCHEDULE_STATIC, 0), chunks = deal_by_openmp(SCHEDULE_STATIC, 3);
	struct dealt dynamic = deal_by_openmp(SCHEDULE_DYNAMIC, 5),
		     guided = deal_by_openmp(SCHEDULE_GUIDED, 2);
	static const uint64_t begins[] = {0, 4, 8, 11, 14};
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(whole.end[begins[i]], begins[i + 1]);
		assert_int_equal(whole.rank[begins[i]], i);
	}
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(chunks.end[(size_t)3 * i], i < 4 ? 3 * i + 3 : 14);
		assert_int_equal(chunks.rank[(size_t)3 * i], i % 4);
	}
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(dynamic.end[(size_t)5 * i], i < 2 ? 5 * i + 5 : 14);
	assert_true(guided.end[0] >= 2 && guided.end[0] < 14);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_schedule_deals_every_phase),
		cmocka_unit_test(test_every_schedule_deals_each_item_once),
		cmocka_unit_test(test_openmp_deals_as_openmp_does),
	};
	bench_begin(argc, argv);
	return check_main(argc, argv, tests);
}
