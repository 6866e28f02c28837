/* One explicit list: a kernel whose file is missing is a link error, and the list can be grepped. */
#include "kernels/registry.h"

#include <string.h>

#define KERNEL(name) extern const struct kernel kernel_##name;
#include "kernels/kernels.def"
#undef KERNEL

const struct kernel *const kernels_builtin[] = {
#define KERNEL(name) &kernel_##name,
#include "kernels/kernels.def"
#undef KERNEL
	NULL,
};

const struct kernel *kernel_find(const char *name)
{
	for (const struct kernel *const *k = kernels_builtin; *k; k++)
		if (strcmp((*k)->name, name) == 0)
			return *k;
	return NULL;
}

uint64_t kernel_items(const struct kernel *kernel, const struct params *params)
{
	return kernel->items ? kernel->items(params) : params->size;
}

uint32_t kernel_phases(const struct kernel *kernel, const struct params *params)
{
	return kernel->phases ? kernel->phases(params) : 1;
}

size_t kernel_shared_bytes(const struct kernel *kernel, const struct params *params)
{
	return kernel->shared_bytes ? kernel->shared_bytes(params) : 0;
}

struct cost kernel_cost(const struct kernel *kernel, const struct params *params)
{
	return kernel->cost ? kernel->cost(params) : (struct cost){.per_item = 1, .unit = kernel->item};
}

uint32_t kernel_group(const struct kernel *kernel)
{
	return kernel->group == KERNEL_GROUP_ALL ? 2 : kernel->group ? kernel->group : 1;
}

uint32_t kernel_copies(const struct kernel *kernel, uint32_t workers)
{
	if (kernel->kind != KERNEL_RATE || kernel->group == KERNEL_GROUP_ALL)
		return 1;
	return workers / kernel_group(kernel);
}
