/* Like with like: were runs measured on the same machine, with the same kind of build? Their env.json says.
 */
#ifndef PVT_SAME_MACHINE_H
#define PVT_SAME_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "bench/machine/env_file.h"

/*
 * Is each of the files of samples like the first: in the machine, unless `any_machine`, and in the build,
 * which is to be none for debugging, unless `any_build`? 0, or EXIT_UNUSABLE after a message that names the
 * difference.
 */
int same_machine_check(const char *first, char *const *path, size_t count, bool any_machine, bool any_build);

/* Do both say the same of their machine: processor, cores, units, memory, kernel, host? */
bool same_machine_is(const struct env_file *one, const struct env_file *other);

#endif
