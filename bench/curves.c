#include "bench/curves.h"

#include <csv.h>
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/folder.h"
#include "bench/markdown.h"
#include "bench/units.h"

enum unit { UNIT_NS, UNIT_BYTES, UNIT_BYTES_A_SECOND, UNIT_KIB, UNIT_SHARE, UNIT_WORKERS };

/* One reading of a case in one invocation; NaN: there is none. */
typedef double reading(const struct summary *s, const struct case_summary *c, size_t run);

struct curve_panel {
	const char *name;
	bool (*has)(const struct case_summary *c);
	reading *y;
};

enum { CURVE_PANELS = 4 };

struct curve_figure {
	const char *name, *suite;
	const char *kernels; /* a pattern as of glob(7); what `*` stands for names the panel where there is no
				list */
	double (*x)(const struct case_summary *c);
	reading *y;
	struct curve_panel panel[CURVE_PANELS]; /* ends with one without a name */
	enum unit x_unit, y_unit;
	bool only_a_table;
	const char *heading, *about; /* of the section in RESULTS.md */
	const char *panel_head, *x_head;
	/* What the figure shows begins so; then come an x and `title_end`. */
	const char *title, *title_end;
	const char *panels_are; /* "channels": the title is about all of them; NULL: about the first panel's
				   series */
	bool title_at_most;     /* that x is the largest, where it is about all panels; else the smallest */
};

/* ---- readings ---- */

static double of_run(const struct case_summary *c, enum metric m, size_t run)
{
	return c->by_run[m][run];
}

static double wall_a_worker(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return of_run(c, METRIC_WALL, run) / (double)c->workers;
}

static double create(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return of_run(c, METRIC_CREATE, run);
}

static double start(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return of_run(c, METRIC_START, run);
}

static double leave(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return of_run(c, METRIC_EXIT, run);
}

static double kib_a_worker(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return (of_run(c, METRIC_PSS, run) + of_run(c, METRIC_TABLES, run) + of_run(c, METRIC_STACKS, run)) /
	       (double)c->workers;
}

static double span_an_item(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return of_run(c, METRIC_SPAN, run) / (double)c->items;
}

static double cpu_an_item(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return of_run(c, METRIC_CPU, run) / (double)c->items;
}

/* An item of `switch` is there and back. */
static double hand_over(const struct summary *s, const struct case_summary *c, size_t run)
{
	return span_an_item(s, c, run) / 2;
}

static double work_a_second(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->work / of_run(c, METRIC_SPAN, run) * 1e9;
}

/* ---- where on the figure ---- */

static double x_ballast(const struct case_summary *c)
{
	return (double)c->ballast;
}

static double x_workers(const struct case_summary *c)
{
	return (double)c->workers;
}

static double x_size(const struct case_summary *c)
{
	return (double)c->size;
}

static bool is_kernel(const struct case_summary *c, const char *name)
{
	return strcmp(c->kernel, name) == 0;
}

static bool in_small_pages(const struct case_summary *c)
{
	return c->workers == 1 && strcmp(c->pages, "huge") != 0;
}

static bool in_huge_pages(const struct case_summary *c)
{
	return c->workers == 1 && strcmp(c->pages, "small") != 0;
}

static bool has_small_pages(const struct case_summary *c)
{
	return strcmp(c->pages, "small") == 0;
}

static bool has_huge_pages(const struct case_summary *c)
{
	return strcmp(c->pages, "huge") == 0;
}

static bool is_single(const struct case_summary *c)
{
	return c->workers == 1;
}

static bool without_ballast(const struct case_summary *c)
{
	return c->ballast == 0;
}

static bool is_idle(const struct case_summary *c)
{
	return is_kernel(c, "empty");
}

static bool is_private(const struct case_summary *c)
{
	return is_kernel(c, "touch-private");
}

static bool is_shared(const struct case_summary *c)
{
	return is_kernel(c, "touch-shared");
}

