/* The sentences over the figures `scale`, `weak` and `messages`. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/scale/scale.h"

/* The least and the most of a reading over the kernels, with as many workers as there were. */
struct range {
	const struct scale_point *least, *most;
};

static struct range range_of(const struct scale *scale, enum scale_what what, bool predicted, uint64_t hosts)
{
	struct range r = {NULL, NULL};
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_point *p = &scale->point[i];
		if (p->what != what || p->predicted != predicted || p->hosts != hosts ||
		    p->workers != hosts * scale->a_host || strcmp(p->runner, SCALE_RUNNER) != 0)
			continue;
		r.least = !r.least || p->y.value < r.least->y.value ? p : r.least;
		r.most = !r.most || p->y.value > r.most->y.value ? p : r.most;
	}
	return r;
}

/* Adds to a title; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) static void add(char *title, const char *format, ...)
{
	size_t n = strlen(title);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(title + n, SCALE_TITLE_BYTES - n, format, arguments);
	va_end(arguments);
}

/* "4 workers on 2 hosts, emulated on one machine," */
static void add_who(const struct scale *scale, char *title)
{
	char workers[32], hosts[32];
	bool shared = scale->shared && scale->most_hosts > 1;
	add(title, "%s on %s%s",
	    units_show_count(scale->most_hosts * scale->a_host, "worker", workers, sizeof workers),
	    units_show_count(scale->most_hosts, "host", hosts, sizeof hosts),
	    shared ? ", emulated on one machine," : "");
}

/* "3.12-fold (kmeans) to 3.95-fold (primes)" */
static void add_folds(const struct range *r, char *title)
{
	add(title, "%.2f-fold (%.40s)", r->least->y.value, r->least->kernel);
	if (r->most != r->least)
		add(title, " to %.2f-fold (%.40s)", r->most->y.value, r->most->kernel);
}

static void add_shares(const struct range *r, char *title)
{
	add(title, "%.0f %% (%.40s)", 100 * r->least->y.value, r->least->kernel);
	if (r->most != r->least)
		add(title, " to %.0f %% (%.40s)", 100 * r->most->y.value, r->most->kernel);
}

void scale_tell_strong(const struct scale *scale, char title[static SCALE_TITLE_BYTES])
{
	struct range measured = range_of(scale, SCALE_SPEEDUP, false, scale->most_hosts);
	*title = '\0';
	if (!measured.least)
		return;
	add_who(scale, title);
	add(title, " speed the work up ");
	add_folds(&measured, title);
}

void scale_tell_weak(const struct scale *scale, char title[static SCALE_TITLE_BYTES])
{
	struct range measured = range_of(scale, SCALE_EFFICIENCY, false, scale->most_hosts);
	*title = '\0';
	if (!measured.least)
		return;
	add_who(scale, title);
	add(title, " are ");
	add_shares(&measured, title);
	add(title, " efficient when the work grows with them");
}

void scale_tell_predicted(const struct scale *scale, char text[static SCALE_TITLE_BYTES])
{
	struct range strong = range_of(scale, SCALE_SPEEDUP, true, SCALE_HOSTS_MOST);
	struct range weak = range_of(scale, SCALE_EFFICIENCY, true, SCALE_HOSTS_MOST);
	char workers[32];
	*text = '\0';
	if (!strong.least && !weak.least)
		return;
	add(text, "For %d hosts with %s each the model predicts ", SCALE_HOSTS_MOST,
	    units_show_count(scale->a_host, "worker", workers, sizeof workers));
	if (strong.least)
		add_folds(&strong, text);
	if (strong.least && weak.least)
		add(text, ", and an efficiency of ");
	if (weak.least) {
		add_shares(&weak, text);
		add(text, " when the work grows with the workers");
	}
}

/* The message of the smallest or of the largest size between workers of one host, or of two. */
static const struct scale_point *message(const struct scale *scale, enum scale_what what, uint64_t hosts)
{
	const struct scale_point *found = NULL;
	for (size_t i = 0; i < scale->count; i++) {
		const struct scale_point *p = &scale->point[i];
		bool largest = what == SCALE_BANDWIDTH;
		if (p->what == what && !p->predicted && p->hosts == hosts &&
		    strcmp(p->runner, SCALE_RUNNER) == 0 &&
		    (!found || (largest ? p->size > found->size : p->size < found->size)))
			found = p;
	}
	return found;
}

void scale_tell_messages(const struct scale *scale, char title[static SCALE_TITLE_BYTES])
{
	const struct scale_point *near = message(scale, SCALE_LATENCY, 1),
				 *far = message(scale, SCALE_LATENCY, 2),
				 *near_rate = message(scale, SCALE_BANDWIDTH, 1),
				 *far_rate = message(scale, SCALE_BANDWIDTH, 2);
	char size[32], time[32], rate[32];
	*title = '\0';
	if (!near && !far)
		return;
	const struct scale_point *any = near ? near : far, *rate_of_any = near_rate ? near_rate : far_rate;
	add(title, "A message of %s takes ", units_show_size((double)any->size, size, sizeof size));
	if (near)
		add(title, "%s to a worker of the same host%s",
		    units_show_ns(near->y.value, time, sizeof time), far ? ", " : "");
	if (far)
		add(title, "%s to one of another%s", units_show_ns(far->y.value, time, sizeof time),
		    scale->shared ? ", which is the same machine" : "");
	if (rate_of_any)
		add(title, "; messages of %s go at %sB/s",
		    units_show_size((double)rate_of_any->size, size, sizeof size),
		    units_show_si(rate_of_any->y.value, rate, sizeof rate));
	if (near_rate && far_rate)
		add(title, " and %sB/s", units_show_si(far_rate->y.value, rate, sizeof rate));
}
