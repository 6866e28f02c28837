/* pvt report: everything that a run folder shows, from its samples alone. */
#include "bench/report.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/commands.h"
#include "bench/environment.h"
#include "bench/findings.h"
#include "bench/folder.h"
#include "bench/markdown.h"
#include "bench/plots.h"
#include "bench/tables.h"

static int write_tables(const char *dir, const struct summary *s, size_t *ratios)
{
	int error = tables_write_summary(dir, s);
	if (!error)
		error = tables_write_ratios(dir, s, ratios);
	return error ? complain(EXIT_UNUSABLE, "the tables in '%s' cannot be written: %s", dir,
				strerror(-error))
		     : 0;
}

static bool any_speedup(const struct summary *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (isfinite(s->cases[i].speedup.value) && strcmp(s->cases[i].runner, "seq") != 0)
			return true;
	return false;
}

static bool any_launch(const struct summary *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->cases[i].samples && strcmp(s->cases[i].runner, "seq") != 0)
			return true;
	return false;
}

/* A figure whose table has nothing for it is left out; one without a finding gets a plain title. */
static void add_figure(struct figure *figures, size_t *count, bool wanted, struct figure figure,
		       const char *plain_title)
{
	if (!wanted)
		return;
	if (!*figure.title)
		figure.title = plain_title;
	figures[(*count)++] = figure;
}

static int draw_and_write(const char *dir, const struct summary *s, size_t ratios)
{
	struct findings f;
	struct figure figures[6] = {0};
	size_t n = 0;
	char caption[512];
	char *machine = environment_caption(dir);
	findings_make(s, &f);
	snprintf(caption, sizeof caption, "%s · %zu samples, %zu invocations",
		 machine && *machine ? machine : "machine unknown", s->sample_count, s->run_count);
	add_figure(figures, &n, any_speedup(s),
		   (struct figure){"speedup", "summary.csv", f.speedup, caption, false},
		   "Speedup of the work over one core");
	add_figure(figures, &n, any_speedup(s),
		   (struct figure){"efficiency", "summary.csv", f.efficiency, caption, false},
		   "Efficiency: speedup per worker");
	add_figure(figures, &n, ratios > 0, (struct figure){"ratio", "ratios.csv", f.ratio, caption, false},
		   "Time of processes over time of threads");
	add_figure(figures, &n, any_launch(s),
		   (struct figure){"creation", "summary.csv", f.creation, caption, false},
		   "What a runner costs beside the work");
	add_figure(figures, &n, true, (struct figure){"spread", "summary.csv", f.spread, caption, false},
		   "Spread of the samples");
	int code = plots_draw(dir, figures);
	int error = markdown_write(dir, s, &f, figures);
	if (error)
		code = complain(EXIT_UNUSABLE, "'%s/RESULTS.md' cannot be written: %s", dir,
				strerror(-error));
	free(machine);
	return code;
}

static int worst_status(const struct summary *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->cases[i].failed && strcmp(s->cases[i].status, "skipped") != 0)
			return EXIT_FAILED;
	return EXIT_WELL;
}

int report_write(const char *dir, bool print_table)
{
	char path[PATH_MAX + 32], why[512];
	struct samples samples;
	struct summary summary = {0};
	if (samples_read(folder_file(dir, "samples.csv", path, sizeof path), &samples, why, sizeof why)) {
		samples_free(&samples);
		return complain(EXIT_UNUSABLE, "%s", why);
	}
	int code = summary_make(&samples, &summary) ? complain(EXIT_UNUSABLE, "out of memory") : 0;
	if (!code && print_table)
		tables_print(&summary);
	size_t ratios = 0;
	if (!code)
		code = write_tables(dir, &summary, &ratios);
	if (!code)
		code = draw_and_write(dir, &summary, ratios);
	if (!code)
		code = worst_status(&summary);
	summary_free(&summary);
	samples_free(&samples);
	fflush(stdout);
	if (code != EXIT_UNUSABLE)
		fprintf(stderr, "pvt: the report is in %s/RESULTS.md\n", dir);
	return code;
}

int command_report(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && argv[1][0] == '-'))
		return complain(EXIT_UNUSABLE, "report takes one run folder; see `pvt help report`");
	return report_write(argc == 2 ? argv[1] : "results/latest", false);
}
