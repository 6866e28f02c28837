#include "bench/findings/findings.h"
#include "runners/runner.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/python_words.h"
#include "bench/findings/numa.h"
#include "bench/findings/overview.h"
#include "bench/findings/recovery_table.h"
#include "bench/findings/shown.h"
#include "bench/samples/pairing.h"

#define SCALING "scaling"
#define POOL "pool"
#define CONTENTION "contention"

static bool is_of(const struct case_summary *c, const char *suite)
{
	return strcmp(c->id.suite, suite) == 0;
}

static bool differ(const struct estimate *ratio)
{
	enum standing standing = pairing_standing(ratio);
	return standing == STANDING_MORE || standing == STANDING_LESS;
}

static struct estimate across(const struct summary *s, const char *suite, const char *a, const char *b,
			      uint64_t workers, reading *read, size_t *kernels)
{
	const struct pairing p = {.suite = suite,
				  .a = a,
				  .b = b,
				  .workers = workers,
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = read};
	return pairing_across(s, &p, kernels);
}

/* "interval +3.2 to +5.0 %", or why there is none. */
static const char *tell_interval(const struct estimate *e, const char *format, double low, double high,
				 char *text, size_t bytes)
{
	if (e->n < 2)
		return "one invocation, so no interval";
	if (!stat_is_sure(e)) {
		snprintf(text, bytes, "%zu invocations, too few for an interval", e->n);
		return text;
	}
	int n = snprintf(text, bytes, "interval ");
	snprintf(text + n, bytes - (size_t)n, format, low, high);
	return text;
}

/*
 * "4.1 % longer in processes than in threads (interval +3.2 to +5.0 %)"; that both take as long, if the
 * interval leaves no room for more; or a difference that was not shown.
 */
static void tell_ratio(const struct estimate *e, const char *processes, const char *threads, char *text,
		       size_t bytes)
{
	double percent = 100 * (e->value - 1), low = 100 * (e->low - 1), high = 100 * (e->high - 1);
	const char *proof = differ(e) ? "" : "no difference was shown: ";
	char interval[96];
	const char *percents = tell_interval(e, "%+.1f to %+.1f %%", low, high, interval, sizeof interval);
	if (pairing_standing(e) == STANDING_SAME)
		snprintf(text, bytes, "as long in %s as in %s (%+.1f %%, %s)", processes, threads, percent,
			 percents);
	else if (e->value >= 2)
		snprintf(text, bytes, "%.1f times as long in %s as in %s (%s%s)", e->value, processes,
			 threads, proof,
			 tell_interval(e, "%.1f to %.1f", e->low, e->high, interval, sizeof interval));
	else
		snprintf(text, bytes, "%.1f %% %s in %s than in %s (%s%s)", fabs(percent),
			 e->value > 1 ? "longer" : "less", processes, threads, proof, percents);
}

static void tell_ratio_finding(const struct summary *s, struct findings *f)
{
	char words[200], of_kernels[32], of_workers[32];
	size_t kernels;
	struct estimate span = across(s, SCALING, "fork", "pthread", f->workers, reading_span, &kernels);
	struct estimate wall = across(s, SCALING, "fork", "pthread", f->workers, reading_wall, &kernels);
	if (span.n == 0)
		return;
	tell_ratio(&span, "forked processes", "threads", words, sizeof words);
	snprintf(f->ratio, sizeof f->ratio, "The work itself takes %s; %s, %s", words,
		 units_show_count(kernels, "kernel", of_kernels, sizeof of_kernels),
		 units_show_count(f->workers, "worker", of_workers, sizeof of_workers));
	tell_ratio(&wall, "forked processes", "threads", words, sizeof words);
	snprintf(f->whole_job, sizeof f->whole_job, "With launch and exit, a job of this size takes %s",
		 words);
}

