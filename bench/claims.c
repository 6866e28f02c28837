/* The list of the claims, and the words that all of their judges use. */
#include "bench/claims.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/claims_judges.h"
#include "bench/units.h"

/* What follows from each verdict but "cannot tell", from which nothing does. */
static const struct {
	const char *id, *claim, *command, *figure;
	claim_judge *judge;
	const char *consequence[CLAIM_UNKNOWN];
} list[] = {
	{
		"computing-power",
		"Processes give more computing power than threads",
		"pvt run --suite scaling",
		"ratio",
		claims_judge_compute,
		{"Work that computes: take processes, they do more of it",
		 "Work that computes: speed is no reason to take processes",
		 "Work that computes: measure yours, for some of it runs faster in processes"},
	},
	{
		"scaling-further",
		"Processes scale further than threads on one machine",
		"pvt run --suite contention",
		"contention",
		claims_judge_contention,
		{"Work that keeps calling the kernel: take processes",
		 "Work that keeps calling the kernel: what it shares there is no reason to take processes",
		 "Work full of the system calls that the verdict names: take processes, which share less of "
		 "the kernel"},
	},
	{
		"machines",
		"Processes can use several machines, threads end at the cores of one",
		"pvt run --suite scale --hosts a,b",
		"scale",
		claims_judge_machines,
		{"Work for more than one machine: take processes that send messages",
		 "Work for more than one machine: it is no faster there, stay on one",
		 "Work for more than one machine: take processes that send messages for the work that the "
		 "verdict "
		 "names"},
	},
	{
		"creation",
		"Creating a process costs more than creating a thread",
		"pvt run --suite lifecycle",
		"lifecycle",
		claims_judge_creation,
		{"A worker for each short task: take threads; and do not fork beside much memory",
		 "A worker for each short task: a process is started as fast as a thread", NULL},
	},
	{
		"pool",
		"A pool spares the cost of creation",
		"pvt run --suite granularity",
		"grain",
		claims_judge_pool,
		{"Short tasks: keep the workers in a pool, of either kind",
		 "Short tasks: a pool gains nothing over starting workers anew",
		 "Short tasks: a pool pays for the kind of worker that the verdict names"},
	},
	{
		"switching",
		"Switching between processes costs more than between threads",
		"pvt run --suite switch",
		"switch",
		claims_judge_switch,
		{"Workers that switch all the time: threads do it faster, by as much as the verdict says",
		 "Workers that switch all the time: no reason to prefer either", NULL},
	},
	{
		"sharing",
		"Threads share memory, processes do not",
		"pvt run --suite lifecycle,channel",
		"latency",
		claims_judge_sharing,
		{"Shared data: take threads", "Shared data: processes share it as threads do",
		 "Shared data: threads share it as it is, processes what was mapped shared beforehand"},
	},
	{
		"communication",
		"Communication between processes costs more than shared variables between threads",
		"pvt run --suite channel",
		"latency",
		claims_judge_communication,
		{"Workers that talk much: take threads",
		 "Workers that talk much: a pipe between processes costs no more than a variable between "
		 "threads",
		 "Workers that talk much: choose the channel, not the kind of worker"},
	},
	{
		"locks",
		"A lock costs processes more than threads",
		"pvt run --suite contention",
		"contention",
		claims_judge_lock,
		{"Locks: take threads", "Locks: no reason to prefer either",
		 "Locks: they cost processes more in some situations"},
	},
	{
		"memory",
		"A process occupies more memory than a thread",
		"pvt run --suite memory",
		"memory",
		claims_judge_memory,
		{"Thousands of workers: take threads, they are smaller",
		 "Thousands of workers: no reason to prefer either", NULL},
	},
	{
		"gil",
		"In Python the GIL forbids threads to compute at once, and processes avoid it",
		"pvt run --suite python",
		"python",
		claims_judge_python,
		{"Python: compute in processes",
		 "Python: this one computes in threads as it does in processes",
		 "Python: compute in processes, or in C code that releases the GIL, where threads do as "
		 "well"},
	},
	{
		"waiting",
		"Tasks that wait gain from more workers than cores, in threads and in processes",
		"pvt run --suite waiting",
		"waiting",
		claims_judge_waiting,
		{"Work that waits: take more workers than cores, of either kind",
		 "Work that waits: more workers than cores gain nothing",
		 "Work that waits: take more workers than cores, of the kind that the verdict names"},
	},
	{
		"isolation",
		"A process that crashes leaves the others alive, a thread that crashes does not",
		"pvt run --suite isolation",
		"recovery",
		claims_judge_isolation,
		{"A crash that must be survived: take processes",
		 "A crash that must be survived: processes alone do not see to it",
		 "A crash that must be survived: take processes, but for the crashes that the verdict names"},
	},
};
_Static_assert(sizeof list / sizeof *list <= CLAIMS, "more claims than struct claims holds");

void claims_make(const struct summary *summary, const struct curves *curves, const struct scale *scale,
		 const char *python, struct claims *claims)
{
	const struct evidence evidence = {summary, curves, scale, python && *python ? python : NULL};
	*claims = (struct claims){.count = sizeof list / sizeof *list};
	for (size_t i = 0; i < claims->count; i++) {
		struct claim *c = &claims->claim[i];
		c->id = list[i].id;
		c->claim = list[i].claim;
		c->command = list[i].command;
		c->figure = list[i].figure;
		c->verdict = list[i].judge(&evidence, c);
		c->consequence = c->verdict < CLAIM_UNKNOWN ? list[i].consequence[c->verdict] : NULL;
	}
}

const char *claims_verdict_name(enum claim_verdict verdict)
{
	static const char *const names[] = {
		[CLAIM_HOLDS] = "holds",
		[CLAIM_FAILS] = "does not hold",
		[CLAIM_DEPENDS] = "depends",
		[CLAIM_UNKNOWN] = "cannot tell here",
	};
	return names[verdict];
}

/* ---- words ---- */

void claims_add(char *text, const char *format, ...)
{
	size_t n = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + n, CLAIM_BYTES - n, format, arguments);
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

enum claim_verdict claims_unsure(const struct estimate *e, struct claim *c)
{
	if (e->n == 0)
		claims_add(c->reason, "not measured in this run");
	else if (!claims_is_sure(e))
		claims_add(
			c->reason,
			"%zu of the %d invocations that an interval takes: measure for longer (`--budget`)",
			e->n, STAT_INTERVAL_LEAST);
	else
		claims_add(c->reason,
			   "the interval leaves both open: it takes a quieter machine or a longer run");
	return CLAIM_UNKNOWN;
}

enum claim_verdict claims_more(const struct estimate *ratio, struct claim *c)
{
	if (pairing_standing(ratio) == STANDING_MORE) {
		if (!pairing_is_marked(ratio))
			claims_add(c->reason, "by less than 5 %%");
		return CLAIM_HOLDS;
	}
	return pairing_is_not_more(ratio) ? CLAIM_FAILS : claims_unsure(ratio, c);
}

enum claim_verdict claims_one_unit(struct claim *c)
{
	claims_add(c->reason, "it takes a machine whose processing units can run two workers at once");
	return CLAIM_UNKNOWN;
}
