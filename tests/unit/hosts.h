/*
 * What writes() of a kernel has to keep: hosts that share no memory are simulated, each with its own copy of
 * the area and workers of its own, and after each phase nothing passes between them but the pieces that are
 * told.
 */
#ifndef PVT_TESTS_HOSTS_H
#define PVT_TESTS_HOSTS_H

#include "tests/unit/told.h"

/*
 * Works on the kernel's prepared area, and on garbage wherever prepare() has written nothing. NULL: the
 * kernel keeps what it has to; or what it does not, static storage.
 */
const char *hosts_check(const struct kernel *kernel, uint64_t size, const struct spoiling *spoiling);

#endif