static void tell_speedup(const struct summary *s, struct findings *f)
{
	const struct case_summary *best = NULL, *worst = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!is_of(c, SCALING) || strcmp(c->id.runner, "pthread") != 0 ||
		    c->id.workers != f->workers || !isfinite(c->speedup.value))
			continue;
		best = !best || c->speedup.value > best->speedup.value ? c : best;
		worst = !worst || c->speedup.value < worst->speedup.value ? c : worst;
	}
	if (!best || f->workers < 2)
		return;
	int n = snprintf(f->speedup, sizeof f->speedup, "%" PRIu64 " threads do the work %.2f times (%s)",
			 f->workers, worst->speedup.value, worst->id.kernel);
	if (best != worst)
		snprintf(f->speedup + n, sizeof f->speedup - (size_t)n, " to %.2f times (%s)",
			 best->speedup.value, best->id.kernel);
	n = (int)strlen(f->speedup);
	snprintf(f->speedup + n, sizeof f->speedup - (size_t)n, " as fast as one core");
	snprintf(f->speedup_title, sizeof f->speedup_title, "%s%s%s", f->speedup,
		 *f->launching.title ? "; " : "", f->launching.title);
}

static double median_of(const struct summary *s, const char *runner, uint64_t workers,
			double (*get)(const struct case_summary *))
{
	double *x = calloc(s->count + 1, sizeof *x);
	size_t n = 0;
	for (size_t i = 0; x && i < s->count; i++)
		if (is_of(&s->cases[i], SCALING) && strcmp(s->cases[i].id.runner, runner) == 0 &&
		    s->cases[i].id.workers == workers && s->cases[i].samples)
			x[n++] = get(&s->cases[i]);
	double median = stat_median(x, x ? n : 0);
	free(x);
	return median;
}

static double added(const struct case_summary *c)
{
	return c->wall.value - c->span.value;
}

static void tell_creation(const struct summary *s, struct findings *f)
{
	size_t n = 0;
	char text[32];
	for (const struct runner *r = runners; r->name && n < sizeof f->creation - 64; r++) {
		double ns = median_of(s, r->name, f->workers, added);
		bool dealt = runner_kind(r) == RUNNER_LAUNCHED || runner_kind(r) == RUNNER_POOLED;
		if (dealt && isfinite(ns))
			n += (size_t)snprintf(f->creation + n, sizeof f->creation - n, "%s%.40s %s",
					      n ? ", " : "Overhead per job, wall − span: ", r->name,
					      units_show_ns(ns, text, sizeof text));
	}
	if (n)
		snprintf(f->creation + n, sizeof f->creation - n, " (%s, median over the kernels)",
			 units_show_count(f->workers, "worker", text, sizeof text));
}

static void tell_pools(const struct summary *s, struct findings *f)
{
	char words[200], of_kernels[32];
	size_t kernels;
	struct estimate e = across(s, SCALING, "fork-pool", "pthread-pool", f->workers, reading_wall,
				   &kernels);
	if (e.n == 0)
		return;
	tell_ratio(&e, "processes", "threads", words, sizeof words);
	snprintf(f->pools, sizeof f->pools, "In pools a whole job takes %s; %s", words,
		 units_show_count(kernels, "kernel", of_kernels, sizeof of_kernels));
}

/* The pool library beside itself with the other kind of worker, and beside pools that deal by schedule. */
static void tell_stealing(const struct summary *s, struct findings *f)
{
	char kinds[200], schedule[200], of_kernels[32];
	size_t kernels;
	uint64_t workers = pairing_most_workers(s, POOL);
	struct estimate a = across(s, POOL, "fork-steal", "pthread-steal", workers, reading_wall, &kernels);
	struct estimate b = across(s, POOL, "fork-steal", "fork-pool", workers, reading_wall, &kernels);
	if (a.n == 0 || b.n == 0)
		return;
	tell_ratio(&a, "processes", "threads", kinds, sizeof kinds);
	tell_ratio(&b, "processes that steal items", "processes with a schedule", schedule, sizeof schedule);
	snprintf(f->stealing, sizeof f->stealing, "In the pool library a whole job takes %s; %s; %s", kinds,
		 schedule, units_show_count(kernels, "kernel", of_kernels, sizeof of_kernels));
}

/* The gain of the most workers over as many as there are CPUs, with threads and with processes.
 */
