/* Parts of pvt that another's library is linked to: shared objects, loaded by the process that needs them
 * alone. */
#ifndef PVT_MODULE_H
#define PVT_MODULE_H

#include <stdbool.h>
#include <stddef.h>

enum { MODULE_FILE_BYTES = 5000 };

/*
 * Where the module of that file name is: apart from the program where it was installed, next to it in a build
 * folder. False: nowhere; `file` then says where it was looked for last.
 */
bool module_file(const char *name, char *file, size_t bytes);

#endif
