/*
 * All built-in kernels: any partition over any workers gives the sequential checksum, verify accepts what is
 * right and rejects what is not, and answers known from elsewhere come out. Workers are simulated, one after
 * the other; real ones are the runners' test.
 */
#include "tests/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/keysort.h"
#include "kernels/mix.h"
#include "kernels/registry.h"
#include "kernels/wordtable.h"

enum { WORKERS_MAX = 7, CHUNKS_MAX = 4096, PAGE = 4096 };

struct bench {
	const struct kernel *kernel;
	struct params params;
	void *shared; /* exactly as long as asked for: a sanitizer sees what is beyond */
	size_t bytes;
	bool generated;
};

/* Moves the area: what was prepared must hold at another address. */
static void bench_move(struct bench *b)
{
	void *to = NULL;

	assert_int_equal(posix_memalign(&to, PAGE, b->bytes ? b->bytes : 1), 0);
	memcpy(to, b->shared, b->bytes);
	memset(b->shared, 0xa5, b->bytes);
	free(b->shared);
	b->shared = to;
}

static void bench_setup(struct bench *b, const struct kernel *kernel, uint64_t size, const char *input)
{
	*b = (struct bench){.kernel = kernel, .params = {.size = size, .input = input}, .generated = !input};
	if (kernel->configure)
		assert_int_equal(kernel->configure(&b->params), 0);
	b->bytes = kernel_shared_bytes(kernel, &b->params);
	assert_int_equal(posix_memalign(&b->shared, PAGE, b->bytes ? b->bytes : 1), 0);
	memset(b->shared, 0, b->bytes);
	if (kernel->prepare)
		assert_int_equal(kernel->prepare(b->shared, &b->params), 0);
	b->params.input = NULL;
	bench_move(b);
}

static void bench_teardown(struct bench *b)
{
	free(b->shared);
}

static int verify(const struct bench *b, uint64_t checksum)
{
	return b->kernel->verify ? b->kernel->verify(b->shared, &b->params, checksum) : 0;
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
static uint64_t job(struct bench *b, uint32_t workers, uint64_t seed)
{
	const struct kernel *k = b->kernel;
	struct context contexts[WORKERS_MAX];
	struct chunk chunks[CHUNKS_MAX];
	uint64_t sum = 0, items = kernel_items(k, &b->params);

	for (uint32_t w = 0; w < workers; w++) {
		contexts[w] = (struct context){
			.shared = b->shared, .params = &b->params, .rank = w, .workers = workers};
		if (k->enter)
			assert_int_equal(k->enter(&contexts[w]), 0);
	}
	for (uint32_t phase = 0; phase < kernel_phases(k, &b->params); phase++) {
		uint64_t count = cut(chunks, items, workers, &seed);

		for (uint64_t i = 0; i < count; i++) {
			struct context *ctx = &contexts[splitmix64(&seed) % workers];

			ctx->phase = phase;
			sum += k->run(ctx, chunks[i].begin, chunks[i].end);
		}
		if (k->between)
			k->between(b->shared, &b->params, phase);
	}
	for (uint32_t w = 0; w < workers; w++)
		if (k->leave)
			k->leave(&contexts[w]);
	return sum;
}

/* Result bytes; these kernels put their result at the start of the area. Of matmul's, the first row. */
static uint64_t output_bytes(const struct bench *b)
{
	static const struct {
		const char *name;
		uint64_t element;
	} arrays[] = {{"square", 8}, {"cube", 8}, {"matmul", 8}, {"kmeans", 1}, {"sort", 8}, {"triad", 8}};
	const char *name = b->kernel->name;

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		if (strcmp(name, arrays[i].name) == 0)
			return b->params.size * arrays[i].element;
	if (strcmp(name, "mandelbrot") == 0)
		return b->params.size * b->params.size * 2;
	if (strcmp(name, "sobel") == 0)
		return b->params.extent[0] * b->params.extent[1] * 4;
	if (strcmp(name, "wordcount") == 0) /* of a file the distinct words are not known to verify */
		return b->generated ? kernel_items(b->kernel, &b->params) * 16 : 8;
	return 0;
}

/*
 * Two neighbours of the result change places, which most checksums do not notice; sort's does, so it is given
 * the one that the wrong order has.
 */
static void check_that_order_matters(struct bench *b, uint64_t checksum)
{
	static const char *const names[] = {"mandelbrot", "square", "matmul", "sobel", "sort", "triad"};
	static const uint64_t elements[] = {2, 8, 8, 4, 8, 8};

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		uint64_t element = elements[n], last = output_bytes(b) / element, i = 1;
		unsigned char *out = b->shared, kept[8];

		if (strcmp(b->kernel->name, names[n]) != 0)
			continue;
		while (i < last && memcmp(out + i * element, out + (i - 1) * element, element) == 0)
			i++;
		if (i >= last)
			return;
		if (strcmp(names[n], "sort") == 0) /* sum of key i * (2 i + 1) */
			checksum += 2 * (((uint64_t *)b->shared)[i - 1] - ((uint64_t *)b->shared)[i]);
		memcpy(kept, out + i * element, element);
		memcpy(out + i * element, out + (i - 1) * element, element);
		memcpy(out + (i - 1) * element, kept, element);
		assert_int_equal(verify(b, checksum), -EBADMSG);
	}
}

