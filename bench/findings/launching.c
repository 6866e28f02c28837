#include "bench/findings/launching.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/samples/pairing.h"

/* Adds to the sentence; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) static void add(char *text, const char *format, ...)
{
	size_t n = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + n, LAUNCHING_BYTES - n, format, arguments);
	va_end(arguments);
}

static bool is_forked(const struct case_summary *c, uint64_t workers)
{
	return strcmp(c->id.suite, "scaling") == 0 && strcmp(c->id.runner, "fork") == 0 &&
	       c->id.workers == workers && isfinite(c->wall_speedup.value);
}

static bool loses(const struct case_summary *c)
{
	return pairing_standing(&c->wall_speedup) == STANDING_LESS;
}

/* "square (3.10 ms on one core, 0.41 [0.39, 0.44] times as fast)" */
static void name_loser(const struct summary *s, const struct case_summary *c, const char *before, char *text)
{
	const struct case_summary *seq = summary_find(s, c, "seq", 1);
	const struct estimate *e = &c->wall_speedup;
	char job[32];
	add(text, "%s%.40s (%s on one core, %.2f [%.2f, %.2f] times as fast)", before, c->id.kernel,
	    units_show_ns(seq->wall.value, job, sizeof job), e->value, e->low, e->high);
}

void launching_tell(const struct summary *s, uint64_t workers, struct launching *l)
{
	size_t compared = 0, lost = 0;
	char kernels[32];
	*l = (struct launching){0};
	for (size_t i = 0; i < s->count; i++)
		if (workers > 1 && is_forked(&s->cases[i], workers)) {
			compared++;
			lost += loses(&s->cases[i]);
		}
	if (!compared)
		return;
	snprintf(l->title, sizeof l->title,
		 "with launch and exit, %" PRIu64 " forked processes are slower than one core in %zu of %s",
		 workers, lost, units_show_count(compared, "kernel", kernels, sizeof kernels));
	add(l->text, "W%s", l->title + 1);
	const char *before = ": ";
	for (size_t i = 0; i < s->count; i++)
		if (is_forked(&s->cases[i], workers) && loses(&s->cases[i])) {
			name_loser(s, &s->cases[i], before, l->text);
			before = ", ";
		}
}
