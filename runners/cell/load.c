#include "runners/cell/load.h"

#include <dlfcn.h>
#include <string.h>

#include "kernels/registry.h"

const struct kernel *load_kernel(const char *name, const char *plugin)
{
	if (!*plugin)
		return kernel_find(name);
	void *object = dlopen(plugin, RTLD_NOW | RTLD_LOCAL);
	const struct kernel *const *list = object ? dlsym(object, "pvt_kernels") : NULL;
	for (; list && *list; list++)
		if ((*list)->abi == KERNEL_ABI && strcmp((*list)->name, name) == 0)
			return *list;
	return NULL;
}