static void check_that_corruption_is_seen(struct bench *b, uint64_t checksum)
{
	uint64_t random = 1, bytes = output_bytes(b);

	if (b->kernel->verify)
		assert_int_equal(verify(b, checksum + 1), -EBADMSG);
	for (int i = 0; bytes > 0 && i < 8; i++) {
		unsigned char *byte = (unsigned char *)b->shared + splitmix64(&random) % bytes;

		*byte ^= 1;
		assert_int_equal(verify(b, checksum), -EBADMSG);
		*byte ^= 1;
	}
	assert_int_equal(verify(b, checksum), 0);
	check_that_order_matters(b, checksum);
	memset(b->shared, 0x5a, bytes); /* the next job has to write all of it again */
}

static void conform_prepared(struct bench *b)
{
	struct cost cost = kernel_cost(b->kernel, &b->params);
	uint64_t checksum = job(b, 1, 0);

	assert_true(kernel_items(b->kernel, &b->params) > 0 && kernel_phases(b->kernel, &b->params) > 0);
	assert_true(cost.per_item > 0 && isfinite(cost.per_item) && cost.unit && *cost.unit);
	assert_int_equal(verify(b, checksum), 0);
	check_that_corruption_is_seen(b, checksum);
	for (uint32_t workers = 1; workers <= WORKERS_MAX; workers += 3) {
		assert_int_equal(job(b, workers, workers), checksum);
		assert_int_equal(verify(b, checksum), 0);
	}
}

static void conform(const struct kernel *kernel, uint64_t size, const char *input)
{
	struct bench b;

	bench_setup(&b, kernel, size, input);
	conform_prepared(&b);
	bench_teardown(&b);
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
};

static void conform_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(odd_sizes) / sizeof(odd_sizes[0]); i++)
		if (strcmp(odd_sizes[i].name, name) == 0) {
			for (const uint64_t *size = odd_sizes[i].sizes; *size; size++)
				conform(kernel_find(name), *size, NULL);
			return;
		}
	conform(kernel_find(name), kernel_find(name)->sizes[SIZE_SMALL], NULL);
}

#define KERNEL(name)                          \
	static void test_##name(void **state) \
	{                                     \
		(void)state;                  \
		conform_by_name(#name);       \
	}
#include "kernels/kernels.def"
#undef KERNEL

static void test_descriptors_are_complete(void **state)
{
	(void)state;
	for (const struct kernel *const *k = kernels_builtin; *k; k++) {
		struct params params = {.size = (*k)->sizes[SIZE_MEDIUM]};

		assert_int_equal((*k)->abi, KERNEL_ABI);
		assert_ptr_equal(kernel_find((*k)->name), *k);
		assert_true((*k)->item && (*k)->size_unit && (*k)->run);
		assert_true(strlen((*k)->help) < 100 && (*k)->help[strlen((*k)->help) - 1] != '.');
		assert_true(0 < (*k)->sizes[0] && (*k)->sizes[0] < (*k)->sizes[1]);
		assert_true((*k)->sizes[1] < (*k)->sizes[2]);
		if ((*k)->configure)
			assert_int_equal((*k)->configure(&params), 0);
		assert_true(strcmp((*k)->name, "wait") == 0 || kernel_items(*k, &params) >= 128);
	}
}

static uint64_t answer(const char *name, uint64_t size)
{
	struct bench b;
	uint64_t checksum;

	bench_setup(&b, kernel_find(name), size, NULL);
	checksum = job(&b, 3, size);
	bench_teardown(&b);
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
	struct bench b;

	(void)state;
	bench_setup(&b, kernel_find("cube"), 9, NULL);
	assert_int_equal(job(&b, 4, 1), 2025);
	assert_memory_equal(b.shared, cubes, sizeof(cubes));
	bench_teardown(&b);
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
	struct bench b;

	(void)state;
	bench_setup(&b, kernel_find("sort"), COUNT, NULL);
	for (int pattern = 0; pattern < 7; pattern++) {
		uint64_t checksum,
			*input = (uint64_t *)b.shared + 2 * to_line(sizeof(keys)) / sizeof(keys[0]);

		for (uint64_t i = 0; i < COUNT; i++)
			input[i] = keys[i] = expected[i] = pattern_key(pattern, i, COUNT);
		qsort(expected, COUNT, sizeof(expected[0]), compare_keys);
		keysort(keys, COUNT);
		assert_memory_equal(keys, expected, sizeof(keys));
		checksum = job(&b, 5, 2);
		assert_int_equal(verify(&b, checksum), 0);
		assert_memory_equal(b.shared, expected, sizeof(expected));
	}
	bench_teardown(&b);
}

/* A temporary file; the caller unlinks it. */
static void write_file(char path[32], const void *bytes, size_t length)
{
	int fd;

	memcpy(path, "/tmp/pvt-test-XXXXXX", sizeof("/tmp/pvt-test-XXXXXX"));
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), (ssize_t)length);
	close(fd);
}

