#include "bench/report/report.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/claims/files.h"
#include "bench/findings/contrasts.h"
#include "bench/findings/curves.h"
#include "bench/findings/findings.h"
#include "bench/findings/overview.h"
#include "bench/render/plots.h"
#include "bench/report/figures.h"
#include "bench/report/html.h"
#include "bench/report/markdown.h"
#include "bench/report/tables.h"
#include "bench/scale/scale.h"

static int write_tables(const char *dir, const struct summary *s, const struct curves *curves,
			const struct scale *scale, size_t *ratios)
{
	int error = tables_write_summary(dir, s);
	if (!error)
		error = tables_write_ratios(dir, s, ratios);
	if (!error)
		error = overview_write(dir, s);
	if (!error)
		error = contrasts_write(dir, s);
	if (!error)
		error = curves_write(dir, curves);
	if (!error)
		error = scale_write(dir, scale);
	return error ? complain(EXIT_UNUSABLE, "the tables in '%s' cannot be written: %s", dir,
				strerror(-error))
		     : 0;
}

/* The pages and the table of verdicts; report.html, if it is wanted. 0, or an exit code after a message. */
static int write_pages(const struct html_page *page, const struct curves *curves, bool html)
{
	const char *dir = page->dir;
	int code = EXIT_WELL, error = claims_write(dir, page->claims);
	if (!error)
		error = markdown_write(&(struct markdown){dir, page->env, page->summary, page->claims,
							  page->findings, curves, page->scale,
							  page->figures});
	if (error)
		code = complain(EXIT_UNUSABLE,
				"the verdicts, RESULTS.md and TABLES.md in '%s' cannot be written: %s", dir,
				strerror(-error));
	error = html ? html_write(page) : 0;
	if (error)
		code = complain(EXIT_UNUSABLE, "'%s/report.html' cannot be written: %s", dir,
				strerror(-error));
	return code;
}

static int draw_and_write(const char *dir, const struct env_file *env, const struct summary *s,
			  const struct curves *curves, const struct scale *scale, size_t ratios, bool html)
{
	struct findings f;
	struct figures figures;
	char caption[512];
	char *machine = env_caption(env), *python = env_python(env);
	struct claims claims;
	findings_make(s, python, &f);
	claims_make(s, &curves->grains, scale, python, &claims);
	claims_print(&claims);
	fflush(stdout);
	snprintf(caption, sizeof caption, "%s · %zu samples, %zu invocations",
		 machine && *machine ? machine : "machine unknown", s->sample_count, s->run_count);
	figures_choose(&(struct figures_of){s, &f, curves, scale, ratios}, caption, &figures);
	int code = plots_draw(dir, figures.figure);
	const struct html_page page = {.dir = dir,
				       .env = env,
				       .summary = s,
				       .claims = &claims,
				       .findings = &f,
				       .scale = scale,
				       .figures = figures.figure};
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
	if (!code && (curves_make(&summary, &curves) || scale_make(&summary, env_hosts_share(&env), &scale)))
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
