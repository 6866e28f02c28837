/*
 * Numbers as people write them: sizes (64K, 2M), times (500ms), shares (3%). Each reader takes the whole
 * text or refuses it: 0, or -EINVAL for nonsense and -ERANGE for what does not fit.
 */
#ifndef PVT_UNITS_H
#define PVT_UNITS_H

#include <stddef.h>
#include <stdint.h>

int units_count(const char *text, uint64_t *count); /* digits alone */
int units_size(const char *text, uint64_t *size);   /* digits, then nothing or K, M, G, T (powers of 1024) */
int units_time_ns(const char *text, uint64_t *ns);  /* a number, then ns, us, ms, s, min or h */
int units_share(const char *text, double *share);   /* "3%" gives 0.03; the sign is required */

/* "12.3 ms", three significant digits; the text lives in `buffer`. */
const char *units_show_ns(double ns, char *buffer, size_t bytes);
/* "1 worker", "2 workers". */
const char *units_show_count(uint64_t n, const char *noun, char *buffer, size_t bytes);
/* "12.3 G" before a unit such as FLOP/s: powers of 1000. */
const char *units_show_si(double value, char *buffer, size_t bytes);

/* "4 KiB": powers of 1024. */
const char *units_show_size(double bytes, char *buffer, size_t buffer_bytes);

#endif
