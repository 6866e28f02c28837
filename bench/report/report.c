#include "bench/report/report.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/findings/claims_files.h"
#include "bench/findings/curves.h"
#include "bench/findings/findings.h"
#include "bench/findings/overview.h"
#include "bench/findings/scale.h"
#include "bench/render/plots.h"
#include "bench/report/html.h"
#include "bench/report/markdown.h"
#include "bench/report/tables.h"

static int write_tables(const char *dir, const struct summary *s, const struct curves *curves,
			const struct scale *scale, size_t *ratios)
{
	int error = tables_write_summary(dir, s);
	if (!error)
		error = tables_write_ratios(dir, s, ratios);
	if (!error)
		error = overview_write(dir, s);
	if (!error)
		error = curves_write(dir, curves);
	if (!error)
		error = scale_write(dir, scale);
	return error ? complain(EXIT_UNUSABLE, "the tables in '%s' cannot be written: %s", dir,
				strerror(-error))
		     : 0;
}

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

enum { FIGURES = 19, CURVE_FIGURES = 12, SCALE_FIGURES = 3 };

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

/* The figures that this run has something for; one without a finding gets a plain title. Their number. */
static size_t choose_figures(const struct summary *s, const struct findings *f, size_t ratios,
			     const char *caption, struct figure *figures)
{
	size_t n = 0;
	static const char scaling[] = "scaling", waiting[] = "waiting", pool[] = "pool",
			  contention[] = "contention", isolation[] = "isolation", python[] = "python",
			  cases[] = "summary.csv";
	bool speedup = any_case(s, scaling, true), launched = any_case(s, scaling, false);
	bool costs = any_cost(s, scaling);
	const struct {
		bool wanted;
		struct figure figure;
		const char *plain_title;
	} all[] = {
		{*f->overview, {"overview", "machines", "overview.csv", "", f->overview, caption, false}, ""},
		{speedup,
		 {"speedup", "speedup", cases, scaling, f->speedup, caption, false},
		 "Speedup of the work over one core"},
		{speedup,
		 {"efficiency", "efficiency", cases, scaling, f->efficiency, caption, false},
		 "Speedup per worker"},
		{speedup,
		 {"jobs", "wallspeedup", cases, scaling, f->launching.title, caption, false},
		 "Speedup of whole jobs over one core, launch and end included"},
		{launched && ratios,
		 {"ratio", "ratio", "ratios.csv", scaling, f->ratio, caption, false},
		 "Processes over threads"},
		{launched && costs,
		 {"creation", "creation", cases, scaling, f->creation, caption, false},
		 "What a runner costs beside the work"},
		{any_case(s, waiting, true),
		 {"waiting", "wallspeedup", cases, waiting, f->waiting, caption, false},
		 "Work that waits"},
		{any_case(s, pool, true),
		 {"pool", "wallspeedup", cases, pool, f->stealing, caption, false},
		 "Speedup of whole jobs in pools over one core"},
		{any_case(s, contention, true),
		 {"contention", "contention", cases, contention, f->contention, caption, false},
		 "Operations of all workers over those of one"},
		{*f->recovery,
		 {"recovery", "recovery", cases, isolation, f->recovery, caption, false},
		 "When a new worker is there after a crash"},
		{any_case(s, python, true),
		 {"python", "speedup", cases, python, f->python, caption, false},
		 "Python threads and processes"},
		{launched,
		 {"spread", "spread", cases, scaling, f->spread, caption, false},
		 "Spread of the samples"},
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (!all[i].wanted)
			continue;
		figures[n] = all[i].figure;
		if (!*figures[n].title)
			figures[n].title = all[i].plain_title;
		n++;
	}
	return n;
}

/* Their number. */
static size_t choose_curves(const struct curves *curves, const char *caption,
			    char (*titles)[CURVE_TITLE_BYTES], struct figure *figures)
{
	const char *name;
	size_t n = 0;
	for (size_t i = 0; (name = curves_figure(i)) && i < CURVE_FIGURES; i++) {
		if (!curves_count(curves, name) || !curves_is_drawn(i))
			continue;
		curves_title(curves, name, titles[i], sizeof titles[i]);
		figures[n++] = (struct figure){name, name, "curves.csv", "", titles[i], caption, false};
	}
	return n;
}

