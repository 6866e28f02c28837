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
struct cost kernel_cost(const struct kernel *kernel, const struct params *params);

#endif
