/* See pnm.h. Strict: what is not exactly a PGM or PPM image is refused with the reason. */
#include "kernels/pnm.h"

#include "kernels/params.h"

#include <ctype.h>
#include <errno.h>

enum { NUMBER_MAX = 1000000000, MAXVAL_MAX = 65535, TOO_BIG = -2, NO_NUMBER = -3 };

static int fail_truncated(struct params *params, const char *at_least, uint64_t expected, uint64_t got)
{
	return params_fail(params, ENODATA, "%.120s: truncated: %s%llu bytes of pixels expected, %llu found",
			   params->input, at_least, (unsigned long long)expected, (unsigned long long)got);
}

/* A comment runs from # to the end of its line, which counts as the white space that it stands in. */
static int next_char(FILE *file)
{
	int c = getc_unlocked(file);

	if (c == '#')
		while (c != '\n' && c != EOF)
			c = getc_unlocked(file);
	return c;
}

/* A decimal number and the one character of white space behind it. EOF, TOO_BIG or NO_NUMBER otherwise. */
static int64_t number(FILE *file)
{
	int64_t value = 0;
	int c = next_char(file);

	while (c != EOF && isspace(c))
		c = next_char(file);
	if (c == EOF)
		return EOF;
	if (!isdigit(c))
		return NO_NUMBER;
	for (; c != EOF && isdigit(c); c = next_char(file)) {
		value = value * 10 + (c - '0');
		if (value > NUMBER_MAX)
			return TOO_BIG;
	}
	return c == EOF || isspace(c) ? value : NO_NUMBER;
}

static int header_number(FILE *file, const char *what, int64_t limit, int64_t *value, struct params *params)
{
	const char *name = params->input;

	*value = number(file);
	if (*value == EOF)
		return params_fail(params, ENODATA, "%.150s: ends in the header, before the %s", name, what);
	if (*value == NO_NUMBER)
		return params_fail(params, EINVAL, "%.150s: the %s is not a number", name, what);
	if (*value == 0 || *value == TOO_BIG || *value > limit)
		return params_fail(params, ERANGE, "%.150s: the %s is not in 1 .. %lld", name, what,
				   (long long)limit);
	return 0;
}

static int magic(FILE *file, struct pnm *pnm, struct params *params)
{
	int p = getc_unlocked(file), kind = getc_unlocked(file);

	if (p != 'P' || (kind != '2' && kind != '3' && kind != '5' && kind != '6'))
		return params_fail(
			params, EINVAL,
			"%.120s: not a PGM or PPM image (starts with bytes %02x %02x \"%c%c\", not "
			"with P2, P3, P5 or P6)",
			params->input, (unsigned)p & 255, (unsigned)kind & 255, isgraph(p) ? p : '.',
			isgraph(kind) ? kind : '.');
	pnm->plain = kind == '2' || kind == '3';
	pnm->channels = kind == '2' || kind == '5' ? 1 : 3;
	return 0;
}

int pnm_header(FILE *file, uint64_t bytes, struct pnm *pnm, struct params *params)
{
	int64_t width, height, maxval;
	uint64_t samples, least, found;
	int error = magic(file, pnm, params);

	if (!error)
		error = header_number(file, "width", NUMBER_MAX, &width, params);
	if (!error)
		error = header_number(file, "height", NUMBER_MAX, &height, params);
	if (!error)
		error = header_number(file, "maximum value", MAXVAL_MAX, &maxval, params);
	if (error)
		return error;
	pnm->width = (uint64_t)width;
	pnm->height = (uint64_t)height;
	pnm->maxval = (uint32_t)maxval;
	samples = pnm->width * pnm->height * pnm->channels; /* at most 3e18 */
	found = bytes - (uint64_t)ftello(file);
	/* A plain sample takes a digit and, but for the last, a space. */
	least = pnm->plain ? 2 * samples - 1 : samples * (maxval > 255 ? 2 : 1);
	return found >= least ? 0 : fail_truncated(params, pnm->plain ? "at least " : "", least, found);
}

static int64_t sample(FILE *file, const struct pnm *pnm)
{
	int high, low;

	if (pnm->plain)
		return number(file);
	high = pnm->maxval > 255 ? getc_unlocked(file) : 0;
	low = getc_unlocked(file);
	return high == EOF || low == EOF ? EOF : high << 8 | low;
}

int pnm_grey(FILE *file, const struct pnm *pnm, uint16_t *grey, struct params *params)
{
	uint64_t pixels = pnm->width * pnm->height;
	const char *name = params->input;

	for (uint64_t i = 0; i < pixels; i++) {
		int64_t value[3] = {0};

		for (uint32_t c = 0; c < pnm->channels; c++) {
			value[c] = sample(file, pnm);
			if (value[c] == EOF)
				return params_fail(params, ENODATA,
						   "%.120s: truncated: %llu pixels expected, %llu found",
						   name, (unsigned long long)pixels, (unsigned long long)i);
			if (value[c] < 0 || value[c] > pnm->maxval)
				return params_fail(params, EINVAL,
						   "%.120s: pixel %llu has a sample not in 0 .. %u", name,
						   (unsigned long long)i, pnm->maxval);
		}
		/* ITU-R BT.601 */
		if (pnm->channels == 3)
			value[0] = (299 * value[0] + 587 * value[1] + 114 * value[2] + 500) / 1000;
		grey[i] = (uint16_t)value[0];
	}
	return 0;
}
