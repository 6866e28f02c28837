/*
 * An interpreter in this process, by the stable part of Python's C interface. It stays until the process
 * ends, and goes along into forked children; nobody holds its lock but who computes.
 */
#ifndef PVT_PYTHON_EMBED_H
#define PVT_PYTHON_EMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct python_place;
struct python_worker;

/*
 * Begins the interpreter, unless this process has one. Not in several threads at once. 0, or -EOPNOTSUPP with
 * `why`.
 */
int python_begin(const struct python_place *place, char *why, size_t why_bytes);

/*
 * Makes the calling thread known to the interpreter, or to one of its own (own_gil), and compiles `source`,
 * which defines work(begin, end). The caller ends it, in the same thread. 0, or -errno with `why`. With
 * own_gil neither may happen in several threads at once.
 */
int python_enter(const char *source, bool own_gil, struct python_worker **entered, char *why,
		 size_t why_bytes);
void python_leave(struct python_worker *worker);

/* work(begin, end) mod 2^64. An exception is printed, and the result is wrong. */
uint64_t python_work(const struct python_worker *worker, uint64_t begin, uint64_t end);

#endif
