/*
 * How configure and prepare fail: with a reason in params->why. Also what every kernel has to ask before it
 * names a number of bytes (does it fit?) and before it reads --input (is it a file with something in it?).
 */
#ifndef PVT_PARAMS_H
#define PVT_PARAMS_H

#include "kernels/kernel.h"

#include <stdio.h>

/* Writes why; returns -error. */
int params_fail(struct params *params, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* 0 if this machine's memory can hold `bytes` (a double: nothing overflows); else -ENOMEM, why with both. */
int params_fit(struct params *params, double bytes);

/* 0 if 1 <= size <= limit, else -ERANGE. */
int params_limit(struct params *params, uint64_t limit);

/*
 * Opens params->input for reading, a regular file that is not empty. The caller closes *file. Returns 0, or
 * -errno with why; *file is then NULL.
 */
int params_open(struct params *params, FILE **file, uint64_t *bytes);

#endif
