#include "tests/unit/conform.h"

#include "tests/unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/mix.h"
#include "kernels/registry.h"

enum { WORKERS_MAX = 7, CHUNKS_MAX = 4096, PAGE = 4096 };

/* Moves the area: what was prepared must hold at another address. */
static void rig_move(struct rig *rig)
{
	void *to = NULL;

	assert_int_equal(posix_memalign(&to, PAGE, rig->bytes ? rig->bytes : 1), 0);
	memcpy(to, rig->shared, rig->bytes);
	memset(rig->shared, 0xa5, rig->bytes);
	free(rig->shared);
	rig->shared = to;
}

void rig_setup(struct rig *rig, const struct kernel *kernel, uint64_t size, const char *input)
{
	*rig = (struct rig){.kernel = kernel, .params = {.size = size, .input = input}, .generated = !input};
	int configured = kernel->configure ? kernel->configure(&rig->params) : 0;
	if (configured == -EOPNOTSUPP) {
		print_message("%s: %s\n", kernel->name, rig->params.why);
		skip();
		return;
	}
	assert_int_equal(configured, 0);
	rig->bytes = kernel_shared_bytes(kernel, &rig->params);
	assert_int_equal(posix_memalign(&rig->shared, PAGE, rig->bytes ? rig->bytes : 1), 0);
	memset(rig->shared, 0, rig->bytes);
	int prepared = kernel->prepare ? kernel->prepare(rig->shared, &rig->params) : 0;
	if (prepared == -EOPNOTSUPP) {
		print_message("%s: %s\n", kernel->name, rig->params.why);
		free(rig->shared);
		skip();
		return; /* for the analyser: skip() has left already */
	}
	assert_int_equal(prepared, 0);
	rig->params.input = NULL;
	rig_move(rig);
}

void rig_teardown(struct rig *rig)
{
	free(rig->shared);
}

int rig_verify(const struct rig *rig, uint64_t checksum)
{
	return rig->kernel->verify ? rig->kernel->verify(rig->shared, &rig->params, checksum) : 0;
}

struct chunk {
	uint64_t begin, end;
};

/* Cuts the items into chunks of random lengths, in random order; one chunk if there is one worker. */
static uint64_t cut(struct chunk *chunks, uint64_t items, uint32_t workers, uint64_t *random)
{
	uint64_t count = 0, most = workers == 1 ? items : items / 16 + 1;

	for (uint64_t begin = 0; begin < items; count++) {
		uint64_t length = workers == 1 ? items : 1 + splitmix64(random) % most;

		assert_true(count < CHUNKS_MAX);
		chunks[count].begin = begin;
		begin = begin + length < items ? begin + length : items;
		chunks[count].end = begin;
	}
	for (uint64_t i = count; i > 1; i--) {
		uint64_t other = splitmix64(random) % i;
		struct chunk chunk = chunks[i - 1];

		chunks[i - 1] = chunks[other];
		chunks[other] = chunk;
	}
	return count;
}

/* One job by `workers` simulated workers that take turns; returns its checksum. */
uint64_t rig_job(struct rig *rig, uint32_t workers, uint64_t seed)
{
	const struct kernel *k = rig->kernel;
	struct context contexts[WORKERS_MAX];
	struct chunk chunks[CHUNKS_MAX];
	uint64_t sum = 0, items = kernel_items(k, &rig->params);

	for (uint32_t w = 0; w < workers; w++) {
		contexts[w] = (struct context){
			.shared = rig->shared, .params = &rig->params, .rank = w, .workers = workers};
		if (k->enter)
			assert_int_equal(k->enter(&contexts[w]), 0);
	}
	for (uint32_t phase = 0; phase < kernel_phases(k, &rig->params); phase++) {
		uint64_t count = cut(chunks, items, workers, &seed);

		for (uint64_t i = 0; i < count; i++) {
			struct context *ctx = &contexts[splitmix64(&seed) % workers];

			ctx->phase = phase;
			sum += k->run(ctx, chunks[i].begin, chunks[i].end);
		}
		if (k->between)
			k->between(rig->shared, &rig->params, phase);
	}
	for (uint32_t w = 0; w < workers; w++)
		if (k->leave)
			k->leave(&contexts[w]);
	return sum;
}