static void tell_waiting(const struct summary *s, struct findings *f)
{
	const struct case_summary *most = NULL, *few = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!is_of(c, "waiting") || strcmp(c->id.runner, "pthread") != 0 || !c->samples)
			continue;
		if (!c->oversubscribed && (!few || c->id.workers > few->id.workers))
			few = c;
		if (c->oversubscribed && (!most || c->id.workers > most->id.workers))
			most = c;
	}
	if (!most || !few)
		return;
	const struct case_summary *most_forks = summary_find(s, most, "fork", most->id.workers);
	const struct case_summary *few_forks = summary_find(s, few, "fork", few->id.workers);
	if (!most_forks || !few_forks)
		return;
	struct estimate threads = pairing_over(s, few, most, reading_wall);
	struct estimate processes = pairing_over(s, few_forks, most_forks, reading_wall);
	char of_threads[96], of_processes[96];
	snprintf(f->waiting, sizeof f->waiting,
		 "Work that waits runs %.2f times as fast with %" PRIu64 " threads as with %" PRIu64
		 " (%s), and %.2f times as fast with processes (%s)",
		 threads.value, most->id.workers, few->id.workers,
		 tell_interval(&threads, "%.2f to %.2f", threads.low, threads.high, of_threads,
			       sizeof of_threads),
		 processes.value,
		 tell_interval(&processes, "%.2f to %.2f", processes.low, processes.high, of_processes,
			       sizeof of_processes));
}

/* The operation at which processes gain most over threads, and how many they gain at. */
static void tell_contention(const struct summary *s, struct findings *f)
{
	const struct case_summary *best = NULL;
	struct estimate most = {.value = 0};
	uint64_t workers = pairing_most_workers(s, CONTENTION);
	const struct pairing pairs = {.suite = CONTENTION,
				      .a = "pthread",
				      .b = "fork",
				      .workers = workers,
				      .ballast = PAIRING_ANY_BALLAST,
				      .reading = reading_operation};
	struct shown shown = {0};
	char differences[FINDING_BYTES / 2];
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!pairing_counterpart(s, &pairs, c))
			continue;
		struct estimate ratio = pairing_of(s, &pairs, c);
		shown_add(&shown, c->id.kernel, &ratio);
		if (ratio.n && ratio.value > most.value) {
			most = ratio;
			best = c;
		}
	}
	shown_tell(&shown, "operations", differences, sizeof differences);
	if (best && workers > 1)
		snprintf(f->contention, sizeof f->contention,
			 "%" PRIu64 " processes do up to %.1f times as many operations per second as threads "
			 "(%s); %s",
			 workers, most.value, best->id.kernel, differences);
}

static void tell_spread(const struct summary *s, struct findings *f)
{
	size_t cases = 0, tight = 0, samples = 0, noisy = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		samples += c->samples;
		noisy += c->noisy;
		if (c->samples < 2)
			continue;
		cases++;
		tight += c->spread[3] - c->spread[1] <= 0.1;
	}
	snprintf(f->spread, sizeof f->spread,
		 "In %zu of %zu cases the middle half of the samples lies within 10 %%; %zu of %zu samples "
		 "are flagged noisy",
		 tight, cases, noisy, samples);
}

void findings_make(const struct summary *summary, const char *python, struct findings *findings)
{
	*findings = (struct findings){.workers = pairing_most_workers(summary, SCALING)};
	overview_tell(summary, findings->overview, sizeof findings->overview);
	launching_tell(summary, findings->workers, &findings->launching);
	tell_speedup(summary, findings);
	tell_ratio_finding(summary, findings);
	tell_creation(summary, findings);
	tell_pools(summary, findings);
	tell_stealing(summary, findings);
	tell_waiting(summary, findings);
	tell_contention(summary, findings);
	numa_tell(summary, findings->numa, sizeof findings->numa);
	recovery_tell(summary, findings->recovery, sizeof findings->recovery);
	python_tell(summary, python, findings->python, sizeof findings->python);
	tell_spread(summary, findings);
}
