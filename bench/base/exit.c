#include "bench/base/exit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/text.h"

/* Lines stay lines; whatever else a name or a file has in it does not reach the terminal raw. */
static void put_lines(char *text)
{
	char *rest = text, *line;
	for (bool first = true; (line = strsep(&rest, "\n")); first = false) {
		size_t bytes = 4 * strlen(line) + 8;
		char *shown = malloc(bytes);
		fprintf(stderr, "%s%s", first ? "" : "\n", shown ? text_show(line, shown, bytes) : "");
		free(shown);
	}
}

int complain(int code, const char *format, ...)
{
	va_list args;
	char *text;
	fflush(stdout);
	fputs("pvt: ", stderr);
	va_start(args, format);
	int length = vasprintf(&text, format, args);
	va_end(args);
	if (length >= 0) {
		put_lines(text);
		free(text);
	} else {
		fputs(format, stderr);
	}
	fputc('\n', stderr);
	return code;
}