/* Counts a text by file; checks words and distinct words, and all that conform() checks. */
static void check_words(const void *text, size_t length, uint64_t words, uint64_t distinct)
{
	uint64_t found[2] = {0}, *results;
	struct bench b;
	char path[32];

	write_file(path, text, length);
	conform(kernel_find("wordcount"), 1, path);
	bench_setup(&b, kernel_find("wordcount"), 1, path);
	unlink(path);
	job(&b, 3, 3);
	results = b.shared;
	for (uint64_t p = 0; p < kernel_items(b.kernel, &b.params); p++) {
		found[0] += results[2 * p];
		found[1] += results[2 * p + 1];
	}
	bench_teardown(&b);
	assert_int_equal(found[0], words);
	assert_int_equal(found[1], distinct);
}

static void test_words_of_a_text(void **state)
{
	static const char text[] = "It was the best of times, it was the WORST of times";
	static const char binary[] = "\0a\0b\0\x01 a\xff \0";

	(void)state;
	check_words(text, sizeof(text) - 1, 12, 7);
	check_words("Gr\xc3\xbc\xc3\x9f gr\xc3\xbc\xc3\x9f gr\xc3\xb6\xc3\x9f", 20, 3, 2);
	check_words(binary, sizeof(binary) - 1, 3, 3);
	check_words("don't", 5, 2, 2);
	check_words("\n", 1, 0, 0);
	check_words("x", 1, 1, 1);
}

/* Every chunk boundary falls into a word: one over all chunks, then many of all lengths, then none. */
static void test_words_across_chunks(void **state)
{
	enum { LENGTH = 100000 };
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz.", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ.";
	char *text = malloc(LENGTH);
	uint64_t words = 0;

	(void)state;
	assert_non_null(text);
	memset(text, 'w', LENGTH);
	check_words(text, LENGTH, 1, 1);
	memset(text + LENGTH / 3, ' ', 1);
	check_words(text, LENGTH, 2, 2);
	for (uint64_t i = 0; i < LENGTH; i++)
		text[i] = (mix64(i) % 2 ? upper : lower)[i % 2 ? 26 : i / 2 % 26];
	check_words(text, LENGTH, LENGTH / 2, 26);
	for (uint64_t at = 0, length = 1; at + length < LENGTH; at += length + 1, length = length % 300 + 1) {
		memset(text + at, 'x', length);
		text[at + length] = ' ';
		words++;
		if (at + length + 1 + length % 300 + 1 >= LENGTH)
			memset(text + at + length, ' ', LENGTH - at - length);
	}
	check_words(text, LENGTH, words, 300);
	memset(text, '\0', LENGTH);
	check_words(text, LENGTH, 0, 0);
	free(text);
}

/* Counts the text twice in one table, which grows and grows. */
static void check_table(const unsigned char *text, uint64_t bytes, uint32_t distinct)
{
	struct word_table table;
	struct word word;

	assert_int_equal(word_table_create(&table, text, distinct), 0);
	word_table_clear(&table);
	for (int pass = 0; pass < 2; pass++)
		for (uint64_t at = 0; word_next(text, bytes, bytes, &at, &word);)
			word_table_add(&table, &word);
	assert_int_equal(table.used, distinct);
	for (uint32_t i = 0; i < distinct; i++)
		assert_int_equal(table.words[i].count, 2);
	word_table_free(&table);
}