static const struct curve_figure figures[] = {
	{
		.name = "lifecycle",
		.suite = "lifecycle",
		.kernels = "empty",
		.x = x_ballast,
		.y = wall_a_worker,
		.panel = {{"parent's memory in pages of 4 KiB", in_small_pages, NULL},
			  {"parent's memory in huge pages", in_huge_pages, NULL}},
		.x_unit = UNIT_BYTES,
		.heading = "What a worker's life costs beside the parent's memory",
		.about = "One worker without work, from before its launch to after its end, while the parent "
			 "holds "
			 "so much memory of its own. A fork copies the page tables of all of it.",
		.panel_head = "pages",
		.x_head = "parent holds",
		.title = "One worker's life beside",
		.title_end = " of the parent's memory",
	},
	{
		.name = "lives",
		.suite = "lifecycle",
		.kernels = "empty",
		.x = x_workers,
		.panel = {{"inside the launch call", without_ballast, create},
			  {"launch call to first instruction", without_ballast, start},
			  {"last instruction to reaped", without_ballast, leave}},
		.x_unit = UNIT_WORKERS,
		.heading = "What a worker's life costs beside its siblings",
		.about = "Workers without work, a worker's mean.",
		.panel_head = "step",
		.x_head = "workers",
		.title = "To launch one of",
		.title_end = " workers takes the parent",
	},
	{
		.name = "program",
		.suite = "lifecycle",
		.kernels = "exec",
		.x = x_ballast,
		.y = span_an_item,
		.panel = {{"posix_spawn of /bin/true, and its end", is_single, NULL}},
		.x_unit = UNIT_BYTES,
		.only_a_table = true,
		.heading = "What a new program costs",
		.about = "For scale: a thread starts the smallest program there is and waits for its end, "
			 "while the "
			 "process holds so much memory. posix_spawn copies no page tables.",
		.panel_head = "operation",
		.x_head = "parent holds",
		.title = "To start and reap a minimal program beside",
		.title_end = " of the parent's memory takes",
	},
	{
		.name = "copied",
		.suite = "lifecycle",
		.kernels = "copy",
		.x = x_ballast,
		.y = span_an_item,
		.panel = {{"small pages (4 KiB)", has_small_pages, NULL},
			  {"huge pages", has_huge_pages, NULL}},
		.x_unit = UNIT_BYTES,
		.only_a_table = true,
		.heading = "What the first write to the parent's memory costs",
		.about = "A worker writes a byte to each 4 KiB of 16 MiB that its parent holds; the time a "
			 "page. After "
			 "a fork each is copied then, a thread writes to it as it is.",
		.panel_head = "pages",
		.x_head = "parent holds",
		.title = "The first write to a page of the parent's, of",
		.title_end = " in pages of 4 KiB",
	},
	{
		.name = "memory",
		.suite = "memory",
		.kernels = "*",
		.x = x_workers,
		.y = kib_a_worker,
		.panel = {{"idle", is_idle, NULL},
			  {"memory of its own", is_private, NULL},
			  {"memory of all", is_shared, NULL}},
		.x_unit = UNIT_WORKERS,
		.y_unit = UNIT_KIB,
		.heading = "What one more worker occupies",
		.about = "Proportional set size, page tables and kernel stacks that the workers added, a "
			 "worker. "
			 "The workers have touched 1 MiB each, 1 MiB in all, or nothing.",
		.panel_head = "the workers have",
		.x_head = "workers",
		.title = "Of",
		.title_end = " idle workers each occupies",
	},
	{
		.name = "switch",
		.suite = "switch",
		.kernels = "switch-*",
		.x = x_size,
		.y = hand_over,
		.x_unit = UNIT_BYTES,
		.heading = "What it costs to hand over to another worker",
		.about = "Two workers take turns; each touches its working set before it hands over. "
			 "*single*: both "
			 "on one processing unit; *compact*: on two.",
		.panel_head = "by means of",
		.x_head = "working set",
		.title = "Handing over with a working set of",
		.title_end = "",
		.panels_are = "ways",
	},
	{
		.name = "latency",
		.suite = "channel",
		.kernels = "latency-*",
		.x = x_size,
		.y = span_an_item,
		.x_unit = UNIT_BYTES,
		.heading = "How long a message and its answer take",
		.about = "Round trip between two workers on two processing units. The receiver reads all of "
			 "it.",
		.panel_head = "channel",
		.x_head = "message",
		.title = "Round trip of",
		.title_end = "",
		.panels_are = "channels",
	},
	{
		.name = "effort",
		.suite = "channel",
		.kernels = "latency-*",
		.x = x_size,
		.y = cpu_an_item,
		.x_unit = UNIT_BYTES,
		.heading = "What a message and its answer take of the processors",
		.about = "Processor time of both workers, a round trip: who spins pays for waiting, who "
			 "sleeps "
			 "does not.",
		.panel_head = "channel",
		.x_head = "message",
		.title = "Processor time of a round trip of",
		.title_end = "",
		.panels_are = "channels",
	},
	{
		.name = "bandwidth",
		.suite = "channel",
		.kernels = "bandwidth-*",
		.x = x_size,
		.y = work_a_second,
		.x_unit = UNIT_BYTES,
		.y_unit = UNIT_BYTES_A_SECOND,
		.heading = "How much goes through a channel",
		.about = "In one direction, from one worker to another; writing the payload and reading it "
			 "included.",
		.panel_head = "channel",
		.x_head = "message",
		.title = "Messages of",
		.title_end = "",
		.panels_are = "channels",
		.title_at_most = true,
	},
	{
		.name = "grain",
		.suite = "granularity",
		.kernels = "*",
		.x = x_size,
		.y = grain_efficiency,
		.panel = {{GRAIN_TASK, grain_is_task, NULL}, {GRAIN_STREAM, grain_is_stream, NULL}},
		.x_unit = UNIT_NS,
		.y_unit = UNIT_SHARE,
		.heading = "How small a task may be",
		.about = "Efficiency: sequential time of the tasks over workers × the job's wall time.",
		.panel_head = "tasks",
		.x_head = "size of a task",
	},
	{.name = NULL},
};

