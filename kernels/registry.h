/* The kernels built into pvt, in the order of kernels.def. */
#ifndef PVT_REGISTRY_H
#define PVT_REGISTRY_H

#include "kernels/kernel.h"

/* NULL-terminated; static storage. */
extern const struct kernel *const kernels_builtin[];

/* The built-in kernel of that name, or NULL. */
const struct kernel *kernel_find(const char *name);

/* A kernel's optional functions with their defaults applied. `params` must be configured. */
uint64_t kernel_items(const struct kernel *kernel, const struct params *params);
uint32_t kernel_phases(const struct kernel *kernel, const struct params *params);
size_t kernel_shared_bytes(const struct kernel *kernel, const struct params *params);

/* In how many copies `workers` do the items: a rate's groups; 1 for what is shared out. */
uint32_t kernel_copies(const struct kernel *kernel, uint32_t workers);
/* The workers that belong together, at least 1. */
uint32_t kernel_group(const struct kernel *kernel);

struct cost kernel_cost(const struct kernel *kernel, const struct params *params);

#endif
