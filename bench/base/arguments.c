#include "bench/base/arguments.h"

#include <stddef.h>

#include "bench/base/exit.h"

int arguments_read(int argc, char **argv, const struct option *options, int (*take)(void *request, int id),
		   void *request)
{
	int id, code = 0;
	opterr = 0;
	while (!code && (id = getopt_long(argc, argv, ":", options, NULL)) != -1)
		code = id != '?' && id != ':'
			       ? take(request, id)
			       : complain(EXIT_UNUSABLE, "%s %s; see `pvt help %s`", argv[optind - 1],
					  id == ':' ? "needs a value" : "is not an option", argv[0]);
	return code;
}
