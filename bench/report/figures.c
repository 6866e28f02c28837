#include "bench/report/figures.h"

#include <math.h>
#include <string.h>

#include "bench/findings/contrasts.h"

/* ---- what there is to draw ---- */

/* Is there something to draw: a case of this suite under another runner than seq; with a speedup, if asked
 * for? */
static bool any_case(const struct summary *s, const char *suite, bool with_speedup)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->id.suite, suite) == 0 && c->samples && !case_id_is_seq(&c->id) &&
		    (!with_speedup || isfinite(c->speedup.value)))
			return true;
	}
	return false;
}

/* Does any job take longer by wall than by span? Of jobs of microseconds on a busy machine none may. */
static bool any_cost(const struct summary *s, const char *suite)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->id.suite, suite) == 0 && !case_id_is_seq(&c->id) &&
		    c->metric[METRIC_WALL].value > c->metric[METRIC_SPAN].value)
			return true;
	}
	return false;
}

static const char scaling[] = "scaling", waiting[] = "waiting", pool[] = "pool", contention[] = "contention",
		  isolation[] = "isolation", python[] = "python", cases[] = "summary.csv";

static bool has_speedup(const struct figures_of *of)
{
	return any_case(of->summary, scaling, true);
}

static bool has_launched(const struct figures_of *of)
{
	return any_case(of->summary, scaling, false);
}

static bool has_ratios(const struct figures_of *of)
{
	return of->ratios && has_launched(of);
}

static bool has_costs(const struct figures_of *of)
{
	return has_launched(of) && any_cost(of->summary, scaling);
}

static bool has_waiting(const struct figures_of *of)
{
	return any_case(of->summary, waiting, true);
}

static bool has_pools(const struct figures_of *of)
{
	return contrasts_count(of->summary, pool);
}

static bool has_contention(const struct figures_of *of)
{
	return contrasts_count(of->summary, contention);
}

static bool has_python(const struct figures_of *of)
{
	return any_case(of->summary, python, true);
}

/* ---- the figures of whole runs ---- */

/* `title`: where the finding lies in struct findings. One without a finding gets the plain title; without a
 * plain one it is not drawn. */
static const struct row {
	const char *name, *script, *table, *suite;
	size_t title;
	bool (*wanted)(const struct figures_of *of); /* NULL: where there is a finding */
	const char *plain_title;
	bool first;
} rows[] = {
	{"overview", "machines", "overview.csv", "", offsetof(struct findings, overview), NULL, NULL, true},
	{"speedup", "speedup", cases, scaling, offsetof(struct findings, speedup_title), has_speedup,
	 "Speedup over one core", true},
	{"contention", "machines", "contrasts.csv", contention, offsetof(struct findings, contention),
	 has_contention, "Time per operation", true},
	{"recovery", "recovery", cases, isolation, offsetof(struct findings, recovery), NULL, NULL, true},
	{"python", "workers", cases, python, offsetof(struct findings, python), has_python,
	 "Python threads and processes", true},
	{"ratio", "ratio", "ratios.csv", scaling, offsetof(struct findings, ratio), has_ratios,
	 "Processes over threads", false},
	{"creation", "creation", cases, scaling, offsetof(struct findings, creation), has_costs,
	 "Overhead of each runner", false},
	{"waiting", "wallspeedup", cases, waiting, offsetof(struct findings, waiting), has_waiting,
	 "Work that waits", false},
	{"pool", "machines", "contrasts.csv", pool, offsetof(struct findings, stealing), has_pools,
	 "Whole jobs in pools", false},
	{"spread", "spread", cases, scaling, offsetof(struct findings, spread), has_launched,
	 "Spread of the samples", false},
};

static void add(struct figures *to, const struct row *row, const char *title, const char *caption)
{
	to->figure[to->count++] = (struct figure){row->name, row->script, row->table, row->suite,
						  title,     caption,     row->first, false};
}

static void choose_of_runs(const struct figures_of *of, const char *caption, struct figures *to)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *finding = (const char *)of->findings + rows[i].title;
		if (rows[i].wanted ? rows[i].wanted(of) : *finding != 0)
			add(to, &rows[i], *finding ? finding : rows[i].plain_title, caption);
	}
}

/* ---- the others ---- */

static bool comes_first(const char *name)
{
	static const char *const first[] = {"lifecycle", "memory", "grain"};
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (strcmp(name, first[i]) == 0)
			return true;
	return false;
}

static void choose_of_curves(const struct figures_of *of, const char *caption, struct figures *to)
{
	const char *name;
	for (size_t i = 0; (name = curves_figure(i)) && i < FIGURES_OF_CURVES; i++) {
		if (!curves_count(of->curves, name) || !curves_is_drawn(i))
			continue;
		curves_title(of->curves, name, to->of_curves[i], sizeof to->of_curves[i]);
		add(to,
		    &(struct row){.name = name,
				  .script = name,
				  .table = "curves.csv",
				  .suite = "",
				  .first = comes_first(name)},
		    to->of_curves[i], caption);
	}
}

/* Figures that lie over what several curves tell, with the finding of one of them. */
static void choose_over_curves(const struct figures_of *of, const char *caption, struct figures *to)
{
	static const struct {
		const char *curve;
		struct row row;
	} over[] = {
		{"switch",
		 {.name = "switch", .script = "machines", .table = "contrasts.csv", .suite = "switch"}},
		{"latency", {.name = "channels", .script = "channels", .table = "curves.csv", .suite = ""}},
	};
	for (size_t i = 0; i < FIGURES_OVER_CURVES; i++) {
		if (!curves_count(of->curves, over[i].curve) ||
		    (*over[i].row.suite && !contrasts_count(of->summary, over[i].row.suite)))
			continue;
		struct row row = over[i].row;
		row.first = true;
		curves_title(of->curves, over[i].curve, to->over_curves[i], sizeof to->over_curves[i]);
		add(to, &row, to->over_curves[i], caption);
	}
}

static void choose_of_scale(const struct figures_of *of, const char *caption, struct figures *to)
{
	static const struct {
		const char *name;
		void (*tell)(const struct scale *, char[static SCALE_TITLE_BYTES]);
	} all[FIGURES_OF_SCALE] = {
		{"scale", scale_tell_strong}, {"weak", scale_tell_weak}, {"messages", scale_tell_messages}};
	for (size_t i = 0; i < FIGURES_OF_SCALE; i++) {
		all[i].tell(of->scale, to->of_scale[i]);
		if (*to->of_scale[i])
			add(to,
			    &(struct row){.name = all[i].name,
					  .script = all[i].name,
					  .table = "scale.csv",
					  .suite = "",
					  .first = i == 0},
			    to->of_scale[i], caption);
	}
}

void figures_choose(const struct figures_of *of, const char *caption, struct figures *figures)
{
	*figures = (struct figures){0};
	choose_of_runs(of, caption, figures);
	choose_over_curves(of, caption, figures);
	choose_of_curves(of, caption, figures);
	choose_of_scale(of, caption, figures);
}