/* All words of two bytes, 154 of which can be in words: the densest text there is. */
static void test_many_distinct_words(void **state)
{
	enum { LETTERS = 26 + 128, WORDS = LETTERS * LETTERS, BYTES = 3 * WORDS };
	unsigned char letters[LETTERS], *text = malloc(BYTES);

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < LETTERS; i++)
		letters[i] = (unsigned char)(i < 26 ? 'a' + i : 128 + i - 26);
	for (int i = 0, at = 0; i < WORDS; i++, at += 3) {
		text[at] = letters[i % LETTERS];
		text[at + 1] = letters[i / LETTERS];
		text[at + 2] = ' ';
	}
	check_words(text, BYTES, WORDS, WORDS);
	check_table(text, BYTES, WORDS);
	free(text);
}

static void check_gradients(const void *image, size_t length, const uint32_t *expected, size_t count)
{
	struct bench b;
	char path[32];

	write_file(path, image, length);
	conform(kernel_find("sobel"), 1, path);
	bench_setup(&b, kernel_find("sobel"), 1, path);
	unlink(path);
	job(&b, 2, 4);
	assert_int_equal(b.params.extent[0] * b.params.extent[1], count);
	assert_memory_equal(b.shared, expected, count * sizeof(*expected));
	bench_teardown(&b);
}

/* A step of 100 gives 4 * 100 on both sides of it, whatever the format. */
static void test_images_in_all_formats(void **state)
{
	static const uint32_t step[] = {0, 400, 400, 0, 0, 400, 400, 0, 0, 400, 400, 0}, one[] = {0};
	static const char p2[] = "P2 # plain\n4 3\n# a comment\n255\n0 0 100 100 0 0 100 100\n0 0 100 100";
	static const char p3[] = "P3\n4\t3 255\n0 0 0 0 0 0 100 100 100 100 100 100\n0 0 0 0 0 0 100 100 100 "
				 "100 100 100 0 0 0 0 0 0 100 100 100 100 100 100\n";
	static const char p5[] = "P5\n# c\n4 3\n255\n\0\0dd\0\0dd\0\0dd";
	static const char p6[] = "P6 4 3 255\n\0\0\0\0\0\0dddddd\0\0\0\0\0\0dddddd\0\0\0\0\0\0dddddd";
	static const char deep[] = "P5 4 3 65535\n\0\0\0\0\0d\0d\0\0\0\0\0d\0d\0\0\0\0\0d\0d";
	/* red 255, then blue 255: 76 and 29 by BT.601, apart by 47 */
	static const char luma[] = "P3 2 1 255 255 0 0 0 0 255";
	static const uint32_t colours[] = {4 * 47, 4 * 47};
	/* a corner, and the largest values that there are */
	static const char corner[] = "P5 2 2 65535\n\0\0\0\0\0\0\xff\xff";
	static const uint32_t corners[] = {92680, 207239, 207239, 278041};

	(void)state;
	check_gradients(p2, sizeof(p2) - 1, step, 12);
	check_gradients(p3, sizeof(p3) - 1, step, 12);
	check_gradients(p5, sizeof(p5) - 1, step, 12);
	check_gradients(p6, sizeof(p6) - 1, step, 12);
	check_gradients(deep, sizeof(deep) - 1, step, 12);
	check_gradients(luma, sizeof(luma) - 1, colours, 2);
	check_gradients(corner, sizeof(corner) - 1, corners, 4);
	check_gradients("P2 1 1 1 1", 10, one, 1);
}

/* Noise, against verify's own gradient, in a shape that is no square. */
static void test_a_noisy_image(void **state)
{
	enum { WIDTH = 61, HEIGHT = 53, PIXELS = WIDTH * HEIGHT };
	unsigned char image[16 + PIXELS];
	int header = sprintf((char *)image, "P5 %d %d 255\n", WIDTH, HEIGHT);
	char path[32];

	(void)state;
	for (uint64_t i = 0; i < PIXELS; i++)
		image[(uint64_t)header + i] = (unsigned char)mix64(i);
	write_file(path, image, (size_t)header + PIXELS);
	conform(kernel_find("sobel"), 1, path);
	unlink(path);
}

/* configure or, if that lets it pass, prepare fails with `error`, and says `why`. */
static void check_refused(const char *kernel_name, const char *path, uint64_t size, int error,
			  const char *why)
{
	const struct kernel *kernel = kernel_find(kernel_name);
	struct params params = {.size = size, .input = path};
	int got = kernel->configure(&params);

	if (got == 0 && kernel->prepare) {
		void *shared = calloc(1, kernel_shared_bytes(kernel, &params));

		assert_non_null(shared);
		got = kernel->prepare(shared, &params);
		free(shared);
	}
	if (!strstr(params.why, why))
		fail_msg("\"%s\" does not say \"%s\"", params.why, why);
	assert_int_equal(got, -error);
}

