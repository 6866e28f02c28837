/*
 * Who scales further where workers keep calling the kernel. Operations that meet on the same thing are one
 * group: its lock counts once, however many of them take it.
 */
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

#define SUITE "contention"

/* Shown beside `fault`, which has the vote: what it adds, to map and unmap, is what mmap and malloc-large
 * show. */
#define SECOND_EXPERIMENT "map-fault"

enum { NAMED = 4 };

/* What workers meet on. An operation that is not listed, such as a plug-in's, is a group of its own. */
static const struct {
	const char *what, *kernels; /* a pattern of fnmatch(3) with FNM_EXTMATCH */
} meets[] = {
	{"nothing", "@(getppid|own-line)"},
	{"the address space", "@(fault|madvise|mmap|malloc-large)"},
	{"the descriptor table", "@(open|dup)"},
	{"a pipe", "pipe"},
	{"signal handlers", "signal"},
	{"the futex table", "futex-wake"},
	{"a cache line", "@(atomic|false-sharing)"},
	{"a lock", "@(mutex|rwlock|semaphore)"},
	{"the allocator", "malloc-@(small|medium)"},
};

struct operation {
	const struct case_summary *processes, *threads;
	size_t group;
};

struct group {
	const char *what;
	bool counts; /* its workers meet: it has a vote */
	struct look look;
	const struct case_summary *best; /* its most marked operation */
	struct estimate ratio_of_best;
	size_t operations;
};

/* At the most workers. */
struct field {
	uint64_t workers;
	struct operation *operation;
	struct group *group;
	size_t operations, groups;
	size_t ahead, behind, voters, votes; /* groups; of those that count: all, and those ahead */
	struct estimate whole;               /* the geometric mean of the groups */
};

static const char *what_meets(const char *kernel)
{
	for (size_t i = 0; i < sizeof meets / sizeof *meets; i++)
		if (fnmatch(meets[i].kernels, kernel, FNM_EXTMATCH) == 0)
			return meets[i].what;
	return kernel;
}

static size_t group_of(struct field *f, const char *what)
{
	for (size_t g = 0; g < f->groups; g++)
		if (strcmp(f->group[g].what, what) == 0)
			return g;
	f->group[f->groups] = (struct group){.what = what, .counts = strcmp(what, meets[0].what) != 0};
	return f->groups++;
}

static void find_operations(const struct summary *s, struct field *f)
{
	const struct pairing p = {.suite = SUITE,
				  .a = "fork",
				  .b = "pthread",
				  .workers = f->workers,
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_operation};
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i], *threads = pairing_counterpart(s, &p, c);
		if (!threads || strcmp(c->id.kernel, SECOND_EXPERIMENT) == 0)
			continue;
		size_t g = group_of(f, what_meets(c->id.kernel));
		struct estimate ratio = pairing_over(s, c, threads, reading_operation);
		f->operation[f->operations++] = (struct operation){c, threads, g};
		f->group[g].operations++;
		if (!f->group[g].best ||
		    fabs(log(ratio.value)) > fabs(log(f->group[g].ratio_of_best.value))) {
			f->group[g].best = c;
			f->group[g].ratio_of_best = ratio;
		}
	}
}

/* The geometric mean over a group's operations in one invocation; NaN where it has not all of them. */
static double mean_of_group(const struct summary *s, const struct field *f, size_t g, size_t run)
{
	double sum = 0;
	for (size_t i = 0; i < f->operations; i++)
		if (f->operation[i].group == g)
			sum += log(pairing_ratio(s, f->operation[i].processes, f->operation[i].threads,
						 reading_operation, run));
	return exp(sum / (double)f->group[g].operations);
}

static double mean_of_groups(const struct summary *s, const struct field *f, size_t run)
{
	double sum = 0;
	for (size_t g = 0; g < f->groups; g++)
		sum += log(mean_of_group(s, f, g, run));
	return exp(sum / (double)f->groups);
}

/* All groups are looked at together; what differs is what is left of them after Holm's correction. */
static void count_votes(struct field *f, struct look *look)
{
	bool corrected = looks_correct(look, f->groups) == 0;
	for (size_t g = 0; corrected && g < f->groups; g++) {
		f->group[g].look = look[g];
		f->ahead += look_is_less(&look[g]);
		f->behind += look_is_more(&look[g]);
		f->voters += f->group[g].counts;
		f->votes += f->group[g].counts && look_is_less(&look[g]);
	}
}

/* False: out of memory. */
static bool compare_groups(const struct summary *s, struct field *f)
{
	double *x = calloc(s->run_count + 1, sizeof *x);
	struct look *look = calloc(f->groups + 1, sizeof *look);
	for (size_t g = 0; x && look && g <= f->groups; g++) {
		size_t n = 0;
		for (size_t r = 0; r < s->run_count; r++) {
			double mean = g < f->groups ? mean_of_group(s, f, g, r) : mean_of_groups(s, f, r);
			if (isfinite(mean) && mean > 0)
				x[n++] = mean;
		}
		if (g < f->groups)
			look[g] = look_make(x, n);
		else if (n)
			f->whole = stat_interval(x, n);
	}
	bool made = x && look;
	if (made)
		count_votes(f, look);
	free(x);
	free(look);
	return made;
}

