#include "bench/base/text.h"

#include <stdio.h>
#include <string.h>

/* RFC 3629: neither overlong, nor a surrogate, nor above U+10FFFF. -1 for a byte that begins no character. */
static long decode(const char *text, size_t *bytes)
{
	static const struct {
		unsigned char mask, lead;
		long least;
	} kinds[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	const unsigned char *byte = (const unsigned char *)text;
	*bytes = 1;
	for (size_t n = 0; n < sizeof kinds / sizeof *kinds; n++) {
		if ((byte[0] & kinds[n].mask) != kinds[n].lead)
			continue;
		long c = byte[0] & (unsigned char)~kinds[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if ((byte[i] & 0xc0) != 0x80) /* the NUL at the end, too */
				return -1;
			c = c << 6 | (byte[i] & 0x3f);
		}
		if (c < kinds[n].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return -1;
		*bytes = n + 1;
		return c;
	}
	return -1;
}

/* Not shown but obeyed: C0 and C1, line and paragraph separators, marks of direction, the byte order mark,
 * and no character at all. */
static bool is_obeyed(long c)
{
	bool turns = c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
		     (c >= 0x2066 && c <= 0x2069);
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || turns || c == 0xfeff || c == 0xfffe || c == 0xffff;
}

bool text_is_plain(const char *text)
{
	for (size_t n; *text; text += n)
		if (is_obeyed(decode(text, &n)))
			return false;
	return true;
}

/* The next character as it is shown; how many bytes of `text` it is. */
static size_t show_character(const char *text, char shown[32])
{
	size_t n;
	long c = decode(text, &n);
	if (c == '\n') {
		memcpy(shown, "\\n", sizeof "\\n");
	} else if (is_obeyed(c)) {
		for (size_t i = 0; i < n; i++)
			sprintf(shown + 4 * i, "\\x%02x", (unsigned)(unsigned char)text[i]);
	} else {
		memcpy(shown, text, n);
		shown[n] = '\0';
	}
	return n;
}

const char *text_show(const char *text, char *shown, size_t bytes)
{
	char one[32];
	size_t used = 0;
	*shown = '\0';
	while (*text) {
		text += show_character(text, one);
		if (used + strlen(one) + 1 > bytes)
			break;
		memcpy(shown + used, one, strlen(one) + 1);
		used += strlen(one);
	}
	return shown;
}

size_t text_columns(const char *text, size_t bytes)
{
	size_t n = 0;
	for (size_t i = 0; i < bytes; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80; /* not the rest of a character */
	return n;
}
