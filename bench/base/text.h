/* Text that comes from outside: names, paths, what a plug-in or a file says. */
#ifndef PVT_TEXT_H
#define PVT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Is it UTF-8 without control characters, and without those that turn the direction of writing? Only such
 * text may reach a terminal, a table or a plot as it is. */
bool text_is_plain(const char *text);

/*
 * The text with \xNN for each byte of a control character, of one that turns the direction of writing, and of
 * what is not UTF-8. Returns `shown`, of `bytes`, cut at a whole character.
 */
const char *text_show(const char *text, char *shown, size_t bytes);

/* How many columns of a terminal the first `bytes` of a text take, if no character is wide. */
size_t text_columns(const char *text, size_t bytes);

#endif
