#include "bench/base/word_list.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

const char *word_list_next(const char *list, char *word, size_t bytes)
{
	if (!list || !*list)
		return NULL;
	size_t length = strcspn(list, ",");
	snprintf(word, bytes, "%.*s", (int)length, list);
	return list[length] ? list + length + 1 : list + length;
}

bool word_list_has(const char *list, const char *word)
{
	char pattern[64];
	for (const char *at = list; (at = word_list_next(at, pattern, sizeof pattern));)
		if (fnmatch(pattern, word, 0) == 0)
			return true;
	return !list;
}
