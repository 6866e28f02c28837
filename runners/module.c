#include "runners/module.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/launcher.h"

bool module_file(const char *name, char *file, size_t bytes)
{
	char program[PATH_MAX];
	if (!realpath(process_program(), program))
		*program = '\0';
	char *slash = strrchr(program, '/');
	if (slash)
		*slash = '\0';
	snprintf(file, bytes, "%s/" PVT_MODULES_DIR "/%s", program, name);
	if (access(file, R_OK) != 0)
		snprintf(file, bytes, "%s/%s", program, name);
	return access(file, R_OK) == 0;
}
