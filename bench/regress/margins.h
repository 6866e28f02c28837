/*
 * A file of margins for `pvt compare`: a line each of a pattern (glob(7)) and a margin, with blanks between,
 * before and behind them, such as: scaling/triad* 5%. Empty lines and those whose first word begins with #
 * say nothing. People write it, so the last line may lack its end, and lines may end with CR LF. Refused are
 * a byte order mark, control characters other than a tab, what is not UTF-8, lines of more than 1024 bytes,
 * more than 1024 patterns, and a pattern that is there already: of two the first would count.
 */
#ifndef PVT_MARGINS_H
#define PVT_MARGINS_H

#include "bench/regress/compare.h"

struct margins {
	struct exception *exception;
	size_t count;
};

/* "0" as well as "2%". 0 or -errno. */
int margins_share(const char *text, double *share);

/* 0, or -errno with `why` naming file, line and byte of the line. margins_free is fine in both cases. */
int margins_read(const char *path, struct margins *margins, char *why, size_t why_bytes);
void margins_free(struct margins *margins);

#endif
