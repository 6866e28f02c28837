/* What the tests of the pool share: a test runs once with threads and once with processes. */
#ifndef PVT_TESTS_POOLS_H
#define PVT_TESTS_POOLS_H

#include "tests/unit/check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runners/pool/pool.h"

#define FOREVER UINT64_MAX

static enum pool_kind kind_threads = POOL_THREADS, kind_processes = POOL_PROCESSES;

/* A test under both kinds; with PVT_THREADS_ONLY set, for tools that cannot follow forks, the latter does
 * nothing. */
#define both(test)                                                      \
	{#test " (threads)", test, NULL, NULL, &kind_threads},          \
	{                                                               \
#test " (processes)", test, NULL, NULL, &kind_processes \
	}
#define processes(test)                                  \
	{                                                \
#test, test, NULL, NULL, &kind_processes \
	}

static inline struct pool_options kind_of(void **state)
{
	struct pool_options o = {.kind = *(enum pool_kind *)*state, .workers = 3, .shared_bytes = 1u << 30};
	if (o.kind == POOL_PROCESSES && getenv("PVT_THREADS_ONLY"))
		skip();
	return o;
}

static inline struct pool *open_pool(const struct pool_options *options)
{
	char why[256] = "";
	struct pool *pool = pool_open(options, why, sizeof why);
	if (!pool)
		fail_msg("pool_open: %s", why);
	return pool;
}

/* ---- tasks ---- */

/* Of an int64_t. */
static inline int square(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	int64_t x;
	if (in_bytes != sizeof x || out_bytes != sizeof x)
		return EINVAL;
	memcpy(&x, in, sizeof x);
	x *= x;
	memcpy(out, &x, sizeof x);
	return 0;
}

/* Multiples of 7 fail with their own number. */
static inline int square_most(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	int64_t x;
	memcpy(&x, in, sizeof x);
	return x % 7 == 0 ? (int)x : square(in, in_bytes, out, out_bytes);
}

static inline int sleep_ms(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	(void)in_bytes;
	(void)out;
	(void)out_bytes;
	usleep(1000 * *(const unsigned *)in);
	return 0;
}

/* An endless iterator; `arg` is the next int64_t. */
static inline int next_number(void *arg, void *input)
{
	int64_t *next = arg;
	memcpy(input, next, sizeof *next);
	++*next;
	return 1;
}

/* ---- what is expected ---- */

static inline void expect_usable(struct pool *pool)
{
	int64_t x[8] = {0, 1, 2, 3, 4, 5, 6, 7}, y[8] = {0};
	assert_int_equal(pool_map(pool, square, x, sizeof *x, y, sizeof *y, 8, 1, NULL), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(y[i], i * i);
	assert_string_equal(pool_reason(pool), "");
}

static inline void expect_child(pid_t child)
{
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("the child ended with status %#x", (unsigned)status);
}

static inline bool is_gone(int pid)
{
	char path[64], text[512] = "";
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return true;
	size_t n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	const char *end = n ? strrchr(text, ')') : NULL;
	return !end || end[2] == 'Z' || end[2] == 'X';
}

static inline void expect_gone(const int *pids, int n)
{
	for (int i = 0; i < n; i++)
		for (int ms = 0; !is_gone(pids[i]); ms++) {
			if (ms > 5000)
				fail_msg("process %d lives", pids[i]);
			usleep(1000);
		}
}

#endif