const char *curves_figure(size_t index)
{
	return index < sizeof figures / sizeof *figures ? figures[index].name : NULL;
}

bool curves_is_drawn(size_t index)
{
	return !figures[index].only_a_table;
}

/* ---- making ---- */

static int add_point(const struct summary *s, const struct case_summary *c, const struct curve_figure *f,
		     const struct curve_panel *panel, struct curves *curves)
{
	double *x = calloc(s->run_count + 1, sizeof *x);
	struct curve_point *more = realloc(curves->point, (curves->count + 1) * sizeof *more);
	size_t n = 0;
	if (more)
		curves->point = more;
	if (!x || !more)
		return free(x), -ENOMEM;
	for (size_t r = 0; r < s->run_count; r++) {
		x[n] = (panel && panel->y ? panel->y : f->y)(s, c, r);
		n += isfinite(x[n]) != 0;
	}
	struct curve_point *p = &more[curves->count];
	*p = (struct curve_point){.figure = f, .series = c->runner, .x = f->x(c)};
	const char *star = strchr(f->kernels, '*');
	p->place = panel ? (size_t)(panel - f->panel) : 0;
	if (panel)
		snprintf(p->panel, sizeof p->panel, "%s", panel->name);
	else
		snprintf(p->panel, sizeof p->panel, "%.60s%s%.20s",
			 c->kernel + (star ? star - f->kernels : 0),
			 strcmp(c->placement, "compact") == 0 ? "" : ", ",
			 strcmp(c->placement, "compact") == 0 ? "" : c->placement);
	if (n) {
		p->y = stat_median_interval(x, n);
		curves->count++;
	}
	free(x);
	return 0;
}

static int add_case(const struct summary *s, const struct case_summary *c, const struct curve_figure *f,
		    struct curves *curves)
{
	int error = 0;
	if (!f->panel[0].name)
		return add_point(s, c, f, NULL, curves);
	for (const struct curve_panel *p = f->panel; p->name && !error; p++)
		if (p->has(c))
			error = add_point(s, c, f, p, curves);
	return error;
}

/* By panel, then by x. */
static int compare_points(const void *a, const void *b)
{
	const struct curve_point *p = a, *q = b;
	int order = (p->figure > q->figure) - (p->figure < q->figure);
	order = order ? order : (p->place > q->place) - (p->place < q->place);
	order = order ? order : strcmp(p->panel, q->panel);
	return order ? order : (p->x > q->x) - (p->x < q->x);
}

int curves_make(const struct summary *s, struct curves *curves)
{
	int error = 0;
	*curves = (struct curves){0};
	for (const struct curve_figure *f = figures; f->name; f++)
		for (size_t i = 0; i < s->count && !error; i++) {
			const struct case_summary *c = &s->cases[i];
			if (strcmp(c->suite, f->suite) == 0 && c->samples && strcmp(c->runner, "seq") != 0 &&
			    fnmatch(f->kernels, c->kernel, 0) == 0)
				error = add_case(s, c, f, curves);
		}
	if (!error)
		error = grains_make(s, &curves->grains);
	if (curves->count)
		qsort(curves->point, curves->count, sizeof *curves->point, compare_points);
	return error;
}

void curves_free(struct curves *curves)
{
	free(curves->point);
	grains_free(&curves->grains);
	*curves = (struct curves){0};
}

