/* See params.h. */
#include "kernels/params.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int params_fail(struct params *params, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(params->why, sizeof(params->why), format, args);
	va_end(args);
	return -error;
}

int params_fit(struct params *params, double bytes)
{
	double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	const double gib = 1024.0 * 1024 * 1024;

	if (bytes <= memory)
		return 0;
	return params_fail(params, ENOMEM, "needs %.1f GiB of memory, this machine has %.1f GiB", bytes / gib,
			   memory / gib);
}

int params_limit(struct params *params, uint64_t limit)
{
	if (params->size >= 1 && params->size <= limit)
		return 0;
	return params_fail(params, ERANGE, "size %llu is not in 1 .. %llu", (unsigned long long)params->size,
			   (unsigned long long)limit);
}

int params_open(struct params *params, FILE **file, uint64_t *bytes)
{
	struct stat status;
	int error = 0;

	*file = fopen(params->input, "rb");
	if (!*file)
		return params_fail(params, errno, "%.150s: %s", params->input, strerror(errno));
	if (fstat(fileno(*file), &status) != 0)
		error = params_fail(params, errno, "%.150s: %s", params->input, strerror(errno));
	else if (S_ISDIR(status.st_mode))
		error = params_fail(params, EISDIR, "%.150s: is a folder", params->input);
	else if (!S_ISREG(status.st_mode))
		error = params_fail(params, EINVAL, "%.150s: is not a regular file", params->input);
	else if (status.st_size == 0)
		error = params_fail(params, ENODATA, "%.150s: is empty", params->input);
	if (error) {
		fclose(*file);
		*file = NULL;
		return error;
	}
	*bytes = (uint64_t)status.st_size;
	return 0;
}
