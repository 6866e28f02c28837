/*
 * samples.csv: one row per sample, appended and flushed row by row (RFC 4180). The raw samples are the truth:
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
#include "bench/samples/columns.def"
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
 * Reads a file as written above, and nothing that is not whole or makes no sense:
 * - CSV as RFC 4180 has it, in UTF-8, each line ended by CR LF or LF, the last one too. Blanks belong to the
 *   field, which may have quotes. No byte order mark, no empty line, no control character (so no line break
 *   inside quotes), no field of more than 1 MiB.
 * - One header, with at least these columns, but for the later ones, in any order. Columns that it does not
 *   know are skipped; none twice, none without a name, 256 at most. All lines have as many fields.
 * - COUNT: decimal digits, below 2^64. HEX: 16 digits. REAL: a decimal number of at most 1e300 either way, or
 *   empty; negative only in KiB, as memory can shrink. No number has more than 40 characters. TEXT: 128 bytes
 * at most, but for cpus and why.
 * - run_id, suite, kernel and runner are not empty, status is one that there is; 1 to WORKERS_MAX workers.
 *   A sample that is ok has times and iterations.
 * 0, or -errno with `why` naming file, line and column (which field of the line, from 1); -ENODATA where all
 * is well but for there being no row. samples_free is fine afterwards in both cases.
 */
int samples_read(const char *path, struct samples *samples, char *why, size_t why_bytes);
void samples_free(struct samples *samples);

#endif
