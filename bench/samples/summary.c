#include "bench/samples/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/samples/pairing.h"
#include "runners/runner.h"

#define METRIC_OF(column)                                \
	{                                                \
#column, offsetof(struct sample, column) \
	}

static const struct {
	const char *column;
	size_t offset;
} metrics[METRICS] = {
	[METRIC_WALL] = METRIC_OF(wall_ns),
	[METRIC_SPAN] = METRIC_OF(span_ns),
	[METRIC_CREATE] = METRIC_OF(create_ns),
	[METRIC_START] = METRIC_OF(start_ns),
	[METRIC_EXIT] = METRIC_OF(exit_ns),
	[METRIC_CPU] = METRIC_OF(cpu_ns),
	[METRIC_PSS] = METRIC_OF(pss_kib),
	[METRIC_RSS] = METRIC_OF(rss_kib),
	[METRIC_TABLES] = METRIC_OF(tables_kib),
	[METRIC_STACKS] = METRIC_OF(stacks_kib),
	[METRIC_SURVIVORS] = METRIC_OF(survivors),
	[METRIC_LOST] = METRIC_OF(lost),
	[METRIC_RECOVERY] = METRIC_OF(recovery_ns),
	[METRIC_USER] = METRIC_OF(user_ns),
	[METRIC_SYS] = METRIC_OF(sys_ns),
	[METRIC_MINFLT] = METRIC_OF(minflt),
	[METRIC_MAJFLT] = METRIC_OF(majflt),
	[METRIC_NVCSW] = METRIC_OF(nvcsw),
	[METRIC_NIVCSW] = METRIC_OF(nivcsw),
	[METRIC_BARRIER] = METRIC_OF(barrier_ns),
	[METRIC_BIND] = METRIC_OF(bind_ns),
	[METRIC_ENTER] = METRIC_OF(enter_ns),
	[METRIC_MEET] = METRIC_OF(meet_ns),
	[METRIC_WORK] = METRIC_OF(work_ns),
	[METRIC_LEAVE] = METRIC_OF(leave_ns),
	[METRIC_DRAIN] = METRIC_OF(drain_ns),
	[METRIC_OPEN] = METRIC_OF(open_ns),
	[METRIC_REDO] = METRIC_OF(redo_ns),
	[METRIC_OPERATION] = METRIC_OF(operation_ns),
	[METRIC_DISTURBANCES] = METRIC_OF(disturbances),
	[METRIC_P50] = METRIC_OF(p50_ns),
	[METRIC_P99] = METRIC_OF(p99_ns),
	[METRIC_REQUEST] = METRIC_OF(request_ns),
	[METRIC_GAP] = METRIC_OF(gap_ns),
	[METRIC_WAITING] = METRIC_OF(waiting_share),
	[METRIC_TRIED] = METRIC_OF(tried),
	[METRIC_HUNG] = METRIC_OF(hung),
	[METRIC_INSTRUCTIONS] = METRIC_OF(instructions_user),
};

bool summary_metric_named(const char *column, enum metric *metric)
{
	for (int m = 0; m < METRICS; m++)
		if (strcmp(metrics[m].column, column) == 0) {
			*metric = (enum metric)m;
			return true;
		}
	return false;
}

const char *summary_metric_column(enum metric metric)
{
	return metrics[metric].column;
}

/* Where a row belongs: an index of the samples, one of the summary's runs, and its pass. */
struct place {
	size_t row;
	struct case_pass of;
};

/* The samples of one case while they are being reduced. */
struct group {
	struct case_summary key;
	struct place *place;
	size_t count, capacity;
};

