#include "bench/machine/python.h"

#include <stdlib.h>

#include "bench/machine/environment.h"
#include "kernels/python/find.h"

json_t *python_describe(char *why, size_t why_bytes)
{
	struct python_place *place = calloc(1, sizeof *place);
	json_t *json = NULL;
	if (place && python_find(place, why, why_bytes) == 0)
		json = json_pack("{s:s, s:b, s:s*, s:o}", "version", place->version, "gil", place->gil,
				 "library", place->library, "file", environment_file_stamp(place->library));
	free(place);
	return json;
}
