#include "bench/base/json_put.h"

#include <errno.h>
#include <stdlib.h>

int json_put(json_t *root, FILE *file)
{
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	if (!text)
		return -ENOMEM;
	fputs(text, file);
	fputc('\n', file);
	free(text);
	return 0;
}