static struct case_summary empty_case(const struct sample *s)
{
	return (struct case_summary){
		.id = case_id_of_sample(s), .status = "ok", .exchanged = NAN, .work_unit = ""};
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_groups(const void *a, const void *b)
{
	return case_id_order(&((const struct group *)a)->key.id, &((const struct group *)b)->key.id);
}

static int add_row(struct group *g, size_t row)
{
	if (g->count == g->capacity) {
		size_t capacity = g->capacity ? 2 * g->capacity : 16;
		struct place *more = realloc(g->place, capacity * sizeof *more);
		if (!more)
			return -ENOMEM;
		g->place = more;
		g->capacity = capacity;
	}
	g->place[g->count++] = (struct place){.row = row};
	return 0;
}

static int make_groups(const struct samples *samples, struct group **groups, size_t *count)
{
	size_t capacity = 0;
	for (size_t i = 0; i < samples->count; i++) {
		struct case_summary key = empty_case(&samples->row[i]);
		size_t g = 0;
		while (g < *count && !case_id_is(&(*groups)[g].key.id, &key.id))
			g++;
		if (g == capacity) {
			capacity = capacity ? 2 * capacity : 64;
			struct group *more = realloc(*groups, capacity * sizeof *more);
			if (!more)
				return -ENOMEM;
			*groups = more;
		}
		if (g == *count)
			(*groups)[(*count)++] = (struct group){.key = key};
		if (add_row(&(*groups)[g], i))
			return -ENOMEM;
	}
	if (*count)
		qsort(*groups, *count, sizeof **groups, compare_groups);
	return 0;
}

static int list_runs(const struct samples *samples, struct summary *s)
{
	s->runs = calloc(samples->count ? samples->count : 1, sizeof *s->runs);
	if (!s->runs)
		return -ENOMEM;
	for (size_t i = 0; i < samples->count; i++) {
		const char *id = samples->row[i].run_id;
		size_t k = s->run_count;
		/* clang-tidy takes the entries below run_count for the zeros of calloc. */
		while (k > 0 &&
		       strcmp(id, s->runs[k - 1]) != 0) // NOLINT(clang-analyzer-core.NonNullParamChecker)
			k--;
		if (k == 0)
			s->runs[s->run_count++] = id;
	}
	return 0;
}

static bool is_ok(const struct sample *s)
{
	return strcmp(s->status, "ok") == 0;
}

static int compare_passes(const struct case_pass *a, const struct case_pass *b)
{
	int order = compare_u64(a->run, b->run);
	order = order ? order : compare_u64(a->block, b->block);
	return order ? order : compare_u64(a->pass, b->pass);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = compare_passes(&x->of, &y->of);
	return order ? order : compare_u64(x->row, y->row);
}

/* Invocations, and passes within them, become ranges of places. */
static void sort_places(const struct samples *samples, const struct summary *s, struct group *g)
{
	size_t run = 0;
	for (size_t i = 0; i < g->count; i++) {
		const struct sample *row = &samples->row[g->place[i].row];
		while (strcmp(s->runs[run], row->run_id) !=
		       0) /* each is one of them, mostly this or the next */
			run = (run + 1) % s->run_count;
		g->place[i].of = (struct case_pass){run, row->block, row->block ? row->pass : 0};
	}
	qsort(g->place, g->count, sizeof *g->place, compare_places);
}

static size_t end_of_run(const struct group *g, size_t from)
{
	size_t to = from;
	while (to < g->count && g->place[to].of.run == g->place[from].of.run)
		to++;
	return to;
}

static size_t end_of_pass(const struct group *g, size_t from)
{
	size_t to = from;
	while (to < g->count && compare_passes(&g->place[to].of, &g->place[from].of) == 0)
		to++;
	return to;
}

static int list_passes(const struct group *g, struct case_summary *c)
{
	c->pass = calloc(g->count, sizeof *c->pass);
	for (size_t from = 0; c->pass && from < g->count; from = end_of_pass(g, from))
		if (g->place[from].of.block)
			c->pass[c->pass_count++] = g->place[from].of;
	return c->pass ? 0 : -ENOMEM;
}

/* The values of one REAL column in the good samples of a range of a group's places. */
static size_t collect(const struct samples *samples, const struct group *g, size_t offset, size_t from,
		      size_t to, double *x)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++) {
		const struct sample *s = &samples->row[g->place[i].row];
		double value;
		memcpy(&value, (const char *)s + offset, sizeof value);
		if (is_ok(s) && isfinite(value))
			x[n++] = value;
	}
	return n;
}

