/* Kernels that read files: what is in them comes out, and what cannot be used is refused with a reason. */
#include "tests/unit/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/mix.h"
#include "kernels/registry.h"
#include "kernels/wordtable.h"
#include "tests/unit/conform.h"

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
	struct rig b;
	char path[32];

	write_file(path, text, length);
	conform(kernel_find("wordcount"), 1, path);
	rig_setup(&b, kernel_find("wordcount"), 1, path);
	unlink(path);
	rig_job(&b, 3, 3);
	results = b.shared;
	for (uint64_t p = 0; p < kernel_items(b.kernel, &b.params); p++) {
		found[0] += results[2 * p];
		found[1] += results[2 * p + 1];
	}
	rig_teardown(&b);
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
	struct rig b;
	char path[32];

	write_file(path, image, length);
	conform(kernel_find("sobel"), 1, path);
	rig_setup(&b, kernel_find("sobel"), 1, path);
	unlink(path);
	rig_job(&b, 2, 4);
	assert_int_equal(b.params.extent[0] * b.params.extent[1], count);
	assert_memory_equal(b.shared, expected, count * sizeof(*expected));
	rig_teardown(&b);
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
	for (const struct kernel *const *k = kernels_builtin; *k; k++) {
		struct params params = {.size = UINT64_MAX};
		if ((*k)->configure && (*k)->kind != KERNEL_WORK) {
			assert_true((*k)->configure(&params) < 0 && *params.why);
		} else if ((*k)->configure) {
			check_refused((*k)->name, NULL, UINT64_MAX,
				      strcmp((*k)->name, "wordcount") == 0                          ? EFBIG
				      : (*k)->needs & KERNEL_NEEDS_INTERPRETER                      ? ERANGE
				      : (*k)->shared_bytes && (*k)->run != kernel_find("spin")->run ? ENOMEM
												    : ERANGE,
				      "");
		}
	}
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
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
