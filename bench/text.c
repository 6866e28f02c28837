#include "bench/text.h"

#include <jansson.h>
#include <stdio.h>

static bool is_utf8(const char *text)
{
	json_t *string = json_string(text); /* it checks */
	json_decref(string);
	return string;
}

/* Also U+0080 to U+009F, which in UTF-8 begin with 0xc2: to some terminals U+009B is as good as ESC [. */
static bool is_control(const unsigned char *c)
{
	return *c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0);
}

bool text_is_plain(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (is_control(c))
			return false;
	return is_utf8(text);
}

const char *text_show(const char *text, char *shown, size_t bytes)
{
	bool utf8 = is_utf8(text);
	const unsigned char *from = (const unsigned char *)text;
	size_t n = 0;
	for (const unsigned char *c = from; *c && n + sizeof "\\xNN" <= bytes; c++) {
		bool escaped = is_control(c) || (c > from && c[-1] == 0xc2 && is_control(c - 1)) ||
			       (!utf8 && *c >= 0x80);
		n += (size_t)sprintf(shown + n, escaped ? "\\x%02x" : "%c", *c);
	}
	/* not in the middle of a character */
	while (n && n + sizeof "\\xNN" > bytes && ((unsigned char)shown[n - 1] & 0xc0) == 0x80)
		n--;
	shown[n] = '\0';
	return shown;
}
