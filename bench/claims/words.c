/* The words and rules that all judges of the claims use. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

const struct estimate claims_nothing = {.value = NAN, .low = NAN, .high = NAN};

const char *claims_verdict_name(enum claim_verdict verdict)
{
	static const char *const names[] = {
		[CLAIM_HOLDS] = "holds",
		[CLAIM_FAILS] = "does not hold",
		[CLAIM_DEPENDS] = "depends",
		[CLAIM_SAME] = "no difference that matters",
		[CLAIM_UNKNOWN] = "cannot tell here",
		[CLAIM_UNMEASURED] = "not measured",
	};
	return names[verdict];
}

/* ---- words ---- */

static void add(char *text, const char *format, va_list arguments)
{
	size_t n = strlen(text);
	vsnprintf(text + n, CLAIM_BYTES - n, format, arguments);
}

void claims_add(char *text, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	add(text, format, arguments);
	va_end(arguments);
}

void claims_also(char *text, const char *format, ...)
{
	va_list arguments;
	if (*text)
		claims_add(text, "; ");
	va_start(arguments, format);
	add(text, format, arguments);
	va_end(arguments);
}

void claims_stamp(struct claim *c, const char *column)
{
	size_t n = strlen(c->stamps);
	if (!strstr(c->stamps, column))
		snprintf(c->stamps + n, sizeof c->stamps - n, "%s%s", n ? " " : "", column);
}

void claims_say_older(const struct case_summary *launched, struct claim *c)
{
	if (readings_is_older(launched))
		claims_add(c->measured, "; measured by an older version, which launched workers from a large "
					"process and let them meet before they began");
}

enum { NUMBER_BYTES = 24 };

const char *claims_show_interval(const struct estimate *e, const char *value, const char *low,
				 const char *high, char text[static CLAIM_FIGURE_BYTES])
{
	if (e->n < 2)
		snprintf(text, CLAIM_FIGURE_BYTES, "%s (one invocation)", value);
	else if (isnan(e->low))
		snprintf(text, CLAIM_FIGURE_BYTES, "%s (%zu invocations)", value, e->n);
	else if (!claims_is_sure(e))
		snprintf(text, CLAIM_FIGURE_BYTES, "%s (%zu invocations: %s to %s)", value, e->n, low, high);
	else
		snprintf(text, CLAIM_FIGURE_BYTES, "%s [%s, %s]", value, low, high);
	return text;
}

const char *claims_show_ratio(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES])
{
	char part[3][NUMBER_BYTES];
	const double x[] = {e->value, e->low, e->high};
	for (size_t i = 0; i < 3; i++)
		snprintf(part[i], sizeof part[i], x[i] < 10 ? "%.2f" : x[i] < 100 ? "%.1f" : "%.0f", x[i]);
	return claims_show_interval(e, part[0], part[1], part[2], text);
}

const char *claims_show_time(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES])
{
	char value[NUMBER_BYTES], low[NUMBER_BYTES], high[NUMBER_BYTES];
	return claims_show_interval(e, units_show_ns(e->value, value, sizeof value),
				    units_show_ns(e->low, low, sizeof low),
				    units_show_ns(e->high, high, sizeof high), text);
}

const char *claims_kib(double kib, char text[static CLAIM_FIGURE_BYTES])
{
	snprintf(text, CLAIM_FIGURE_BYTES, fabs(kib) < 100 ? "%.1f KiB" : "%.0f KiB", kib);
	return text;
}

const char *claims_show_kib(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES])
{
	char value[CLAIM_FIGURE_BYTES], low[CLAIM_FIGURE_BYTES], high[CLAIM_FIGURE_BYTES];
	return claims_show_interval(e, claims_kib(e->value, value), claims_kib(e->low, low),
				    claims_kib(e->high, high), text);
}

const char *claims_show_difference(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES])
{
	char part[3][NUMBER_BYTES];
	const double x[] = {e->value, e->low, e->high};
	for (size_t i = 0; i < 3; i++)
		snprintf(part[i], sizeof part[i], "%+.0f ns", x[i]);
	return claims_show_interval(e, part[0], part[1], part[2], text);
}

/* ---- rules ---- */

bool claims_is_sure(const struct estimate *e)
{
	return stat_is_sure(e);
}

void claims_rest_on(struct claim *c, const struct estimate *e)
{
	c->deciding = *e;
}

enum claim_verdict claims_unsure(const struct estimate *e, struct claim *c)
{
	if (e->n == 0)
		return CLAIM_UNMEASURED;
	claims_rest_on(c, e);
	c->takes_time = true;
	if (!claims_is_sure(e))
		claims_add(c->reason,
			   "%zu of the %d invocations that an interval needs: measure longer (`--budget`)",
			   e->n, STAT_INTERVAL_LEAST);
	else
		claims_add(c->reason, "the interval allows both: use a quieter machine or a longer run");
	return CLAIM_UNKNOWN;
}

enum claim_verdict claims_more(const struct estimate *ratio, struct claim *c)
{
	claims_rest_on(c, ratio);
	if (pairing_is_more(ratio))
		return CLAIM_HOLDS;
	if (pairing_is_alike(ratio))
		return CLAIM_SAME;
	return pairing_is_not_more(ratio) ? CLAIM_FAILS : claims_unsure(ratio, c);
}

enum claim_verdict claims_one_unit(struct claim *c)
{
	claims_add(c->reason, "it takes a machine that can run two workers in parallel");
	return CLAIM_UNKNOWN;
}