/* Result bytes; these kernels put their result at the start of the area. Of matmul's, the first row. */
static uint64_t output_bytes(const struct rig *rig)
{
	static const struct {
		const char *name;
		uint64_t element;
	} arrays[] = {{"square", 8}, {"cube", 8}, {"matmul", 8}, {"kmeans", 1}, {"sort", 8}, {"triad", 8}};
	const char *name = rig->kernel->name;

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		if (strcmp(name, arrays[i].name) == 0)
			return rig->params.size * arrays[i].element;
	if (strcmp(name, "mandelbrot") == 0)
		return rig->params.size * rig->params.size * 2;
	if (strcmp(name, "sobel") == 0)
		return rig->params.extent[0] * rig->params.extent[1] * 4;
	if (strcmp(name, "wordcount") == 0) /* of a file the distinct words are not known to verify */
		return rig->generated ? kernel_items(rig->kernel, &rig->params) * 16 : 8;
	return 0;
}

/*
 * Two neighbours of the result change places, which most checksums do not notice; sort's does, so it is given
 * the one that the wrong order has.
 */
static void check_that_order_matters(struct rig *rig, uint64_t checksum)
{
	static const char *const names[] = {"mandelbrot", "square", "matmul", "sobel", "sort", "triad"};
	static const uint64_t elements[] = {2, 8, 8, 4, 8, 8};

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		uint64_t element = elements[n], last = output_bytes(rig) / element, i = 1;
		unsigned char *out = rig->shared, kept[8];

		if (strcmp(rig->kernel->name, names[n]) != 0)
			continue;
		while (i < last && memcmp(out + i * element, out + (i - 1) * element, element) == 0)
			i++;
		if (i >= last)
			return;
		if (strcmp(names[n], "sort") == 0) /* sum of key i * (2 i + 1) */
			checksum += 2 * (((uint64_t *)rig->shared)[i - 1] - ((uint64_t *)rig->shared)[i]);
		memcpy(kept, out + i * element, element);
		memcpy(out + i * element, out + (i - 1) * element, element);
		memcpy(out + (i - 1) * element, kept, element);
		assert_int_equal(rig_verify(rig, checksum), -EBADMSG);
	}
}

static void check_that_corruption_is_seen(struct rig *rig, uint64_t checksum)
{
	uint64_t random = 1, bytes = output_bytes(rig);

	if (rig->kernel->verify)
		assert_int_equal(rig_verify(rig, checksum + 1), -EBADMSG);
	for (int i = 0; bytes > 0 && i < 8; i++) {
		unsigned char *byte = (unsigned char *)rig->shared + splitmix64(&random) % bytes;

		*byte ^= 1;
		assert_int_equal(rig_verify(rig, checksum), -EBADMSG);
		*byte ^= 1;
	}
	assert_int_equal(rig_verify(rig, checksum), 0);
	check_that_order_matters(rig, checksum);
	memset(rig->shared, 0x5a, bytes); /* the next job has to write all of it again */
}

static void conform_prepared(struct rig *rig)
{
	struct cost cost = kernel_cost(rig->kernel, &rig->params);
	uint64_t checksum = rig_job(rig, 1, 0);

	assert_true(kernel_items(rig->kernel, &rig->params) > 0 &&
		    kernel_phases(rig->kernel, &rig->params) > 0);
	assert_true(cost.per_item > 0 && isfinite(cost.per_item) && cost.unit && *cost.unit);
	assert_int_equal(rig_verify(rig, checksum), 0);
	check_that_corruption_is_seen(rig, checksum);
	for (uint32_t workers = 1; workers <= WORKERS_MAX; workers += 3) {
		assert_int_equal(rig_job(rig, workers, workers), checksum);
		assert_int_equal(rig_verify(rig, checksum), 0);
	}
}

