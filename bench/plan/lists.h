/* What the lists of options and suites mean. */
#ifndef PVT_LISTS_H
#define PVT_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/base/word_list.h"
#include "kernels/kernel.h"
#include "runners/runner.h"

/* Are all these there? 0, or EXIT_UNUSABLE after a message that names the flag and the word. */
int list_check(const char *names_of_suites, const char *names_of_kernels, const char *names_of_runners);

/* Does a suite's list have this runner, by its name or by its kind? A NULL list has all. */
bool list_has_runner(const char *list, const struct runner *runner);

struct worker_counts {
	uint32_t value[64];
	size_t count;
};

/* Adds to `counts`: "1,2", "auto" (1, 2, 4 … to all), "4x" (four per unit), with `pus` units. More than
 * there can be are as many as can be in a list of our `own`, else a mistake. 0 or EXIT_UNUSABLE after a
 * message. */
int list_workers(const char *list, uint32_t pus, bool own, struct worker_counts *counts);

/* "small", "512", "64K": in the kernel's own unit. 0 or EXIT_UNUSABLE after a message. */
int list_size(const char *word, const struct kernel *kernel, uint64_t *size);
const char *list_size_name(enum kernel_size size);

#endif
