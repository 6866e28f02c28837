#include "bench/samples/samples.h"

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/base/folder.h"

const struct column sample_columns[] = {
#define COLUMN(name, type, unit, meaning) \
	{#name, COLUMN_##type, unit, meaning, offsetof(struct sample, name), false},
#define LATER_COLUMN(name, type, unit, meaning) \
	{#name, COLUMN_##type, unit, meaning, offsetof(struct sample, name), true},
#include "bench/samples/columns.def"
#undef COLUMN
};

const size_t sample_column_count = sizeof sample_columns / sizeof *sample_columns;

void *sample_field(const struct sample *sample, const struct column *column)
{
	return (char *)(uintptr_t)sample + column->offset;
}

void sample_clear(struct sample *sample)
{
	memset(sample, 0, sizeof *sample);
	for (size_t i = 0; i < sample_column_count; i++) {
		if (sample_columns[i].type == COLUMN_REAL)
			*(double *)sample_field(sample, &sample_columns[i]) = NAN;
		if (sample_columns[i].type == COLUMN_TEXT)
			*(const char **)sample_field(sample, &sample_columns[i]) = "";
	}
}

static void write_text(FILE *file, const char *text)
{
	if (strpbrk(text, ",\"\r\n") || *text == ' ')
		csv_fwrite(file, text, strlen(text));
	else
		fputs(text, file);
}

static void write_field(FILE *file, const struct sample *sample, const struct column *column)
{
	const void *field = sample_field(sample, column);
	switch (column->type) {
	case COLUMN_TEXT:
		write_text(file, *(const char *const *)field);
		break;
	case COLUMN_COUNT:
		fprintf(file, "%" PRIu64, *(const uint64_t *)field);
		break;
	case COLUMN_REAL:
		if (isfinite(*(const double *)field))
			fprintf(file, "%.10g", *(const double *)field);
		break;
	case COLUMN_HEX:
		fprintf(file, "%016" PRIx64, *(const uint64_t *)field);
		break;
	}
}

static void write_row(FILE *file, const struct sample *sample)
{
	for (size_t i = 0; i < sample_column_count; i++) {
		if (i)
			fputc(',', file);
		if (sample)
			write_field(file, sample, &sample_columns[i]);
		else
			fputs(sample_columns[i].name, file);
	}
	fputs("\r\n", file);
}

/*
 * A row, or without a sample the header, reaches the file whole: in one write, so that nothing comes between;
 * and when the disk is full, what had room of it is taken back.
 */
static int append_row(FILE *file, const struct sample *sample)
{
	char *text = NULL;
	size_t bytes;
	struct stat before;
	FILE *memory = open_memstream(&text, &bytes);
	if (!memory)
		return -ENOMEM;
	write_row(memory, sample);
	int error = fclose(memory) == EOF ? -ENOMEM : 0;
	bool regular = fstat(fileno(file), &before) == 0 && S_ISREG(before.st_mode);
	if (!error && fflush(file) == EOF)
		error = -errno;
	if (!error)
		error = folder_write_all(fileno(file), text, bytes);
	if (error && regular && ftruncate(fileno(file), before.st_size) != 0)
		error = -errno;
	free(text);
	return error;
}

int samples_write_header(FILE *file)
{
	return append_row(file, NULL);
}

int samples_write(FILE *file, const struct sample *sample)
{
	return append_row(file, sample);
}
