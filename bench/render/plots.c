#include "bench/render/plots.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/base/option_table.h"
#include "bench/base/signals.h"
#include "bench/base/system.h"
#include "bench/render/plot_table.h"
#include "runners/affinity.h"
#include "runners/launcher.h"

/* The scripts lie where the installed program has them, or beside it in a build folder. */
static const char *scripts_dir(char *dir, size_t bytes)
{
	char exe[PATH_MAX];
	if (!realpath(process_program(), exe))
		*exe = '\0';
	char *slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	snprintf(dir, bytes, "%s/" PVT_PLOTS_DIR, exe);
	if (access(dir, R_OK) != 0)
		snprintf(dir, bytes, "%s/plots", exe);
	return dir;
}

/* gnuplot with a UTF-8 locale whose decimal point is a point, whatever the user's is. */
static int spawn_gnuplot(char **argv, const posix_spawn_file_actions_t *actions, pid_t *pid)
{
	size_t n = 0, kept = 0;
	while (environ[n])
		n++;
	char **env = calloc(n + 2, sizeof *env);
	if (!env)
		return ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "LC_", 3) != 0 && strncmp(environ[i], "LANG", 4) != 0)
			env[kept++] = environ[i];
	env[kept] = (char[]){"LC_ALL=C.UTF-8"};
	int error = posix_spawnp(pid, "gnuplot", actions, NULL, argv, env);
	free(env);
	return error;
}

/*
 * gnuplot runs in the run folder, on names that pvt chose: one that the user chose could begin with '<' or
 * '|', which gnuplot hands to a shell.
 */