static void test_broken_images_are_refused(void **state)
{
	static const struct {
		const char *content, *why;
		int error;
	} cases[] = {
		{"", "is empty", ENODATA},
		{"\x89PNG\r\n", "starts with bytes 89 50 \".P\"", EINVAL},
		{"P4 8 1\n\xff", "starts with bytes 50 34 \"P4\", not with P2, P3, P5 or P6", EINVAL},
		{"P", "not a PGM or PPM image", EINVAL},
		{"P5 4", "ends in the header, before the height", ENODATA},
		{"P5 4 # 3 255", "ends in the header, before the height", ENODATA},
		{"P5 x 3 255\n", "the width is not a number", EINVAL},
		{"P5 4x3 255\n", "the width is not a number", EINVAL},
		{"P5 -4 3 255\n", "the width is not a number", EINVAL},
		{"P5 0 3 255\n", "the width is not in 1 .. 1000000000", ERANGE},
		{"P5 4 18446744073709551617 255\n0123" /* 1 mod 2^64 */,
		 "the height is not in 1 .. 1000000000", ERANGE},
		{"P5 4 3 65536\n", "the maximum value is not in 1 .. 65535", ERANGE},
		{"P5 4 3 255\n01234567890", "truncated: 12 bytes of pixels expected, 11 found", ENODATA},
		{"P6 4 3 256\n0", "truncated: 72 bytes of pixels expected, 1 found", ENODATA},
		{"P5 1000000000 1000000000 255\n0", "truncated: 1000000000000000000 bytes", ENODATA},
		{"P2 4 3 255 0 0 0", "truncated: at least 23 bytes of pixels expected, 5 found", ENODATA},
		{"P2 2 2 255 100 100 100  ", "truncated: 4 pixels expected, 3 found", ENODATA},
		{"P2 2 1 99 99 100", "pixel 1 has a sample not in 0 .. 99", EINVAL},
		{"P2 2 1 99 99 x", "pixel 1 has a sample not in 0 .. 99", EINVAL},
		{"P5 1 1 64\nA", "pixel 0 has a sample not in 0 .. 64", EINVAL},
	};
	char path[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(path, cases[i].content, strlen(cases[i].content));
		check_refused("sobel", path, 1, cases[i].error, cases[i].why);
		unlink(path);
	}
}

static void test_what_is_no_file_is_refused(void **state)
{
	static const char *const kernels[] = {"sobel", "wordcount"};
	char path[32];

	(void)state;
	for (int k = 0; k < 2; k++) {
		check_refused(kernels[k], "/tmp", 1, EISDIR, "/tmp: is a folder");
		check_refused(kernels[k], "/no/such", 1, ENOENT, "/no/such: No such file or directory");
		check_refused(kernels[k], "/dev/null", 1, EINVAL, "/dev/null: is not a regular file");
		write_file(path, "", 0);
		check_refused(kernels[k], path, 1, ENODATA, ": is empty");
		unlink(path);
	}
}

/* Files with a hole: as long as they say, with next to nothing on the disk. */
static void test_what_is_too_large_is_refused(void **state)
{
	char path[32];

	(void)state;
	write_file(path, "P5 1000000 1000000 255\n", 23);
	assert_int_equal(truncate(path, 1000000000023), 0);
	check_refused("sobel", path, 1, ENOMEM, "needs 5587.9 GiB of memory, this machine has ");
	assert_int_equal(truncate(path, 3000000000), 0);
	check_refused("wordcount", path, 1, EFBIG,
		      "3000000000 bytes: more than 2147483647 are not supported");
	unlink(path);
	for (const struct kernel *const *k = kernels_builtin; *k; k++)
		if ((*k)->configure)
			check_refused((*k)->name, NULL, UINT64_MAX,
				      strcmp((*k)->name, "wordcount") == 0                    ? EFBIG
				      : (*k)->shared_bytes && strcmp((*k)->name, "spin") != 0 ? ENOMEM
											      : ERANGE,
				      "");
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
		cmocka_unit_test(test_sort_agrees_with_qsort),
		cmocka_unit_test(test_words_of_a_text),
		cmocka_unit_test(test_words_across_chunks),
		cmocka_unit_test(test_many_distinct_words),
		cmocka_unit_test(test_images_in_all_formats),
		cmocka_unit_test(test_a_noisy_image),
		cmocka_unit_test(test_broken_images_are_refused),
		cmocka_unit_test(test_what_is_no_file_is_refused),
		cmocka_unit_test(test_what_is_too_large_is_refused),
	};
	return check_main(argc, argv, tests);
}
