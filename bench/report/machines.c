/* pvt report RUN RUN …: reads the runs, and refuses what cannot be laid side by side. */
#include "bench/report/machines.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/arguments.h"
#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/base/text.h"
#include "bench/render/plots.h"
#include "bench/report/missing.h"

struct request {
	const char *out, *plot;
};

/* ---- what is asked ---- */

/* Other options are not ours: who reads them says what is wrong. */
bool machines_are_meant(int argc, char **argv)
{
	static const char *const ours[] = {"--out", "--plot"};
	int folders = 0;
	bool asked = false;
	for (int i = 1; i < argc; i++) {
		size_t k = 0, length = strcspn(argv[i], "=");
		if (argv[i][0] != '-') {
			folders++;
			continue;
		}
		while (k < 2 && (strlen(ours[k]) != length || strncmp(argv[i], ours[k], length) != 0))
			k++;
		if (k == 2)
			return false;
		asked = true;
		i += argv[i][length] == '\0';
	}
	return asked || folders > 1;
}

static int take(void *request, int id)
{
	struct request *r = request;
	if (id == 'o') {
		r->out = optarg;
		return *optarg ? 0 : complain(EXIT_UNUSABLE, "--out takes the name of a file");
	}
	r->plot = optarg;
	return plots_can_write(optarg)
		       ? 0
		       : complain(EXIT_UNUSABLE, "--plot: '%s' ends neither in .svg nor in .png", optarg);
}

static int read_request(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {{"out", required_argument, NULL, 'o'},
						{"plot", required_argument, NULL, 'p'},
						{NULL, 0, NULL, 0}};
	int code = arguments_read(argc, argv, options, take, r);
	if (!code && argc - optind < 2)
		code = complain(EXIT_UNUSABLE,
				"--out and --plot are for two or more run folders, side by side; "
				"see `pvt help report`");
	if (!code && argc - optind > MACHINES_MAX)
		code = complain(EXIT_UNUSABLE, "at most %d run folders fit side by side", MACHINES_MAX);
	return code;
}

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
					"'%s' is given twice; a run beside itself shows nothing", dir);
	name_run(machines, run);
	machines->count++; /* what was not read is zero: it can be freed */
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
	}
	for (size_t i = 0; i < machines->count; i++) {
		free(machines->run[i].alike.cases);
		free(machines->run[i].common.cases);
	}
	free(machines->run);
}

/* ---- writing ---- */

/* Is the picture in the folder of the page, so that the page can show it? */
static const char *picture_beside(const struct request *r)
{
	const char *page = r->out ? strrchr(r->out, '/') : NULL,
		   *plot = r->plot ? strrchr(r->plot, '/') : NULL;
	size_t page_dir = page ? (size_t)(page - r->out) : 0, plot_dir = plot ? (size_t)(plot - r->plot) : 0;
	if (!r->out || !r->plot || !page != !plot || page_dir != plot_dir ||
	    strncmp(r->out, r->plot, page_dir) != 0)
		return NULL;
	return plot ? plot + 1 : r->plot;
}

static int write_page(const struct machines *machines, const struct request *r)
{
	char *text = NULL, *dir = strdup(r->out), *base = strdup(r->out);
	size_t bytes = 0;
	FILE *file = open_memstream(&text, &bytes);
	int error = file && dir && base ? 0 : -ENOMEM;
	if (!error)
		machines_put(file, machines, picture_beside(r));
	if (file && fclose(file) == EOF)
		error = -ENOMEM;
	if (!error)
		error = folder_write(dirname(dir), basename(base), text, bytes);
	free(text);
	free(base);
	free(dir);
	return error ? complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", r->out, strerror(-error)) : 0;
}

int machines_command(int argc, char **argv)
{
	struct request r = {0};
	int code = read_request(argc, argv, &r);
	if (code)
		return code;
	struct machines machines = {.run = calloc((size_t)(argc - optind), sizeof *machines.run)};
	if (!machines.run)
		return complain(EXIT_UNUSABLE, "out of memory");
	for (int i = optind; i < argc && !code; i++)
		code = read_run(&machines, argv[i]);
	if (!code && missing_align(&machines))
		code = complain(EXIT_UNUSABLE, "out of memory");
	if (!code && r.plot)
		code = machines_plot(r.plot, &machines);
	if (!code && r.out)
		code = write_page(&machines, &r);
	else if (!code)
		machines_put(stdout, &machines, NULL);
	if (!code && fflush(stdout) == EOF)
		code = complain(EXIT_UNUSABLE, "the page cannot be written: %s", strerror(errno));
	free_runs(&machines);
	return code;
}