static int run_gnuplot(const char *dir, char **argv)
{
	posix_spawn_file_actions_t there;
	pid_t pid;
	int status, error = posix_spawn_file_actions_init(&there);
	if (error)
		return -error;
	error = posix_spawn_file_actions_addchdir_np(&there, dir);
	if (!error)
		error = spawn_gnuplot(argv, &there, &pid);
	posix_spawn_file_actions_destroy(&there);
	if (error)
		return -error;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

/* From the private folder to plots/: replaces what has the name there, and follows no link. */
static int publish(const char *dir, const char *fresh, const char *name)
{
	static const char *const endings[] = {"svg", "png"};
	char from[PATH_MAX + 128], to[PATH_MAX + 128];
	int error = 0;
	for (size_t i = 0; i < 2; i++) {
		snprintf(from, sizeof from, "%s/%s/%.64s.%s", dir, fresh, name, endings[i]);
		snprintf(to, sizeof to, "%s/plots/%.64s.%s", dir, name, endings[i]);
		if (rename(from, to) != 0)
			error = -errno;
	}
	return error;
}

/* To DIR/out.svg and DIR/out.png, from DIR/table. */
static int run_script(const char *dir, char *out, const char *table, const struct figure *figure)
{
	char script[2 * PATH_MAX], where[2 * PATH_MAX - 64];
	snprintf(script, sizeof script, "%s/%.32s.gp", scripts_dir(where, sizeof where), figure->script);
	/* -d: a user's ~/.gnuplot could set another terminal or output. */
	char *argv[] = {(char[]){"gnuplot"},
			(char[]){"-d"},
			(char[]){"-c"},
			script,
			(char *)(uintptr_t)table,
			out,
			(char *)(uintptr_t)figure->title,
			(char *)(uintptr_t)figure->caption,
			(char *)(uintptr_t)figure->suite,
			NULL};
	return run_gnuplot(dir, argv);
}

static int draw(const char *dir, const char *fresh, const struct figure *figure)
{
	char out[128], table[160];
	snprintf(out, sizeof out, "%s/%.64s", fresh, figure->name);
	snprintf(table, sizeof table, "%s.csv", out);
	/* What cannot be cut down is read as it is; gnuplot says what is wrong with it. */
	bool less = plot_table_cut(dir, figure->table, figure->suite, table) == 0;
	int error = run_script(dir, out, less ? table : figure->table, figure);
	return error ? error : publish(dir, fresh, figure->name);
}

/* ---- several at once ---- */

struct drawing {
	const char *dir, *fresh;
	struct figure *figures;
	size_t count;
	int *error;         /* of each figure */
	atomic_size_t next; /* figure that nobody has begun */
	atomic_bool missing;
};

static void *draw_what_is_left(void *argument)
{
	struct drawing *d = argument;
	size_t i;
	while (!d->missing && !signals_interrupted && (i = atomic_fetch_add(&d->next, 1)) < d->count) {
		d->error[i] = draw(d->dir, d->fresh, &d->figures[i]);
		d->figures[i].drawn = d->error[i] == 0;
		if (d->error[i] == -ENOENT)
			d->missing = true;
	}
	return NULL;
}

/* A gnuplot keeps one unit busy: as many of them as may run at a time, this thread being there already. */
static size_t helpers_wanted(size_t figures)
{
	long units = (long)affinity_allowed();
	double paid = ceil(system_cpu_quota());
	if (paid < (double)units)
		units = (long)paid;
	size_t most = units > 1 ? (size_t)units : 1;
	return (most < figures ? most : figures) - 1;
}

/* Helpers wait for gnuplot; where none can be had, this thread does it all. */
static void draw_together(struct drawing *d)
{
	size_t wanted = d->count ? helpers_wanted(d->count) : 0, n = 0;
	pthread_t *helper = calloc(wanted + 1, sizeof *helper);
	while (helper && n < wanted && pthread_create(&helper[n], NULL, draw_what_is_left, d) == 0)
		n++;
	draw_what_is_left(d);
	while (n)
		pthread_join(helper[--n], NULL);
	free(helper);
}

/* In the order of the figures, whichever was ready first. */
static int say_faults(const struct drawing *d)
{
	int code = 0;
	for (size_t i = 0; i < d->count; i++)
		if (d->error[i] && d->error[i] != -ENOENT)
			code = complain(EXIT_UNUSABLE, "the plot '%s' could not be drawn: %s",
					d->figures[i].name, strerror(-d->error[i]));
	if (signals_interrupted)
		return complain(EXIT_INTERRUPTED, "interrupted: `pvt report %s` draws the plots", d->dir);
	if (d->missing)
		code = complain(EXIT_UNUSABLE,
				"no plots: there is no gnuplot; install gnuplot-nox, then `pvt report %s`",
				d->dir);
	return code;
}

static int draw_all(const char *dir, const char *fresh, struct figure *figures)
{
	struct drawing d = {.dir = dir, .fresh = fresh, .figures = figures};
	while (figures[d.count].name)
		d.count++;
	d.error = calloc(d.count + 1, sizeof *d.error);
	if (!d.error)
		return complain(EXIT_UNUSABLE, "out of memory");
	draw_together(&d);
	int code = say_faults(&d);
	free(d.error);
	return code;
}

/* What gnuplot left half-done goes with it. */
static void remove_folder(const char *path)
{
	char file[2 * PATH_MAX];
	DIR *folder = opendir(path);
	const struct dirent *entry;
	while (folder && (entry = readdir(folder))) {
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(file);
	}
	if (folder)
		closedir(folder);
	rmdir(path);
}

int plots_draw(const char *dir, struct figure *figures)
{
	char plots[PATH_MAX + 32], fresh[PATH_MAX + 32];
	struct stat st;
	if (mkdir(folder_file(dir, "plots", plots, sizeof plots), 0777) != 0 && errno != EEXIST)
		return complain(EXIT_UNUSABLE, "'%s' cannot be made: %s", plots, strerror(errno));
	if (lstat(plots, &st) != 0 || !S_ISDIR(st.st_mode))
		return complain(EXIT_UNUSABLE, "'%s' is not a folder (links are not followed)", plots);
	folder_file(dir, ".plots.XXXXXX", fresh, sizeof fresh);
	if (!mkdtemp(fresh))
		return complain(EXIT_UNUSABLE, "'%s' cannot be made: %s", fresh, strerror(errno));
	int code = draw_all(dir, strrchr(fresh, '/') + 1, figures);
	remove_folder(fresh);
	return code;
}

/* ---- one figure, to where the user wants it ---- */

static const char *ending(const char *path)
{
	const char *dot = strrchr(path, '.');
	return dot && (strcmp(dot, ".svg") == 0 || strcmp(dot, ".png") == 0) ? dot : NULL;
}

int plots_take_name(void *request, const struct option_row *row, const char *text)
{
	const char *dot = ending(text);
	if (!dot || dot == text || dot[-1] == '/')
		return option_refuse(row, text, "the name of a file that ends in .svg or .png");
	*(const char **)((char *)request + row->offset) = text;
	return 0;
}

static int copy(const char *from, const char *to)
{
	char *dir = strdup(to), *base = strdup(to), *text = NULL;
	FILE *file = fopen(from, "rbe");
	struct stat st = {0};
	int error = dir && base ? 0 : -ENOMEM;
	if (!error && (!file || fstat(fileno(file), &st) != 0))
		error = -errno;
	if (!error && !(text = malloc((size_t)st.st_size + 1)))
		error = -ENOMEM;
	if (!error && fread(text, 1, (size_t)st.st_size, file) != (size_t)st.st_size)
		error = -EIO;
	if (!error)
		error = folder_write(dirname(dir), basename(base), text, (size_t)st.st_size);
	if (file)
		fclose(file);
	free(text);
	free(base);
	free(dir);
	return error;
}

static int draw_file(const char *dir, const char *path, const struct figure *figure, const char *table,
		     size_t bytes)
{
	char drawn[PATH_MAX + 64], out[] = "figure";
	int error = folder_write(dir, figure->table, table, bytes);
	if (error)
		return complain(EXIT_UNUSABLE, "'%s' cannot be written into: %s", dir, strerror(-error));
	error = run_script(dir, out, figure->table, figure);
	if (error == -ENOENT)
		return complain(EXIT_UNUSABLE, "no plot: there is no gnuplot; install gnuplot-nox");
	if (error)
		return complain(EXIT_UNUSABLE, "the plot could not be drawn: %s", strerror(-error));
	snprintf(drawn, sizeof drawn, "%s/%s%s", dir, out, ending(path));
	error = copy(drawn, path);
	return error ? complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(-error)) : 0;
}

int plots_draw_file(const char *path, const struct figure *figure, const char *table, size_t bytes)
{
	const char *scratch = getenv("TMPDIR");
	char dir[PATH_MAX];
	snprintf(dir, sizeof dir, "%s/pvt-plot.XXXXXX", scratch && *scratch ? scratch : "/tmp");
	if (!mkdtemp(dir))
		return complain(EXIT_UNUSABLE, "'%s' cannot be made: %s", dir, strerror(errno));
	int code = draw_file(dir, path, figure, table, bytes);
	remove_folder(dir);
	return code;
}
