/*
 * What makes a case the case that it is: the one identity by which plans, rows, summaries and comparisons
 * know it again, with its name, its order and what it shares with others.
 */
#ifndef PVT_CASE_ID_H
#define PVT_CASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/samples/samples.h"

/* The texts belong to whoever the case comes from: samples, or the program. */
struct case_id {
	const char *suite, *kernel;
	uint64_t size;
	const char *runner;
	uint64_t workers, hosts;
	const char *placement, *schedule;
	uint64_t chunk, ballast;
	const char *pages;  /* "" without ballast */
	const char *python; /* "3.13.5t"; "" but of kernels in Python */
};

enum { CASE_NAME_BYTES = 1024 }; /* texts of samples have 128 bytes at the most */

/* Of a row. Its hosts may be 0, in files of before: that is 1. */
struct case_id case_id_of_sample(const struct sample *sample);

/* The columns that name the case, and no other. */
void case_id_to_sample(const struct case_id *id, struct sample *sample);

/*
 * Below, at or above 0, by suite, kernel, size, runner (as `pvt list runners` has them), workers and the
 * rest.
 */
int case_id_order(const struct case_id *a, const struct case_id *b);
bool case_id_is(const struct case_id *a, const struct case_id *b);

/* Suite, kernel, size, ballast and Python: all but who does it, and where. */
bool case_id_is_same_work(const struct case_id *a, const struct case_id *b);

bool case_id_is_seq(const struct case_id *id);

/* "suite/kernel/size/runner/workers:N". How many bytes it takes, as snprintf. */
int case_id_base(const struct case_id *id, char *text, size_t bytes);

/* The same, and what else makes cases of one run differ: placement, hosts, ballast, Python. Returns `text`.
 */
const char *case_id_name(const struct case_id *id, char text[static CASE_NAME_BYTES]);

#endif
