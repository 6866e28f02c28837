/*
 * The kernels that this process knows: those built in, then those of plug-ins. A plug-in is a shared object
 * that exports `const struct kernel *const pvt_kernels[]`, NULL-terminated; it stays loaded until the process
 * ends.
 */
#ifndef PVT_CATALOG_H
#define PVT_CATALOG_H

#include <stddef.h>

#include "kernels/kernel.h"

/* Loads one plug-in; a file that is loaded already is left alone. 0, or EXIT_UNUSABLE after a message. */
int catalog_load(const char *file);

/* Loads every *.so of colon-separated folders (NULL: none), in alphabetical order. As catalog_load. */
int catalog_load_folders(const char *folders);

/* The kernels by number, NULL past the last; by name, NULL if there is none. */
const struct kernel *catalog_kernel(size_t index);
const struct kernel *catalog_find(const char *name);

/* For a spawned worker: the kernel of that name from that plug-in ("": built in), or NULL after a message. */
const struct kernel *catalog_find_in(const char *name, const char *plugin);

/* The absolute path of the kernel's plug-in, or NULL for one that is built in. */
const char *catalog_plugin(const struct kernel *kernel);

#endif
