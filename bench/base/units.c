#include "bench/base/units.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The leading digits; *rest is what follows them. */
static int leading_digits(const char *text, uint64_t *value, const char **rest)
{
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	char *end;
	errno = 0;
	*value = strtoull(text, &end, 10);
	*rest = end;
	return errno ? -ERANGE : 0;
}

int units_count(const char *text, uint64_t *count)
{
	const char *rest;
	int error = leading_digits(text, count, &rest);
	return error ? error : *rest ? -EINVAL : 0;
}

int units_size(const char *text, uint64_t *size)
{
	static const char prefixes[] = "KMGT";
	const char *rest;
	int error = leading_digits(text, size, &rest);
	if (error || !*rest)
		return error;
	const char *prefix = strchr(prefixes, toupper((unsigned char)*rest));
	if (!prefix || rest[1])
		return -EINVAL;
	unsigned shift = 10 * (unsigned)(prefix - prefixes + 1);
	if (*size > UINT64_MAX >> shift)
		return -ERANGE;
	*size <<= shift;
	return 0;
}

/* A number with a point, not nan, inf or hexadecimal, which strtod would take. */
static int leading_number(const char *text, double *value, const char **rest)
{
	if (!isdigit((unsigned char)*text) || tolower((unsigned char)text[strspn(text, "0123456789")]) == 'x')
		return -EINVAL;
	char *end;
	*value = strtod(text, &end);
	*rest = end;
	return 0;
}

int units_time_ns(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}};
	const char *rest;
	double value;
	int error = leading_number(text, &value, &rest);
	if (error)
		return error;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (strcmp(rest, units[i].name) != 0)
			continue;
		if (value * units[i].ns > 1e18)
			return -ERANGE;
		*ns = (uint64_t)llround(value * units[i].ns);
		return 0;
	}
	return -EINVAL;
}

int units_share(const char *text, double *share)
{
	const char *rest;
	int error = leading_number(text, share, &rest);
	if (error || strcmp(rest, "%") != 0)
		return error ? error : -EINVAL;
	*share /= 100;
	return *share <= 1e3 ? 0 : -ERANGE;
}

static const char *show(double value, const char *unit, char *buffer, size_t bytes)
{
	double size = fabs(value);
	int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
	snprintf(buffer, bytes, "%.*f %s", decimals, value, unit);
	return buffer;
}

const char *units_show_ns(double ns, char *buffer, size_t bytes)
{
	double size = fabs(ns);
	if (size < 999.5)
		return show(ns, "ns", buffer, bytes);
	if (size < 999.5e3)
		return show(ns / 1e3, "µs", buffer, bytes);
	if (size < 999.5e6)
		return show(ns / 1e6, "ms", buffer, bytes);
	return show(ns / 1e9, "s", buffer, bytes);
}

const char *units_show_si(double value, char *buffer, size_t bytes)
{
	static const char *const prefixes[] = {"", "k", "M", "G", "T", "P"};
	size_t i = 0;
	while (fabs(value) >= 999.5 && i + 1 < sizeof prefixes / sizeof *prefixes) {
		value /= 1000;
		i++;
	}
	return show(value, prefixes[i], buffer, bytes);
}

const char *units_show_count(uint64_t n, const char *noun, char *buffer, size_t bytes)
{
	snprintf(buffer, bytes, "%" PRIu64 " %s%s", n, noun, n == 1 ? "" : "s");
	return buffer;
}

const char *units_show_size(double bytes, char *buffer, size_t buffer_bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
	size_t i = 0;
	for (; bytes >= 1024 && i < 3; i++)
		bytes /= 1024;
	snprintf(buffer, buffer_bytes, "%g %s", bytes, units[i]);
	return buffer;
}
