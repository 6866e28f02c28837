/*
 * samples.csv: one row a sample, appended and flushed row by row (RFC 4180). The raw samples are the truth:
 * every figure can be recomputed from this file alone.
 */
#ifndef PVT_SAMPLES_H
#define PVT_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define COLUMN_TYPE_TEXT const char *
#define COLUMN_TYPE_COUNT uint64_t
#define COLUMN_TYPE_REAL double
#define COLUMN_TYPE_HEX uint64_t

struct sample {
#define COLUMN(name, type, unit, meaning) COLUMN_TYPE_##type name;
#include "bench/columns.def"
#undef COLUMN
};

enum column_type { COLUMN_TEXT, COLUMN_COUNT, COLUMN_REAL, COLUMN_HEX };

struct column {
	const char *name;
	enum column_type type;
	const char *unit, *meaning;
	size_t offset; /* in struct sample */
	bool later;    /* files of older versions do not have it; then it is not available */
};

extern const struct column sample_columns[];
extern const size_t sample_column_count;

/* Where the value of this column lies in the sample, of the column's type. */
void *sample_field(const struct sample *sample, const struct column *column);

/* All REAL columns not available, all texts empty. */
void sample_clear(struct sample *sample);

/* Write the header, or one row, and flush. 0 or -errno. */
int samples_write_header(FILE *file);
int samples_write(FILE *file, const struct sample *sample);

struct samples {
	struct sample *row;
	size_t count;
	void *texts; /* owns what the TEXT columns point to */
};

/*
 * Reads a file as written above; it must have a header with at least these columns, but for the later ones,
 * in any order. 0, or -errno with `why` naming file, line and column. samples_free is fine afterwards in both
 * cases.
 */
int samples_read(const char *path, struct samples *samples, char *why, size_t why_bytes);
void samples_free(struct samples *samples);

#endif
