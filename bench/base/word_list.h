/* Lists: words with commas between them, patterns as of glob(7) among them. */
#ifndef PVT_WORD_LIST_H
#define PVT_WORD_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* The next word of a list, NUL-terminated in `word`; NULL at the end. */
const char *word_list_next(const char *list, char *word, size_t bytes);

/* Does the list contain the word, or a pattern for it? A NULL list contains all. */
bool word_list_has(const char *list, const char *word);

#endif
