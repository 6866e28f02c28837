/* The kernel that an order is about: one that is built in, or a plug-in's. */
#ifndef PVT_CELL_LOAD_H
#define PVT_CELL_LOAD_H

#include "kernels/kernel.h"

/* The desk has looked at the file before (catalog.h). `plugin` is an absolute path, "": built in. NULL: there
 * is no such kernel. */
const struct kernel *load_kernel(const char *name, const char *plugin);

#endif
