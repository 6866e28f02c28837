#include "bench/exit.h"

#include <stdarg.h>
#include <stdio.h>

int complain(int code, const char *format, ...)
{
	va_list args;
	fflush(stdout);
	fputs("pvt: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}