static void choose_scale(const struct scale *scale, const char *caption, char (*titles)[SCALE_TITLE_BYTES],
			 struct figure *figures)
{
	static const struct {
		const char *name;
		void (*tell)(const struct scale *, char[static SCALE_TITLE_BYTES]);
	} all[SCALE_FIGURES] = {
		{"scale", scale_tell_strong}, {"weak", scale_tell_weak}, {"messages", scale_tell_messages}};
	size_t n = 0;
	for (size_t i = 0; i < SCALE_FIGURES; i++) {
		all[i].tell(scale, titles[i]);
		if (*titles[i])
			figures[n++] = (struct figure){all[i].name, all[i].name, "scale.csv", "",
						       titles[i],   caption,     false};
	}
}

/* The pages and the table of verdicts; report.html, if it is wanted. 0, or an exit code after a message. */
static int write_pages(const struct html_page *page, const struct curves *curves, bool html)
{
	const char *dir = page->dir;
	int code = EXIT_WELL, error = claims_write(dir, page->claims);
	if (!error)
		error = markdown_write(dir, page->env, page->summary, page->claims, page->findings, curves, page->scale,
				       page->figures);
	if (error)
		code = complain(EXIT_UNUSABLE, "the verdicts and RESULTS.md in '%s' cannot be written: %s",
				dir, strerror(-error));
	error = html ? html_write(page) : 0;
	if (error)
		code = complain(EXIT_UNUSABLE, "'%s/report.html' cannot be written: %s", dir,
				strerror(-error));
	return code;
}

static int draw_and_write(const char *dir, const struct env_file *env, const struct summary *s, const struct curves *curves,
			  const struct scale *scale, size_t ratios, bool html)
{
	struct findings f;
	struct figure figures[FIGURES + CURVE_FIGURES + SCALE_FIGURES + 1] = {0};
	char caption[512], titles[CURVE_FIGURES][CURVE_TITLE_BYTES], beyond[SCALE_FIGURES][SCALE_TITLE_BYTES];
	char *machine = env_caption(env), *python = env_python(env);
	struct claims claims;
	findings_make(s, python, &f);
	claims_make(s, curves, scale, python, &claims);
	claims_print(&claims);
	fflush(stdout);
	snprintf(caption, sizeof caption, "%s · %zu samples, %zu invocations",
		 machine && *machine ? machine : "machine unknown", s->sample_count, s->run_count);
	size_t chosen = choose_figures(s, &f, ratios, caption, figures);
	chosen += choose_curves(curves, caption, titles, &figures[chosen]);
	choose_scale(scale, caption, beyond, &figures[chosen]);
	int code = plots_draw(dir, figures);
	const struct html_page page = {.dir = dir,
				       .env = env,
				       .summary = s,
				       .claims = &claims,
				       .findings = &f,
				       .scale = scale,
				       .figures = figures};
	int written = code == EXIT_INTERRUPTED ? code : write_pages(&page, curves, html);
	free(machine);
	free(python);
	return written ? written : code;
}

static int worst_status(const struct summary *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->cases[i].failed && strcmp(s->cases[i].status, "skipped") != 0)
			return EXIT_FAILED;
	return EXIT_WELL;
}

int report_write(const char *dir, bool verbose, bool html)
{
	char path[PATH_MAX + 32], why[512];
	struct samples samples;
	struct summary summary = {0};
	struct curves curves = {0};
	struct scale scale = {0};
	if (samples_read(folder_file(dir, "samples.csv", path, sizeof path), &samples, why, sizeof why)) {
		samples_free(&samples);
		return complain(EXIT_UNUSABLE, "%s", why);
	}
	struct env_file env = env_read(dir);
	int code = summary_make(&samples, &summary) ? complain(EXIT_UNUSABLE, "out of memory") : 0;
	if (!code &&
	    (curves_make(&summary, &curves) || scale_make(&summary, env_hosts_share(&env), &scale)))
		code = complain(EXIT_UNUSABLE, "out of memory");
	if (!code && verbose)
		tables_print(&summary);
	size_t ratios = 0;
	if (!code)
		code = write_tables(dir, &summary, &curves, &scale, &ratios);
	if (!code)
		code = draw_and_write(dir, &env, &summary, &curves, &scale, ratios, html);
	if (!code)
		code = worst_status(&summary);
	scale_free(&scale);
	curves_free(&curves);
	summary_free(&summary);
	samples_free(&samples);
	env_free(&env);
	fflush(stdout);
	if (code != EXIT_UNUSABLE && code != EXIT_INTERRUPTED)
		complain(0, "the report is in %s/RESULTS.md%s", dir, html ? " and report.html" : "");
	return code;
}
