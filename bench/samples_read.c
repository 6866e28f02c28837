/* The reader of samples.csv: believes nothing, and names the place of what it refuses. */
#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bench/samples.h"
#include "bench/text.h"

enum { COLUMNS_MAX = 256, TEXT_MAX = 128 }; /* but the list of processors grows with the workers */

#define REAL_MAX 1e300 /* beyond it a number written with ten digits may not be one any more */

struct reader {
	const char *path;
	struct samples *samples;
	size_t capacity;
	size_t column;                         /* of the field being read, from 0 */
	size_t line;                           /* from 1 */
	size_t columns;                        /* in the header */
	const struct column *map[COLUMNS_MAX]; /* position -> column; NULL: one that we do not know */
	size_t known;                          /* columns of ours seen in the header, but the later ones */
	struct sample row;
	char *why;
	size_t why_bytes;
	int error;
	bool ended; /* the file, without an end of line: what is left is half a field */
};

/* Texts of a file repeat: a text equal to the one above it is shared. */
struct texts {
	size_t count, capacity;
	char **text;
};

static void refuse(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void refuse(struct reader *r, const char *format, ...)
{
	char message[256];
	va_list args;
	if (r->error)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	snprintf(r->why, r->why_bytes, "%s:%zu:%zu: %s", r->path, r->line, r->column + 1, message);
	r->error = -EINVAL;
}

static const char *keep_text(struct reader *r, const char *text, size_t length, const struct column *column)
{
	struct texts *texts = r->samples->texts;
	if (r->samples->count) {
		const char *above = *(const char **)sample_field(&r->samples->row[r->samples->count - 1],
								 column);
		if (strlen(above) == length && memcmp(above, text, length) == 0)
			return above;
	}
	if (texts->count == texts->capacity) {
		size_t capacity = texts->capacity ? 2 * texts->capacity : 256;
		char **more = realloc(texts->text, capacity * sizeof(char *));
		if (!more) {
			r->error = -ENOMEM;
			return "";
		}
		texts->text = more;
		texts->capacity = capacity;
	}
	char *copy = strndup(text, length);
	if (copy)
		texts->text[texts->count++] = copy;
	else
		r->error = -ENOMEM;
	return copy ? copy : "";
}

static void read_header(struct reader *r, const char *text)
{
	if (r->column >= COLUMNS_MAX) {
		refuse(r, "more than %d columns", COLUMNS_MAX);
		return;
	}
	r->map[r->column] = NULL;
	for (size_t i = 0; i < sample_column_count; i++) {
		if (strcmp(text, sample_columns[i].name) != 0)
			continue;
		for (size_t k = 0; k < r->column; k++)
			if (r->map[k] == &sample_columns[i])
				refuse(r, "column '%s' appears twice", text);
		r->map[r->column] = &sample_columns[i];
		r->known += !sample_columns[i].later;
	}
}

static void read_real(struct reader *r, const char *text, double *value)
{
	char *end;
	if (!*text)
		return; /* not available */
	*value = strtod(text, &end);
	if (*end || !(fabs(*value) <= REAL_MAX) || strspn(text, "+-.0123456789eE") != strlen(text))
		refuse(r, "'%.40s' is not a number", text);
}

static void read_whole(struct reader *r, const char *text, int base, uint64_t *value)
{
	char *end;
	errno = 0;
	*value = strtoull(text, &end, base);
	const char *digits = base == 16 ? "0123456789abcdefABCDEF" : "0123456789";
	if (*end || errno || !*text || strspn(text, digits) != strlen(text))
		refuse(r, "'%.40s' is not a whole number", text);
}

static void read_field(struct reader *r, const char *text, size_t length)
{
	if (r->column >= r->columns) {
		refuse(r, "more fields than the header's %zu", r->columns);
		return;
	}
	const struct column *column = r->map[r->column];
	if (!column)
		return;
	void *field = sample_field(&r->row, column);
	if (column->type == COLUMN_TEXT && !text_is_plain(text))
		refuse(r, "a name with a control character, or not UTF-8");
	else if (column->type == COLUMN_TEXT && length > TEXT_MAX &&
		 column->offset != offsetof(struct sample, cpus) &&
		 column->offset != offsetof(struct sample, why))
		refuse(r, "a name of more than %d bytes", TEXT_MAX);
	else if (column->type == COLUMN_TEXT)
		*(const char **)field = keep_text(r, text, length, column);
	else if (column->type == COLUMN_REAL)
		read_real(r, text, field);
	else
		read_whole(r, text, column->type == COLUMN_HEX ? 16 : 10, field);
}

static void on_field(void *data, size_t length, void *reader)
{
	struct reader *r = reader;
	const char *text = data ? data : "";
	if (r->error || r->ended)
		return;
	if (memchr(text, '\0', length))
		refuse(r, "a NUL byte");
	else if (r->line == 1)
		read_header(r, text);
	else
		read_field(r, text, length);
	r->column++;
}

static void keep_row(struct reader *r)
{
	struct samples *s = r->samples;
	if (s->count == r->capacity) {
		size_t capacity = r->capacity ? 2 * r->capacity : 1024;
		struct sample *more = realloc(s->row, capacity * sizeof *more);
		if (!more) {
			r->error = -ENOMEM;
			return;
		}
		s->row = more;
		r->capacity = capacity;
	}
	s->row[s->count++] = r->row;
}

static size_t count_required(void)
{
	size_t n = 0;
	for (size_t i = 0; i < sample_column_count; i++)
		n += !sample_columns[i].later;
	return n;
}

static void on_row(int terminator, void *reader)
{
	struct reader *r = reader;
	if (r->error)
		return;
	if (r->line == 1) {
		r->columns = r->column;
		if (r->known != count_required())
			refuse(r, "this is not a samples file of pvt: %zu of its %zu columns are there",
			       r->known, count_required());
	} else if (terminator == -1) {
		refuse(r, "the last line is cut: it has no end of line");
	} else if (r->column != r->columns) {
		refuse(r, "%zu fields where the header has %zu", r->column, r->columns);
	} else if (r->row.wall_ns < 0 || r->row.span_ns < 0) { /* memory can shrink, time cannot */
		refuse(r, "wall_ns or span_ns is negative");
	} else if (r->row.workers == 0) {
		refuse(r, "a sample of no workers");
	} else {
		keep_row(r);
	}
	r->line++;
	r->column = 0;
	sample_clear(&r->row);
}

static void read_stream(struct reader *r, FILE *file)
{
	struct csv_parser parser;
	char block[65536];
	size_t got;
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
		r->error = -ENOMEM;
		return;
	}
	while (!r->error && (got = fread(block, 1, sizeof block, file)) > 0)
		if (csv_parse(&parser, block, got, on_field, on_row, r) != got)
			refuse(r, "not CSV: %s", csv_strerror(csv_error(&parser)));
	r->ended = true;
	if (!r->error && csv_fini(&parser, on_field, on_row, r) != 0)
		refuse(r, "not CSV: %s", csv_strerror(csv_error(&parser)));
	if (!r->error && ferror(file))
		refuse(r, "cannot be read: %s", strerror(errno));
	if (!r->error && r->samples->count == 0)
		refuse(r, "no samples in it");
	csv_free(&parser);
}

int samples_read(const char *path, struct samples *samples, char *why, size_t why_bytes)
{
	struct reader r = {.path = path, .samples = samples, .line = 1, .why = why, .why_bytes = why_bytes};
	*samples = (struct samples){.texts = calloc(1, sizeof(struct texts))};
	sample_clear(&r.row);
	FILE *file = fopen(path, "rbe");
	if (!file || !samples->texts) {
		int error = errno;
		snprintf(why, why_bytes, "%s: %s", path, strerror(error));
		if (file)
			fclose(file);
		return -error;
	}
	read_stream(&r, file);
	fclose(file);
	if (r.error == -ENOMEM)
		snprintf(why, why_bytes, "%s: out of memory at line %zu", path, r.line);
	return r.error;
}

void samples_free(struct samples *samples)
{
	struct texts *texts = samples->texts;
	for (size_t i = 0; texts && i < texts->count; i++)
		free(texts->text[i]);
	if (texts)
		free(texts->text);
	free(texts);
	free(samples->row);
	*samples = (struct samples){0};
}