static void count_rows(const struct samples *samples, const struct group *g, struct case_summary *c)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct sample *s = &samples->row[g->place[i].row];
		c->oversubscribed |= strstr(s->flags, "oversubscribed") != NULL;
		if (!is_ok(s)) {
			c->failed++;
			c->status = s->status;
			continue;
		}
		c->samples++;
		c->noisy += strstr(s->flags, "noisy") != NULL;
		c->iterations = s->iterations;
		c->work = s->work;
		c->items = s->items;
		c->phases = s->phases;
		c->exchanged = s->exchanged;
		c->work_unit = s->work_unit;
	}
}

/* An input is prepared once, not for each sample. */
static size_t collect_took(const struct samples *samples, const struct group *g, double *x)
{
	size_t n = 0;
	for (size_t i = 0; i < g->count; i++) {
		const struct sample *s = &samples->row[g->place[i].row];
		if (is_ok(s) && isfinite(s->took_ns))
			x[n++] = s->took_ns - (isfinite(s->input_ns) ? s->input_ns : 0);
	}
	return n;
}

static void reduce_medians(const struct samples *samples, const struct group *g, struct case_summary *c,
			   double *x)
{
	const struct {
		size_t offset;
		double *median;
	} columns[] = {
		{offsetof(struct sample, create_ns), &c->create_ns},
		{offsetof(struct sample, start_ns), &c->start_ns},
		{offsetof(struct sample, exit_ns), &c->exit_ns},
		{offsetof(struct sample, imbalance), &c->imbalance},
		{offsetof(struct sample, pss_kib), &c->pss_kib},
		{offsetof(struct sample, user_ns), &c->user_ns},
		{offsetof(struct sample, sys_ns), &c->sys_ns},
		{offsetof(struct sample, minflt), &c->minflt},
		{offsetof(struct sample, nvcsw), &c->nvcsw},
		{offsetof(struct sample, nivcsw), &c->nivcsw},
		{offsetof(struct sample, cycles_user), &c->count[CYCLES_USER]},
		{offsetof(struct sample, cycles_kernel), &c->count[CYCLES_KERNEL]},
		{offsetof(struct sample, instructions_user), &c->count[INSTRUCTIONS_USER]},
		{offsetof(struct sample, instructions_kernel), &c->count[INSTRUCTIONS_KERNEL]},
		{offsetof(struct sample, cache_misses_user), &c->count[CACHE_MISSES_USER]},
		{offsetof(struct sample, cache_misses_kernel), &c->count[CACHE_MISSES_KERNEL]},
		{offsetof(struct sample, dtlb_misses_user), &c->count[DTLB_MISSES_USER]},
		{offsetof(struct sample, dtlb_misses_kernel), &c->count[DTLB_MISSES_KERNEL]},
	};
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		*columns[i].median = stat_median(x, collect(samples, g, columns[i].offset, 0, g->count, x));
	c->took_ns = stat_median(x, collect_took(samples, g, x));
	size_t n = collect(samples, g, offsetof(struct sample, wall_ns), 0, g->count, x);
	double median = stat_median(x, n);
	for (int q = 0; q < 5; q++)
		c->spread[q] = stat_quantile(x, n, q / 4.0) / median;
}

/* The medians of a metric's invocations and passes. NULL: out of memory. */
static double *medians(const struct samples *samples, const struct summary *s, const struct group *g,
		       const struct case_summary *c, size_t offset, double *x)
{
	double *median = calloc(s->run_count + c->pass_count, sizeof *median);
	size_t to, pass = s->run_count;
	for (size_t r = 0; median && r < s->run_count; r++)
		median[r] = NAN;
	for (size_t from = 0; median && from < g->count; from = to) {
		to = end_of_run(g, from);
		median[g->place[from].of.run] = stat_median(x, collect(samples, g, offset, from, to, x));
	}
	for (size_t from = 0; median && from < g->count; from = to) {
		to = end_of_pass(g, from);
		if (g->place[from].of.block)
			median[pass++] = stat_median(x, collect(samples, g, offset, from, to, x));
	}
	return median;
}

