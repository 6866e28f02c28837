/* The reader of samples.csv: believes nothing, and names the place of what it refuses. */
#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/text.h"
#include "bench/samples/samples.h"
#include "runners/runner.h"

enum {
	COLUMNS_MAX = 256,
	TEXT_MAX = 128,
	NUMBER_MAX = 40
};                            /* but the list of processors grows with the workers */
enum { FIELD_MAX = 1 << 20 }; /* bounds what a quote never closed can take of memory */

#define REAL_MAX 1e300 /* beyond it a number written with ten digits may not be one any more */

struct reader {
	const char *path;
	struct samples *samples;
	size_t capacity;
	size_t column;                         /* of the field being read, from 0 */
	size_t line;                           /* from 1 */
	size_t columns;                        /* in the header */
	const struct column *map[COLUMNS_MAX]; /* position -> column; NULL: one that we do not know */
	const char *name[COLUMNS_MAX];         /* as the header has it */
	size_t known;                          /* columns of ours seen in the header, but the later ones */
	struct sample row;
	char *why;
	size_t why_bytes;
	int error;
	bool returned; /* the line ended with a carriage return: a line feed has to follow */
	bool ended;    /* the file, without an end of line: what is left is half a field */
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

static const char *keep_copy(struct reader *r, const char *text)
{
	struct texts *texts = r->samples->texts;
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
	char *copy = strdup(text);
	if (copy)
		texts->text[texts->count++] = copy;
	else
		r->error = -ENOMEM;
	return copy ? copy : "";
}

static const char *keep_text(struct reader *r, const char *text, const struct column *column)
{
	if (r->samples->count) {
		const char *above = *(const char **)sample_field(&r->samples->row[r->samples->count - 1],
								 column);
		if (strcmp(above, text) == 0)
			return above;
	}
	return keep_copy(r, text);
}

static void read_header(struct reader *r, const char *text)
{
	if (r->column >= COLUMNS_MAX) {
		refuse(r, "more than %d columns", COLUMNS_MAX);
		return;
	}
	if (!*text)
		refuse(r, "a column without a name");
	for (size_t k = 0; k < r->column; k++)
		if (strcmp(r->name[k], text) == 0)
			refuse(r, "column '%.40s' appears twice%s", text,
			       r->known ? "" : ", and none is one of pvt's: is the header missing?");
	r->name[r->column] = keep_copy(r, text);
	r->map[r->column] = NULL;
	for (size_t i = 0; i < sample_column_count; i++) {
		if (strcmp(text, sample_columns[i].name) != 0)
			continue;
		r->map[r->column] = &sample_columns[i];
		r->known += !sample_columns[i].later;
	}
}

static bool is(const struct column *column, size_t offset)
{
	return column->offset == offset;
}

/* What tells samples apart: an empty one would put together what does not belong together. */
static bool names_something(const struct column *column)
{
	return is(column, offsetof(struct sample, run_id)) || is(column, offsetof(struct sample, suite)) ||
	       is(column, offsetof(struct sample, kernel)) || is(column, offsetof(struct sample, runner));
}

static bool is_status(const char *text)
{
	for (enum status s = STATUS_OK; s <= STATUS_SKIPPED; s++)
		if (strcmp(text, status_name(s)) == 0)
			return true;
	return false;
}

static void read_text(struct reader *r, const char *text, const struct column *column, const char **value)
{
	bool may_be_long = is(column, offsetof(struct sample, cpus)) ||
			   is(column, offsetof(struct sample, why));
	if (!may_be_long && strlen(text) > TEXT_MAX)
		refuse(r, "a name of more than %d bytes", TEXT_MAX);
	else if (!*text && names_something(column))
		refuse(r, "no %s", column->name);
	else if (is(column, offsetof(struct sample, status)) && !is_status(text))
		refuse(r, "'%.40s' is no status: ok, wrong, crashed, timeout or skipped", text);
	else
		*value = keep_text(r, text, column);
}

/* No locale's, no hexadecimal, no nan or inf, no blanks: what strtod and strtoull would take. */
static bool is_of(const char *text, const char *alphabet)
{
	size_t length = strlen(text);
	return length > 0 && length <= NUMBER_MAX && strspn(text, alphabet) == length;
}

/* Memory can shrink; time, counts and shares cannot fall below 0. */
static void read_real(struct reader *r, const char *text, const struct column *column, double *value)
{
	char *end;
	if (!*text)
		return; /* not available */
	*value = strtod(text, &end);
	if (*end || !(fabs(*value) <= REAL_MAX) || !is_of(text, "+-.0123456789eE"))
		refuse(r, "'%.40s' is not a number", text);
	else if (*value < 0 && strcmp(column->unit, "KiB") != 0)
		refuse(r, "%s is negative", column->name);
}

static void read_count(struct reader *r, const char *text, const struct column *column, uint64_t *value)
{
	errno = 0;
	*value = strtoull(text, NULL, 10);
	if (errno || !is_of(text, "0123456789"))
		refuse(r, "'%.40s' is not a whole number", text);
	else if (is(column, offsetof(struct sample, workers)) && *value == 0)
		refuse(r, "a sample of no workers");
	else if (is(column, offsetof(struct sample, workers)) && *value > WORKERS_MAX)
		refuse(r, "more than %d workers", WORKERS_MAX);
}

/* All digits: what was taken for a number, say by a spreadsheet, has lost some. */
static void read_hex(struct reader *r, const char *text, uint64_t *value)
{
	*value = strtoull(text, NULL, 16);
	if (strlen(text) != 16 || !is_of(text, "0123456789abcdefABCDEF"))
		refuse(r, "'%.40s' is not a whole number of 16 hexadecimal digits", text);
}

static void read_field(struct reader *r, const char *text)
{
	if (r->column >= r->columns) {
		refuse(r, "more fields than the header's %zu", r->columns);
		return;
	}
	const struct column *column = r->map[r->column];
	if (!column)
		return;
	void *field = sample_field(&r->row, column);
	switch (column->type) {
	case COLUMN_TEXT:
		read_text(r, text, column, field);
		break;
	case COLUMN_COUNT:
		read_count(r, text, column, field);
		break;
	case COLUMN_REAL:
		read_real(r, text, column, field);
		break;
	case COLUMN_HEX:
		read_hex(r, text, field);
		break;
	}
}

static void on_field(void *data, size_t length, void *reader)
{
	struct reader *r = reader;
	const char *text = data ? data : "";
	if (r->error || r->ended)
		return;
	if (r->returned)
		refuse(r, "the line above ends with a carriage return but no line feed");
	else if (length > FIELD_MAX)
		refuse(r, "a field of more than %d bytes", FIELD_MAX);
	else if (memchr(text, '\0', length))
		refuse(r, "a NUL byte");
	else if (!text_is_plain(text))
		refuse(r, "a control character, or not UTF-8");
	else if (r->line == 1)
		read_header(r, text);
	else
		read_field(r, text);
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

static void end_header(struct reader *r)
{
	r->columns = r->column;
	if (r->known != count_required())
		refuse(r, "this is not a samples file of pvt: %zu of its %zu columns are there", r->known,
		       count_required());
}

static void end_sample(struct reader *r)
{
	const struct sample *s = &r->row;
	bool ok = strcmp(s->status, status_name(STATUS_OK)) == 0;
	if (r->column != r->columns)
		refuse(r, "%zu fields where the header has %zu", r->column, r->columns);
	else if (ok && (isnan(s->wall_ns) || isnan(s->span_ns)))
		refuse(r, "ok, but without wall_ns or span_ns");
	else if (ok && s->iterations == 0)
		refuse(r, "ok, but of no iterations");
	else
		keep_row(r);
}

/* Of CR LF, each is reported; only together they end a line. */
static bool completes_the_end(struct reader *r, int terminator)
{
	bool completes = r->returned && terminator == '\n';
	if (r->returned && terminator == '\r')
		refuse(r, "the line above ends with a carriage return but no line feed");
	r->returned = terminator == '\r';
	return completes;
}

static void on_row(int terminator, void *reader)
{
	struct reader *r = reader;
	if (completes_the_end(r, terminator) || r->error)
		return;
	if (terminator == -1)
		refuse(r, "the last line is cut: it has no end of line");
	else if (r->column == 0)
		refuse(r, "an empty line");
	else if (r->line == 1)
		end_header(r);
	else
		end_sample(r);
	r->line++;
	r->column = 0;
	sample_clear(&r->row);
}

/* RFC 4180: blanks belong to the field. */
static int never_a_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void parse(struct reader *r, struct csv_parser *parser, const char *block, size_t bytes)
{
	if (r->line == 1 && r->column == 0 && bytes >= 3 && memcmp(block, "\xef\xbb\xbf", 3) == 0)
		refuse(r, "a byte order mark: pvt writes none, so another program has been here");
	else if (csv_parse(parser, block, bytes, on_field, on_row, r) == bytes)
		;
	else if (csv_error(parser) == CSV_ENOMEM && !r->error)
		r->error = -ENOMEM;
	else
		refuse(r, "not CSV: a quote in a field without quotes, or something behind the closing one");
	if (csv_get_buffer_size(parser) > FIELD_MAX + 4096)
		refuse(r, "a field of more than %d bytes", FIELD_MAX);
}

static void end_file(struct reader *r, struct csv_parser *parser)
{
	r->ended = true;
	if (csv_fini(parser, on_field, on_row, r) != 0)
		refuse(r, "not CSV: a quote that is not closed");
	if (r->returned)
		refuse(r, "the last line is cut: it has no line feed");
	if (r->samples->count == 0 && !r->error) {
		refuse(r, "no samples in it");
		r->error = -ENODATA;
	}
}

static void read_stream(struct reader *r, FILE *file)
{
	struct csv_parser parser;
	char block[65536];
	size_t got;
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL) != 0) {
		r->error = -ENOMEM;
		return;
	}
	csv_set_space_func(&parser, never_a_space);
	while (!r->error && (got = fread(block, 1, sizeof block, file)) > 0)
		parse(r, &parser, block, got);
	if (ferror(file))
		refuse(r, "cannot be read: %s", strerror(errno));
	if (!r->error)
		end_file(r, &parser);
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
