#include "bench/render/html_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/base/text.h"

static void put_escaped(FILE *file, const char *text)
{
	static const char special[] = "&<>\"'";
	for (; *text; text++)
		if (strchr(special, *text))
			fprintf(file, "&#%d;", *text);
		else
			fputc(*text, file);
}

void html_put_text(FILE *file, const char *text)
{
	if (text_is_plain(text)) {
		put_escaped(file, text);
		return;
	}
	size_t bytes = 4 * strlen(text) + 1;
	char *shown = malloc(bytes);
	if (shown)
		put_escaped(file, text_show(text, shown, bytes));
	free(shown);
}

void html_put_element(FILE *file, const char *tag, const char *text)
{
	fprintf(file, "<%s>", tag);
	html_put_text(file, text);
	fprintf(file, "</%.*s>", (int)strcspn(tag, " "), tag);
}

void html_put_base64(FILE *file, const unsigned char *bytes, size_t count)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < count; i += 3) {
		size_t here = count - i < 3 ? count - i : 3;
		unsigned bits = 0;
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < here ? bytes[i + k] : 0u);
		for (size_t k = 0; k < 4; k++)
			fputc(k <= here ? digits[bits >> (18 - 6 * k) & 63] : '=', file);
	}
}

static char *read_file(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "rbe");
	struct stat st;
	char *text = NULL;
	if (file && fstat(fileno(file), &st) == 0 && (text = malloc((size_t)st.st_size + 1))) {
		*bytes = (size_t)st.st_size;
		if (fread(text, 1, *bytes, file) != *bytes) {
			free(text);
			text = NULL;
			errno = EIO;
		} else {
			text[*bytes] = '\0';
		}
	}
	int error = errno;
	if (file)
		fclose(file);
	errno = error;
	return text;
}

/* One byte as a URL in double quotes has it. */
static void put_encoded(FILE *file, unsigned char c)
{
	if (c < ' ' || c >= 0x7f || strchr("%#<>\"&", c))
		fprintf(file, "%%%02X", c);
	else
		fputc(c, file);
}

/* A tag's attributes in single quotes where it has none yet: a double one takes three bytes in a URL. */
static void quote_shorter(char *svg)
{
	for (char *tag = strchr(svg, '<'); tag; tag = strchr(tag + 1, '<')) {
		size_t length = strcspn(tag, ">");
		if (memchr(tag, '\'', length))
			continue;
		for (char *c = memchr(tag, '"', length); c; c = memchr(c, '"', (size_t)(tag + length - c)))
			*c = '\'';
	}
}

/*
 * Percent-encoded, not base64: half of the bytes that base64 adds, and the page can still be searched. Blank
 * space between tags shrinks to one blank. gnuplot leaves `>` as it is in a text; after `]]` that is no XML.
 */
int html_put_svg_url(FILE *file, const char *path)
{
	size_t bytes;
	char *svg = read_file(path, &bytes);
	if (!svg)
		return -errno;
	quote_shorter(svg);
	fputs("data:image/svg+xml,", file);
	for (const char *c = svg; c < svg + bytes; c++) {
		if (strchr(" \t\r\n", *c) && *c) {
			c += strspn(c, " \t\r\n") - 1;
			fputc(' ', file);
		} else if (strncmp(c, "]]>", 3) == 0) {
			fputs("]]%26gt;", file);
			c += 2;
		} else {
			put_encoded(file, (unsigned char)*c);
		}
	}
	free(svg);
	return 0;
}
