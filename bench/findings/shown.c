#include "bench/findings/shown.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/samples/pairing.h"

void shown_add(struct shown *t, const char *name, const struct estimate *ratio)
{
	enum standing standing = pairing_standing(ratio);
	t->compared++;
	if (standing == STANDING_MORE || standing == STANDING_LESS) {
		t->differ++;
		return;
	}
	if (!stat_is_sure(ratio)) {
		t->open++;
		return;
	}
	double half = (ratio->high - ratio->low) / 2 / ratio->value;
	if (!*t->least_name || half < t->least) {
		t->least = half;
		snprintf(t->least_name, sizeof t->least_name, "%.60s", name);
	}
	if (!*t->most_name || half > t->most) {
		t->most = half;
		snprintf(t->most_name, sizeof t->most_name, "%.60s", name);
	}
}

/* Adds to the sentence; what does not fit is cut. */
__attribute__((format(printf, 3, 4))) static void add(char *text, size_t bytes, const char *format, ...)
{
	size_t n = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + n, bytes - n, format, arguments);
	va_end(arguments);
}

void shown_tell(const struct shown *t, const char *kinds, char *text, size_t bytes)
{
	*text = '\0';
	if (!t->compared)
		return;
	if (t->differ)
		add(text, bytes, "threads and processes differ in %zu of %zu %s", t->differ, t->compared,
		    kinds);
	else
		add(text, bytes, "no difference between threads and processes was shown in %zu %s",
		    t->compared, kinds);
	if (*t->least_name) {
		add(text, bytes, "; smallest detectable difference%s: ±%.0f %% (%s)",
		    t->differ ? " in the others" : "", 100 * t->least, t->least_name);
		if (strcmp(t->least_name, t->most_name) != 0)
			add(text, bytes, " to ±%.0f %% (%s)", 100 * t->most, t->most_name);
	}
	if (t->open)
		add(text, bytes, "; %zu %s too few invocations to show one", t->open,
		    t->open == 1 ? "has" : "have");
}
