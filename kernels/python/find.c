/*
 * Python is asked by running it, for nothing else knows what a name on PATH leads to: a shim, a virtual
 * environment, a build of one's own. The answer is a line an item; whatever else comes is told as it came.
 */
#include "kernels/python/find.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MARK "pvt-python"

enum { PATIENCE_S = 20, ANSWER_BYTES = 4 * PATH_MAX };
enum { VERSION, USABLE, GIL, PREFIX, EXEC_PREFIX, LIBRARY, SONAME, LINES };

/* In words that every Python 3 knows. The library's file, if it is where such a Python keeps it. */
static const char question[] =
	"import os, sys, sysconfig\n"
	"get = sysconfig.get_config_var\n"
	"soname = 'libpython%d.%d%s.so.1.0' % (sys.version_info[:2] + (sys.abiflags,))\n"
	"names = [n for n in (get('INSTSONAME'), get('LDLIBRARY'), soname) if n and '.so' in n]\n"
	"folders = [f for f in (get('LIBDIR'), os.path.join(sys.base_prefix, 'lib')) if f]\n"
	"files = [os.path.join(f, n) for f in folders for n in names]\n"
	"usable = sys.implementation.name == 'cpython' and sys.version_info >= (3, 7)\n"
	"print('\\n'.join(['" MARK "', sys.version.split()[0], str(int(usable)),\n"
	"    str(int(getattr(sys, '_is_gil_enabled', lambda: True)())), sys.base_prefix,\n"
	"    sys.base_exec_prefix, ([f for f in files if os.path.exists(f)] + [''])[0], soname]))\n";

static int refuse(char *why, size_t why_bytes, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int refuse(char *why, size_t why_bytes, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, why_bytes, format, args);
	va_end(args);
	return -EOPNOTSUPP;
}

const char *python_program(void)
{
	const char *named = getenv("PVT_PYTHON");

	return named && *named ? named : "python3";
}

/* Isolated from the user's variables and folders, as what is measured will be; its messages come along. */
static int start(const char *program, int to, pid_t *pid)
{
	char *argv[] = {(char *)(uintptr_t)program,
			(char[]){"-I"},
			(char[]){"-S"},
			(char[]){"-c"},
			(char *)(uintptr_t)question,
			NULL};
	posix_spawn_file_actions_t there;
	int error = posix_spawn_file_actions_init(&there);

	if (error)
		return error;
	error = posix_spawn_file_actions_addopen(&there, STDIN_FILENO, "/dev/null", 0, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&there, to, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&there, to, STDERR_FILENO);
	if (!error)
		error = posix_spawnp(pid, argv[0], &there, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&there);
	return error;
}

/* Reads to the end, or for as long as one has patience. Who says more than there is room for is not heard
 * out. */
static bool listen_to(int from, char *answer)
{
	struct pollfd fd = {.fd = from, .events = POLLIN};
	time_t end = time(NULL) + PATIENCE_S;
	size_t length = 0;
	ssize_t n = 1;

	while (n > 0 && length + 1 < ANSWER_BYTES && time(NULL) < end) {
		if (poll(&fd, 1, 1000) <= 0)
			continue;
		n = read(from, answer + length, ANSWER_BYTES - 1 - length);
		length += n > 0 ? (size_t)n : 0;
	}
	answer[length] = '\0';
	return n == 0;
}

static int ask(const char *program, char *answer, char *why, size_t why_bytes)
{
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return refuse(why, why_bytes, "no pipe to ask Python through: %s", strerror(errno));
	int error = start(program, ends[1], &pid);
	close(ends[1]);
	bool heard = !error && listen_to(ends[0], answer);
	close(ends[0]);
	if (error)
		return refuse(
			why, why_bytes,
			"'%.80s' cannot be started: %s; install Python 3 and its shared library (on Debian "
			"python3 and libpython3.X), or name one in PVT_PYTHON",
			program, strerror(error));
	if (!heard)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return heard ? 0
		     : refuse(why, why_bytes,
			      "'%.80s' did not say, within %d s and %d KiB, which Python it is", program,
			      PATIENCE_S, ANSWER_BYTES >> 10);
}

/* The first line with something in it, plain. */
static void put_first_line(const char *text, char *line, size_t bytes)
{
	size_t n = 0;

	text += strspn(text, " \t\r\n");
	for (; *text && *text != '\n' && n + 1 < bytes; text++)
		line[n++] = isprint((unsigned char)*text) ? *text : '?';
	line[n] = '\0';
}

static int split_answer(const char *program, char *answer, char **line, char *why, size_t why_bytes)
{
	char said[100], *rest = strstr(answer, MARK "\n");
	size_t n = 0;

	put_first_line(answer, said, sizeof said);
	if (rest)
		rest += strlen(MARK "\n");
	for (; rest && n < LINES; n++) {
		line[n] = rest;
		rest = strchr(rest, '\n');
		if (rest)
			*rest++ = '\0';
	}
	if (n == LINES)
		return 0;
	refuse(why, why_bytes, "'%.80s' is no Python that pvt can ask: %s%s%s; name another in PVT_PYTHON",
	       program, *said ? "it says '" : "it says nothing", said, *said ? "'" : "");
	return -EOPNOTSUPP;
}

/* Not where the configuration has it: the dynamic linker knows further places. */
static bool find_by_name(const char *soname, char *path)
{
	void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);
	struct link_map *map = NULL;

	if (!library)
		return false;
	bool found = dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 && realpath(map->l_name, path);
	dlclose(library);
	return found;
}

int python_find(const char *program, struct python_place *place, char *why, size_t why_bytes)
{
	char answer[ANSWER_BYTES], *line[LINES], name[PATH_MAX];
	size_t suffix = strlen(PYTHON_SUB);
	int major = 0, minor = 0;

	snprintf(name, sizeof name, "%s", program && *program ? program : python_program());
	size_t length = strlen(name);
	bool own_gil = length > suffix && strcmp(name + length - suffix, PYTHON_SUB) == 0;
	if (own_gil)
		name[length - suffix] = '\0';
	int error = ask(name, answer, why, why_bytes);
	if (!error)
		error = split_answer(name, answer, line, why, why_bytes);
	if (error)
		return error;
	*place = (struct python_place){.gil = *line[GIL] == '1', .own_gil = own_gil};
	snprintf(place->version, sizeof place->version, "%s", line[VERSION]);
	snprintf(place->home, sizeof place->home, "%s:%s", line[PREFIX], line[EXEC_PREFIX]);
	if (*line[USABLE] != '1')
		return refuse(why, why_bytes, "'%.80s' is not CPython 3.7 or later", name);
	sscanf(place->version, "%d.%d", &major, &minor);
	if (own_gil && (!place->gil || major < 3 || (major == 3 && minor < 12)))
		return refuse(
			why, why_bytes,
			"'%.80s' is Python %s%s: sub-interpreters have a GIL of their own from 3.12 on, "
			"in builds that have one; leave out " PYTHON_SUB,
			name, place->version, place->gil ? "" : " without a GIL");
	if (realpath(line[LIBRARY], place->library) || find_by_name(line[SONAME], place->library))
		return 0;
	return refuse(why, why_bytes,
		      "'%.80s' is Python %s, whose shared library %.60s is not here: install it (on Debian "
		      "libpython%.*s), or name another Python in PVT_PYTHON",
		      name, place->version, line[SONAME], (int)strcspn(line[SONAME] + 9, "s") - 1,
		      line[SONAME] + 9);
}
