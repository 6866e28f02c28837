#include "bench/text.h"

#include <jansson.h>
#include <stdio.h>

static bool is_utf8(const char *text)
{
	json_t *string = json_string(text); /* it checks */
	json_decref(string);
	return string;
}

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

bool text_is_plain(const char *text)
{
	for (const char *c = text; *c; c++)
		if (is_control((unsigned char)*c))
			return false;
	return is_utf8(text);
}

const char *text_show(const char *text, char *shown, size_t bytes)
{
	bool utf8 = is_utf8(text);
	size_t n = 0;
	for (const unsigned char *c = (const unsigned char *)text; *c && n + sizeof "\\xNN" <= bytes; c++)
		n += (size_t)sprintf(shown + n, is_control(*c) || (!utf8 && *c >= 0x80) ? "\\x%02x" : "%c",
				     *c);
	/* not in the middle of a character */
	while (n && n + sizeof "\\xNN" > bytes && ((unsigned char)shown[n - 1] & 0xc0) == 0x80)
		n--;
	shown[n] = '\0';
	return shown;
}
