/* pvt report RUN RUN …: reads the runs, and refuses what cannot be laid side by side. */
#include "bench/report/machines.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/draft.h"
#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/base/text.h"
#include "bench/render/plots.h"
#include "bench/report/missing.h"

/* ---- reading ---- */

/* The folder's name, which of a run's own is its time and its host; the second of a name says so. */
static void name_run(struct machines *machines, struct machine_run *run)
{
	char path[PATH_MAX], shown[MACHINE_LABEL_BYTES - 8];
	size_t same = 0;
	snprintf(path, sizeof path, "%s", run->dir);
	text_show(basename(path), shown, sizeof shown);
	for (size_t i = 0; i < machines->count; i++)
		same += strncmp(machines->run[i].label, shown, strlen(shown)) == 0 &&
			strchr(" ", machines->run[i].label[strlen(shown)]);
	if (same)
		snprintf(run->label, sizeof run->label, "%s (%zu)", shown, same + 1);
	else
		snprintf(run->label, sizeof run->label, "%s", shown);
}

/* What is taken over all kernels is taken over those that every run has. */
struct estimate machines_ratio(const struct machine_run *run, const struct comparison *y)
{
	return comparison_ratio(y->pairing.kernels ? &run->alike : &run->common, y);
}

static int read_run(struct machines *machines, const char *dir)
{
	char path[PATH_MAX + 32], why[512];
	struct machine_run *run = &machines->run[machines->count];
	if (!realpath(dir, run->dir))
		return complain(EXIT_UNUSABLE, "'%s': %s; report takes run folders", dir, strerror(errno));
	for (size_t i = 0; i < machines->count; i++)
		if (strcmp(machines->run[i].dir, run->dir) == 0)
			return complain(EXIT_UNUSABLE,
					"'%s' is given twice; comparing a run with itself shows nothing",
					dir);
	name_run(machines, run);
	machines->count++; /* what was not read is zero: it can be freed */
	run->env = env_read(run->dir);
	if (samples_read(folder_file(run->dir, "samples.csv", path, sizeof path), &run->samples, why,
			 sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	if (run->samples.count == 0)
		return complain(EXIT_UNUSABLE, "'%s': no samples in it", path);
	if (summary_make(&run->samples, &run->summary) || curves_make(&run->summary, &run->curves))
		return complain(EXIT_UNUSABLE, "out of memory");
	run->workers = pairing_most_workers(&run->summary, "scaling");
	return 0;
}

static void free_runs(struct machines *machines)
{
	for (size_t i = 0; i < machines->count; i++) {
		curves_free(&machines->run[i].curves);
		summary_free(&machines->run[i].summary);
		samples_free(&machines->run[i].samples);
		env_free(&machines->run[i].env);
	}
	for (size_t i = 0; i < machines->count; i++) {
		free(machines->run[i].alike.cases);
		free(machines->run[i].common.cases);
	}
	free(machines->run);
}

/* ---- writing ---- */

/* Is the picture in the folder of the page, so that the page can show it? */
static const char *picture_beside(const char *out, const char *picture)
{
	const char *page = strrchr(out, '/'), *plot = picture ? strrchr(picture, '/') : NULL;
	size_t page_dir = page ? (size_t)(page - out) : 0, plot_dir = plot ? (size_t)(plot - picture) : 0;
	if (!picture || !page != !plot || page_dir != plot_dir || strncmp(out, picture, page_dir) != 0)
		return NULL;
	return plot ? plot + 1 : picture;
}

static int write_page(const struct machines *machines, const char *out, const char *picture)
{
	struct draft draft;
	char *dir = strdup(out), *base = strdup(out);
	int error = dir && base ? draft_open(&draft) : -ENOMEM;
	if (!error) {
		machines_put(draft.file, machines, picture_beside(out, picture));
		error = draft_write(&draft, 0, dirname(dir), basename(base));
	}
	free(base);
	free(dir);
	return error ? complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", out, strerror(-error)) : 0;
}

int machines_report(char *const *dirs, size_t count, const char *out, const char *picture)
{
	if (count > MACHINES_MAX)
		return complain(EXIT_UNUSABLE, "at most %d run folders fit side by side", MACHINES_MAX);
	struct machines machines = {.run = calloc(count, sizeof *machines.run)};
	int code = 0;
	if (!machines.run)
		return complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < count && !code; i++)
		code = read_run(&machines, dirs[i]);
	if (!code && missing_align(&machines))
		code = complain(EXIT_UNUSABLE, "out of memory");
	if (!code && picture)
		code = machines_plot(picture, &machines);
	if (!code && out)
		code = write_page(&machines, out, picture);
	else if (!code)
		machines_put(stdout, &machines, NULL);
	if (!code && fflush(stdout) == EOF)
		code = complain(EXIT_UNUSABLE, "the page cannot be written: %s", strerror(errno));
	free_runs(&machines);
	return code;
}
