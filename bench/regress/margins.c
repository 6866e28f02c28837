#include "bench/regress/margins.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/text.h"
#include "bench/base/units.h"

enum { LINE_MAX_BYTES = 1024, PATTERNS_MAX = 1024 };

struct reader {
	const char *path;
	struct margins *margins;
	size_t line; /* from 1 */
	char *why;
	size_t why_bytes;
};

int margins_share(const char *text, double *share)
{
	if (strcmp(text, "0") == 0) {
		*share = 0;
		return 0;
	}
	return units_share(text, share);
}

static int refuse(struct reader *r, size_t byte, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int refuse(struct reader *r, size_t byte, const char *format, ...)
{
	char message[256];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	snprintf(r->why, r->why_bytes, "%s:%zu:%zu: %s", r->path, r->line, byte + 1, message);
	return -EINVAL;
}

static int keep(struct reader *r, const char *pattern, double margin)
{
	struct margins *m = r->margins;
	struct exception *more = realloc(m->exception, (m->count + 1) * sizeof *more);
	if (!more)
		return -ENOMEM;
	m->exception = more;
	more[m->count] = (struct exception){.pattern = strdup(pattern), .margin = margin};
	if (!more[m->count].pattern)
		return -ENOMEM;
	m->count++;
	return 0;
}

static bool is_there(const struct margins *margins, const char *pattern)
{
	for (size_t i = 0; i < margins->count; i++)
		if (strcmp(margins->exception[i].pattern, pattern) == 0)
			return true;
	return false;
}

static int read_words(struct reader *r, char *text)
{
	static const char blanks[] = " \t";
	char *rest = NULL, *pattern = strtok_r(text, blanks, &rest), *word = strtok_r(NULL, blanks, &rest),
	     *third = strtok_r(NULL, blanks, &rest);
	double margin;
	if (!pattern || *pattern == '#')
		return 0;
	size_t at = (size_t)((third ? third : word ? word : pattern) - text);
	if (!word || third || margins_share(word, &margin))
		return refuse(r, at, "not a pattern and a margin, such as: scaling/triad/* 5%%");
	if (is_there(r->margins, pattern))
		return refuse(r, (size_t)(pattern - text), "this pattern has a margin already");
	if (r->margins->count == PATTERNS_MAX)
		return refuse(r, 0, "more than %d patterns", PATTERNS_MAX);
	return keep(r, pattern, margin);
}

/* Tabs are blanks here; whatever else controls a terminal has no place in a pattern. */
static bool is_plain(const char *text)
{
	char copy[LINE_MAX_BYTES + 1];
	snprintf(copy, sizeof copy, "%s", text);
	for (char *tab = copy; (tab = strchr(tab, '\t'));)
		*tab = ' ';
	return text_is_plain(copy);
}

static int read_line(struct reader *r, char *text, size_t bytes)
{
	if (r->line == 1 && strncmp(text, "\xef\xbb\xbf", 3) == 0)
		return refuse(r, 0, "a byte order mark, which would belong to the first pattern");
	if (strlen(text) < bytes)
		return refuse(r, strlen(text), "a NUL byte");
	if (bytes && text[bytes - 1] == '\r')
		text[bytes - 1] = '\0';
	if (!is_plain(text))
		return refuse(r, 0, "a control character, or not UTF-8");
	return read_words(r, text);
}

/* Without end: a line of any length would take memory of any amount. */
static int read_lines(struct reader *r, FILE *file)
{
	char text[LINE_MAX_BYTES + 1];
	size_t bytes = 0;
	int error = 0, c;
	do {
		c = getc(file);
		if (c != EOF && c != '\n') {
			if (bytes == LINE_MAX_BYTES)
				return refuse(r, bytes, "a line of more than %d bytes", LINE_MAX_BYTES);
			text[bytes++] = (char)c;
			continue;
		}
		if (ferror(file))
			return -errno;
		text[bytes] = '\0';
		error = read_line(r, text, bytes);
		bytes = 0;
		r->line++;
	} while (c != EOF && !error);
	return error;
}

int margins_read(const char *path, struct margins *margins, char *why, size_t why_bytes)
{
	struct reader r = {.path = path, .margins = margins, .line = 1, .why = why, .why_bytes = why_bytes};
	*margins = (struct margins){0};
	*why = '\0';
	FILE *file = fopen(path, "re");
	int error = file ? read_lines(&r, file) : -errno;
	if (error && !*why)
		snprintf(why, why_bytes, "'%s': %s", path, strerror(-error));
	if (file)
		fclose(file);
	return error;
}

void margins_free(struct margins *margins)
{
	for (size_t i = 0; i < margins->count; i++)
		free(margins->exception[i].pattern);
	free(margins->exception);
	*margins = (struct margins){0};
}