void conform(const struct kernel *kernel, uint64_t size, const char *input)
{
	struct rig b;

	rig_setup(&b, kernel, size, input);
	conform_prepared(&b);
	rig_teardown(&b);
}

/* Small, 1, 7, 100 and 1000 where they mean something, and sizes around a kernel's own seams; 0 ends. */
static const struct {
	const char *name;
	uint64_t sizes[12];
} odd_sizes[] = {
	{"spin", {7, 100, 1000}},
	{"square", {1, 7, 100, 1000, 2000000}},
	{"cube", {1, 7, 100, 1000, 2000000}},
	{"primes", {1, 2, 7, 100, 999, 1000, 1001, 70000}},
	{"nqueens", {1, 2, 3, 4, 5, 6, 7, 8, 11}},
	{"mandelbrot", {1, 7, 64, 96, 100}},
	{"matmul", {1, 7, 48, 49, 100, 384, 400, 1200}},
	{"kmeans", {1, 7, 16, 100, 129, 1000, 16000, 200000}},
	{"sobel", {1, 2, 7, 100, 129, 1000}},
	{"wordcount", {1, 7, 100, 1000, 5000, 180000, 1000000}},
	{"sort", {1, 7, 100, 128, 1000, 35000}},
	{"triad", {1, 7, 100, 1000, 4096, 4097, 100000}},
	{"wait", {1, 7}},
	{"python-loop", {1, 7, 1000}},
	{"python-hash", {1, 7}},
	{"python-shared", {1, 7, 1000}},
};

uint64_t conform_size(const struct kernel *kernel, size_t n)
{
	for (size_t i = 0; i < sizeof(odd_sizes) / sizeof(odd_sizes[0]); i++)
		if (strcmp(odd_sizes[i].name, kernel->name) == 0)
			return odd_sizes[i].sizes[n];
	return n == 0 ? kernel->sizes[SIZE_SMALL] : 0;
}

/* Private memory as the harness would hold it. */
static void *rig_ballast(struct rig *rig)
{
	void *memory = NULL;

	if (!(rig->kernel->needs & KERNEL_NEEDS_BALLAST))
		return NULL;
	rig->params.ballast = rig->params.size * PAGE;
	assert_int_equal(posix_memalign(&memory, PAGE, rig->params.ballast), 0);
	memset(memory, 0xff, rig->params.ballast);
	return memory;
}

void conform_alone(const struct kernel *kernel)
{
	struct rig rig;
	uint64_t first, items;
	struct context ctx;

	if (kernel_group(kernel) > 1)
		return;
	rig_setup(&rig, kernel, kernel->sizes[SIZE_SMALL], NULL);
	ctx = (struct context){
		.shared = rig.shared, .params = &rig.params, .workers = 1, .ballast = rig_ballast(&rig)};
	if (kernel->open)
		assert_int_equal(kernel->open(rig.shared, &rig.params, 1), 0);
	if (kernel->enter)
		assert_int_equal(kernel->enter(&ctx), 0);
	items = kernel_items(kernel, &rig.params);
	first = kernel->run(&ctx, 0, items);
	assert_int_equal(rig_verify(&rig, first), 0);
	kernel->run(&ctx, 0, 1); /* as one does that waits for a slower one */
	assert_int_equal(kernel->run(&ctx, 0, items), first);
	assert_int_equal(rig_verify(&rig, first), 0);
	if (kernel->verify)
		assert_int_equal(rig_verify(&rig, first + 1), -EBADMSG);
	if (kernel->leave)
		kernel->leave(&ctx);
	if (kernel->close)
		kernel->close(rig.shared, &rig.params);
	free(ctx.ballast);
	rig_teardown(&rig);
}