static int reduce(const struct samples *samples, const struct summary *s, struct group *g,
		  struct case_summary *c)
{
	double *x = calloc(g->count > s->run_count ? g->count : s->run_count, sizeof *x);
	count_rows(samples, g, c); /* in the order of the file */
	sort_places(samples, s, g);
	int error = x ? list_passes(g, c) : -ENOMEM;
	for (int m = 0; m < METRICS && !error; m++) {
		size_t n = 0;
		c->by_run[m] = medians(samples, s, g, c, metrics[m].offset, x);
		error = c->by_run[m] ? 0 : -ENOMEM;
		for (size_t r = 0; !error && r < s->run_count; r++)
			if (isfinite(c->by_run[m][r]))
				x[n++] = c->by_run[m][r];
		c->metric[m] = stat_interval(x, n);
	}
	c->wall = c->metric[METRIC_WALL];
	c->span = c->metric[METRIC_SPAN];
	if (!error)
		reduce_medians(samples, g, c, x);
	free(x);
	return error;
}

/* Where each worker does all items, a job of n workers is n times the work. */
static struct estimate scaled(struct estimate e, double factor)
{
	e.value *= factor;
	e.low *= factor;
	e.high *= factor;
	return e;
}

static void add_speedups(struct summary *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct case_summary *c = &s->cases[i];
		const struct case_summary *seq = summary_find(s, c, "seq", 1);
		c->speedup = c->wall_speedup = (struct estimate){.value = NAN, .low = NAN, .high = NAN};
		if (!seq)
			continue;
		c->speedup = scaled(pairing_over(s, seq, c, reading_span), c->work / seq->work);
		c->wall_speedup = scaled(pairing_over(s, seq, c, reading_wall), c->work / seq->work);
	}
}

int summary_make(const struct samples *samples, struct summary *s)
{
	struct group *groups = NULL;
	size_t count = 0;
	*s = (struct summary){.sample_count = samples->count};
	int error = make_groups(samples, &groups, &count);
	if (!error)
		error = list_runs(samples, s);
	s->cases = error ? NULL : calloc(count ? count : 1, sizeof *s->cases);
	if (!error && !s->cases)
		error = -ENOMEM;
	for (; !error && groups && s->count < count; s->count++) {
		s->cases[s->count] = groups[s->count].key;
		error = reduce(samples, s, &groups[s->count], &s->cases[s->count]);
	}
	if (!error)
		add_speedups(s);
	for (size_t i = 0; groups && i < count; i++)
		free(groups[i].place);
	free(groups);
	return error;
}

void summary_free(struct summary *s)
{
	for (size_t i = 0; i < s->count; i++) {
		for (int m = 0; m < METRICS; m++)
			free(s->cases[i].by_run[m]);
		free(s->cases[i].pass);
	}
	free(s->cases);
	free(s->runs);
	*s = (struct summary){0};
}

const char *summary_series(const struct case_summary *c, char text[static SERIES_BYTES])
{
	char hosts[40] = "";
	if (c->id.hosts > 1)
		snprintf(hosts, sizeof hosts, ", %" PRIu64 " hosts", c->id.hosts);
	snprintf(text, SERIES_BYTES, "%.80s%s", c->id.runner, hosts);
	return text;
}

const struct case_summary *summary_find(const struct summary *s, const struct case_summary *like,
					const char *runner, uint64_t workers)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (c->id.workers == workers && strcmp(c->id.runner, runner) == 0 &&
		    case_id_is_same_work(&c->id, &like->id) &&
		    (case_id_is_seq(&c->id) || case_id_is_seq(&like->id) ||
		     (c->id.hosts == like->id.hosts && strcmp(c->id.placement, like->id.placement) == 0)))
			return c;
	}
	return NULL;
}