size_t curves_count(const struct curves *curves, const char *figure)
{
	size_t n = 0;
	for (size_t i = 0; i < curves->count; i++)
		n += strcmp(curves->point[i].figure->name, figure) == 0;
	return n;
}

/* ---- words ---- */

static const char *show(enum unit unit, double value, char *text, size_t bytes)
{
	char number[32];
	switch (unit) {
	case UNIT_NS:
		return units_show_ns(value, text, bytes);
	case UNIT_SHARE:
		snprintf(text, bytes, "%.0f %%", 100 * value);
		return text;
	case UNIT_KIB:
		snprintf(text, bytes, "%.*f KiB", fabs(value) < 10 ? 1 : 0, value);
		return text;
	case UNIT_WORKERS:
		snprintf(text, bytes, "%.0f", value);
		return text;
	case UNIT_BYTES_A_SECOND:
		snprintf(text, bytes, "%sB/s", units_show_si(value, number, sizeof number));
		return text;
	case UNIT_BYTES:
		break;
	}
	if (value >= 1 << 30)
		snprintf(text, bytes, "%g GiB", value / (1 << 30));
	else if (value >= 1024 * 1024)
		snprintf(text, bytes, "%g MiB", value / 1024 / 1024);
	else if (value >= 1024)
		snprintf(text, bytes, "%g KiB", value / 1024);
	else
		snprintf(text, bytes, "%g B", value);
	return text;
}

/* The series of the first panel at its largest x. */
static void tell_series(const struct curves *curves, const struct curve_figure *f, char *title, size_t bytes)
{
	const struct curve_point *first = NULL, *last = NULL;
	char list[CURVE_TITLE_BYTES] = "", text[32], at[32];
	size_t n = 0;
	for (size_t i = 0; i < curves->count; i++) {
		const struct curve_point *p = &curves->point[i];
		if (p->figure != f)
			continue;
		first = first ? first : p;
		if (strcmp(p->panel, first->panel) == 0)
			last = p;
	}
	for (const struct curve_point *p = first; p && p <= last && n < sizeof list; p++)
		if (p->x == last->x)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%s %s", n ? ", " : "", p->series,
					      show(f->y_unit, p->y.value, text, sizeof text));
	if (first)
		snprintf(title, bytes, "%s %s%s: %s", f->title, show(f->x_unit, last->x, at, sizeof at),
			 f->title_end, list);
}

/* Do the intervals of one point leave room for the other? */
static bool apart(const struct curve_point *a, const struct curve_point *b)
{
	return a->y.low > b->y.high || b->y.low > a->y.high;
}

/* The same panel and x by the other series. */
static const struct curve_point *counterpart(const struct curves *curves, const struct curve_point *p)
{
	for (const struct curve_point *q = curves->point; q < curves->point + curves->count; q++)
		if (compare_points(p, q) == 0 && strcmp(p->series, q->series) != 0)
			return q;
	return NULL;
}

/* Over all panels at one x: from which to which, and in how many of them threads and processes differ. */
static void tell_panels(const struct curves *curves, const struct curve_figure *f, char *title, size_t bytes)
{
	const struct curve_point *least = NULL, *most = NULL;
	double x = NAN;
	size_t panels = 0, differ = 0;
	char from[32], to[32], at[32];
	for (const struct curve_point *p = curves->point; p < curves->point + curves->count; p++)
		if (p->figure == f && (isnan(x) || (f->title_at_most ? p->x > x : p->x < x)))
			x = p->x;
	for (const struct curve_point *p = curves->point; p < curves->point + curves->count; p++) {
		const struct curve_point *other = counterpart(curves, p);
		if (p->figure != f || p->x != x)
			continue;
		least = !least || p->y.value < least->y.value ? p : least;
		most = !most || p->y.value > most->y.value ? p : most;
		if (other && p < other) {
			panels++;
			differ += apart(p, other);
		}
	}
	if (least)
		snprintf(title, bytes,
			 "%s %s%s: %s (%s, %s) to %s (%s, %s); threads and processes differ in %zu of %zu %s",
			 f->title, show(f->x_unit, x, at, sizeof at), f->title_end,
			 show(f->y_unit, least->y.value, from, sizeof from), least->panel, least->series,
			 show(f->y_unit, most->y.value, to, sizeof to), most->panel, most->series, differ,
			 panels, f->panels_are);
}