/* ---- words ---- */

static int by_mark(const void *a, const void *b)
{
	double x = fabs(log(((const struct group *)a)->look.ratio.value));
	double y = fabs(log(((const struct group *)b)->look.ratio.value));
	return (x < y) - (x > y);
}

/* "the address space (0.35 [0.31, 0.40] over 4 operations; mmap 0.26 [0.18, 0.27])", "a pipe (…)" */
static void name_group(const struct group *g, char *text)
{
	char figure[2][CLAIM_FIGURE_BYTES];
	claims_show_ratio(&g->look.ratio, figure[0]);
	claims_show_ratio(&g->ratio_of_best, figure[1]);
	if (g->operations > 1)
		claims_add(text, "%s (%s over %zu operations; %s %s)", g->what, figure[0], g->operations,
			   g->best->id.kernel, figure[1]);
	else
		claims_add(text, "%s (%s %s)", g->what, g->best->id.kernel, figure[1]);
}

/* Groups come in the order of how marked they are. */
static void name_side(const struct field *f, bool (*is)(const struct look *look), const char *who, char *text)
{
	size_t named = 0, all = 0;
	for (size_t g = 0; g < f->groups; g++) {
		if (!is(&f->group[g].look) || ++all > NAMED)
			continue;
		if (named++)
			claims_add(text, ", ");
		else
			claims_also(text, "%s are ahead where workers contend for ", who);
		name_group(&f->group[g], text);
	}
	if (all > NAMED)
		claims_add(text, " and %zu more", all - NAMED);
}

/* Names the columns; true where all of the operations have a window. */
static bool stamp_operations(const struct field *f, struct claim *c)
{
	bool all = true;
	for (size_t i = 0; i < f->operations; i++) {
		bool window = readings_has_window(f->operation[i].processes) &&
			      readings_has_window(f->operation[i].threads);
		all = all && window;
		claims_stamp(c, window ? "operation_ns" : "span_ns");
	}
	return all;
}

static void say_field(const struct field *f, struct claim *c)
{
	char figure[CLAIM_FIGURE_BYTES], workers[32], groups[32];
	bool in_window = stamp_operations(f, c);
	if (f->workers == 2)
		snprintf(workers, sizeof workers, "two workers");
	else
		units_show_count(f->workers, "worker", workers, sizeof workers);
	claims_add(c->measured,
		   "at %s, the most measured, an operation takes processes %s times as long as threads (%zu "
		   "kinds in %s by what workers contend for%s); markedly less in %zu, markedly more in %zu",
		   workers, claims_show_ratio(&f->whole, figure), f->operations,
		   units_show_count(f->groups, "group", groups, sizeof groups),
		   in_window ? "; operations of all workers in a fixed window" : "", f->ahead, f->behind);
}

/* ---- the judge ---- */

/* There is one. */
static const struct group *most_ahead(const struct field *f)
{
	const struct group *g = f->group;
	while (!look_is_less(&g->look))
		g++;
	return g;
}

static enum claim_verdict judge_groups(const struct field *f, struct claim *c)
{
	claims_rest_on(c, &f->whole);
	if (!claims_is_sure(&f->whole))
		return claims_unsure(&f->whole, c);
	if (f->voters && f->votes == f->voters)
		return CLAIM_HOLDS;
	if (f->ahead) {
		claims_rest_on(c, &most_ahead(f)->look.ratio);
		claims_add(c->reason, "on what is asked of the kernel: ");
		char sides[CLAIM_BYTES] = "";
		name_side(f, look_is_less, "processes", sides);
		name_side(f, look_is_more, "threads", sides);
		claims_add(c->reason, "%s", sides);
		return CLAIM_DEPENDS;
	}
	name_side(f, look_is_more, "threads", c->reason);
	if (pairing_is_alike(&f->whole) && !f->behind)
		return CLAIM_SAME;
	if (pairing_is_not_less(&f->whole))
		return CLAIM_FAILS;
	if (f->behind)
		claims_add(c->reason, "; over all groups, ");
	return claims_unsure(&f->whole, c);
}

enum claim_verdict claims_judge_contention(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	struct field f = {.workers = pairing_most_workers(s, SUITE),
			  .operation = calloc(s->count + 1, sizeof *f.operation),
			  .group = calloc(s->count + 1, sizeof *f.group),
			  .whole = {.value = NAN, .low = NAN, .high = NAN}};
	enum claim_verdict verdict = CLAIM_UNKNOWN;
	if (f.workers == 1) {
		verdict = claims_one_unit(c);
	} else if (f.operation && f.group) {
		find_operations(s, &f);
		bool made = compare_groups(s, &f);
		qsort(f.group, f.groups, sizeof *f.group, by_mark);
		if (made && f.whole.n) {
			say_field(&f, c);
			verdict = judge_groups(&f, c);
		} else if (made) {
			verdict = claims_unsure(&f.whole, c);
		}
	}
	free(f.operation);
	free(f.group);
	return verdict;
}
