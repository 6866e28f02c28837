#include "bench/plots.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/exit.h"
#include "bench/folder.h"

/* The scripts lie where the installed program has them, or beside it in a build folder. */
static const char *scripts_dir(char *dir, size_t bytes)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	exe[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	snprintf(dir, bytes, "%s/" PVT_PLOTS_DIR, exe);
	if (access(dir, R_OK) != 0)
		snprintf(dir, bytes, "%s/plots", exe);
	return dir;
}

/* gnuplot with a UTF-8 locale whose decimal point is a point, whatever the user's is. */
static int spawn_gnuplot(char **argv, pid_t *pid)
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
	int error = posix_spawnp(pid, "gnuplot", NULL, NULL, argv, env);
	free(env);
	return error;
}

static int draw(const char *dir, const struct figure *figure)
{
	char script[2 * PATH_MAX], table[PATH_MAX + 64], out[PATH_MAX + 64], where[2 * PATH_MAX - 64];
	pid_t pid;
	int status;
	snprintf(script, sizeof script, "%s/%.32s.gp", scripts_dir(where, sizeof where), figure->script);
	folder_file(dir, figure->table, table, sizeof table);
	snprintf(out, sizeof out, "%s/plots/%s", dir, figure->name);
	char *argv[] = {(char[]){"gnuplot"},
			(char[]){"-c"},
			script,
			table,
			out,
			(char *)(uintptr_t)figure->title,
			(char *)(uintptr_t)figure->caption,
			(char *)(uintptr_t)figure->suite,
			NULL};
	int error = spawn_gnuplot(argv, &pid);
	if (error)
		return -error;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

int plots_draw(const char *dir, struct figure *figures)
{
	char plots[PATH_MAX + 32];
	int code = 0;
	if (mkdir(folder_file(dir, "plots", plots, sizeof plots), 0777) != 0 && errno != EEXIST)
		return complain(EXIT_UNUSABLE, "'%s' cannot be made: %s", plots, strerror(errno));
	for (struct figure *f = figures; f->name; f++) {
		int error = draw(dir, f);
		f->drawn = error == 0;
		if (error == -ENOENT)
			return complain(
				EXIT_UNUSABLE,
				"no plots: there is no gnuplot; install gnuplot-nox, then `pvt report %s`",
				dir);
		if (error)
			code = complain(EXIT_UNUSABLE, "the plot '%s' could not be drawn: %s", f->name,
					strerror(-error));
	}
	return code;
}