void curves_title(const struct curves *curves, const char *figure, char *title, size_t bytes)
{
	const struct curve_figure *f = figures;
	*title = '\0';
	while (f->name && strcmp(f->name, figure) != 0)
		f++;
	if (!f->name || !curves_count(curves, figure))
		return;
	if (!f->title)
		grains_title(&curves->grains, title, bytes);
	else if (f->panels_are)
		tell_panels(curves, f, title, bytes);
	else
		tell_series(curves, f, title, bytes);
}

/* ---- writing ---- */

static void put_number(FILE *file, double value)
{
	if (isfinite(value))
		fprintf(file, ",%.8g", value);
	else
		fputc(',', file);
}

int curves_write(const char *dir, const struct curves *curves)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);
	if (!file)
		return -ENOMEM;
	fputs("figure,panel,series,x,value,low,high,runs\r\n", file);
	for (size_t i = 0; i < curves->count; i++) {
		const struct curve_point *p = &curves->point[i];
		const char *texts[] = {p->figure->name, p->panel, p->series};
		for (size_t k = 0; k < 3; k++) {
			if (k)
				fputc(',', file);
			csv_fwrite(file, texts[k], strlen(texts[k]));
		}
		put_number(file, p->x);
		put_number(file, p->y.value);
		put_number(file, p->y.low);
		put_number(file, p->y.high);
		fprintf(file, ",%zu\r\n", p->y.n);
	}
	grains_put_rows(file, &curves->grains);
	int error = fclose(file) == EOF ? -ENOMEM : folder_write(dir, "curves.csv", text, bytes);
	free(text);
	return error;
}

static void put_estimate(FILE *file, enum unit unit, const struct estimate *e)
{
	char value[32], low[32], high[32];
	fprintf(file, " %s", show(unit, e->value, value, sizeof value));
	if (isfinite(e->low))
		fprintf(file, " [%s, %s]", show(unit, e->low, low, sizeof low),
			show(unit, e->high, high, sizeof high));
	fputs(" |", file);
}

enum { SERIES_MAX = 16 };

/* The series of a figure, in the order in which they come. */
static size_t list_series(const struct curves *curves, const struct curve_figure *f, const char **series)
{
	size_t n = 0;
	for (size_t i = 0; i < curves->count; i++) {
		size_t k = 0;
		if (curves->point[i].figure != f)
			continue;
		while (k < n && strcmp(series[k], curves->point[i].series) != 0)
			k++;
		if (k == n && n < SERIES_MAX)
			series[n++] = curves->point[i].series;
	}
	return n;
}

static void put_row(FILE *file, const struct curves *curves, size_t first, const char **series, size_t n)
{
	char x[32];
	const struct curve_point *open = &curves->point[first];
	fputs("| ", file);
	markdown_put_text(file, open->panel);
	fprintf(file, " | %s |", show(open->figure->x_unit, open->x, x, sizeof x));
	for (size_t k = 0; k < n; k++) {
		const struct curve_point *found = NULL;
		for (size_t i = first; i < curves->count && compare_points(&curves->point[i], open) == 0; i++)
			if (strcmp(curves->point[i].series, series[k]) == 0)
				found = &curves->point[i];
		if (found)
			put_estimate(file, open->figure->y_unit, &found->y);
		else
			fputs(" – |", file);
	}
	fputc('\n', file);
}

static void put_section(FILE *file, const struct curves *curves, const struct curve_figure *f)
{
	const char *series[SERIES_MAX];
	size_t n = list_series(curves, f, series);
	fprintf(file, "## %s\n\n%s Median [interval].\n\n| %s | %s |", f->heading, f->about, f->panel_head,
		f->x_head);
	for (size_t k = 0; k < n; k++) {
		fputc(' ', file);
		markdown_put_text(file, series[k]);
		fputs(" |", file);
	}
	fputs("\n|---|---:|", file);
	for (size_t k = 0; k < n; k++)
		fputs("---:|", file);
	fputc('\n', file);
	for (size_t i = 0; i < curves->count; i++)
		if (curves->point[i].figure == f &&
		    (i == 0 || compare_points(&curves->point[i - 1], &curves->point[i]) != 0))
			put_row(file, curves, i, series, n);
	fputc('\n', file);
	if (!f->title)
		grains_put_sentences(file, &curves->grains);
}

void curves_put_sections(FILE *file, const struct curves *curves)
{
	for (const struct curve_figure *f = figures; f->name; f++)
		if (curves_count(curves, f->name))
			put_section(file, curves, f);
}
