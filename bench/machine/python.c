#include "bench/machine/python.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/machine/environment.h"

static json_t *describe(const struct python_place *place)
{
	return json_pack("{s:s, s:b, s:s*, s:o}", "version", place->version, "gil", place->gil, "library",
			 place->library, "file", environment_file_stamp(place->library));
}

json_t *python_describe(const struct interpreters *all)
{
	json_t *list = json_array();
	for (size_t i = 0; i < all->count; i++) {
		const struct interpreter *one = &all->one[i];
		json_t *json = *one->label ? describe(&one->place) : NULL;
		if (!json)
			continue;
		json_object_set_new(json, "name", json_string(one->label));
		json_object_set_new(json, "program", json_string(one->program));
		json_object_set_new(json, "own_gil", json_boolean(one->place.own_gil));
		json_array_append_new(list, json);
	}
	if (json_array_size(list))
		return list;
	json_decref(list);
	return NULL;
}

static bool one_differs(const json_t *then, char *what, size_t bytes)
{
	struct python_place *place = calloc(1, sizeof *place);
	char why[INTERPRETER_WHY] = "out of memory";
	bool differs = false;
	const char *program = json_string_value(json_object_get(then, "program"));
	json_t *now = place && python_find(program, place, why, sizeof why) == 0 ? describe(place) : NULL;
	if (now)
		differs = environment_find_difference("Python", then, now, what, bytes);
	else
		snprintf(what, bytes, "Python: now none: %s", why);
	differs |= !now;
	json_decref(now);
	free(place);
	return differs;
}

bool python_differs(const json_t *then, char *what, size_t bytes)
{
	size_t i;
	json_t *one;
	if (json_is_object(then))
		return one_differs(then, what, bytes);
	json_array_foreach(then, i, one)
	{
		if (one_differs(one, what, bytes))
			return true;
	}
	return false;
}
