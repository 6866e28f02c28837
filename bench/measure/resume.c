#include "bench/measure/resume.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/machine/environment.h"
#include "bench/samples/run_id.h"
#include "bench/samples/samples.h"
#include "runners/clock.h"

#define FLAG "--resume"

bool resume_is_asked_for(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], FLAG) == 0 || strncmp(argv[i], FLAG "=", strlen(FLAG "=")) == 0)
			return true;
	return false;
}

static int find_folder(int argc, char *const *argv, char *folder)
{
	const char *given = argc == 3 && strcmp(argv[1], FLAG) == 0     ? argv[2]
			    : argc == 2 && argv[1][strlen(FLAG)] == '=' ? argv[1] + strlen(FLAG "=")
									: NULL;
	if (!given || !*given)
		return complain(EXIT_UNUSABLE, FLAG
				": give the run folder and nothing else: all else is as the run was begun");
	if (!realpath(given, folder))
		return complain(EXIT_UNUSABLE, FLAG ": '%s': %s", given, strerror(errno));
	return 0;
}

static int read_command(const json_t *root, struct resume *r)
{
	const json_t *words = json_object_get(root, "command");
	size_t n = json_array_size(words);
	r->argv = calloc(n + 1, sizeof *r->argv);
	for (size_t i = 0; i < n && r->argv; i++) {
		const char *word = json_string_value(json_array_get(words, i));
		r->argv[i] = word ? strdup(word) : NULL;
		if (!r->argv[i])
			return -EBADMSG;
		r->argc = (int)i + 1; /* resume_free frees as many */
	}
	return r->argv && n >= 2 && strcmp(r->argv[1], "run") == 0 ? 0 : -EBADMSG;
}

static int read_seed(const json_t *root, uint64_t *seed)
{
	const char *text = json_string_value(json_object_get(root, "seed"));
	char *end;
	errno = 0;
	*seed = text ? strtoull(text, &end, 10) : 0;
	return text && *text && !*end && !errno ? 0 : -EBADMSG;
}

/* Plug-ins and inputs are named from where the run was started. */
static int go_there(const json_t *root)
{
	const char *there = json_string_value(json_object_get(root, "directory"));
	const char *plugins = json_string_value(json_object_get(root, "plugin_path"));
	if (!there || !plugins)
		return -EBADMSG;
	if (chdir(there) != 0)
		return complain(EXIT_UNUSABLE, FLAG ": the run was started in '%s': %s", there,
				strerror(errno));
	if (*plugins)
		setenv("PVT_PLUGIN_PATH", plugins, 1);
	else
		unsetenv("PVT_PLUGIN_PATH");
	return 0;
}

/* The command that is read names plug-ins, which are code: it has to be one's own, or the administrator's. */
static int check_owner(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || st.st_uid == geteuid() || st.st_uid == 0)
		return 0;
	return complain(EXIT_UNUSABLE,
			FLAG ": '%s' is of user %u: its command could load that user's code with your rights",
			path, (unsigned)st.st_uid);
}

int resume_read(int argc, char *const *argv, struct resume *r)
{
	char path[PATH_MAX + 32];
	json_error_t error;
	*r = (struct resume){0};
	int code = find_folder(argc, argv, r->folder);
	if (code)
		return code;
	code = check_owner(folder_file(r->folder, "env.json", path, sizeof path));
	if (code)
		return code;
	json_t *root = json_load_file(path, 0, &error);
	if (!root)
		return complain(EXIT_UNUSABLE, FLAG ": '%s' cannot be read: %s", path, error.text);
	code = read_command(root, r);
	if (!code)
		code = read_seed(root, &r->seed);
	if (!code)
		code = go_there(root);
	r->ended = json_object_get(root, "ended");
	json_decref(root);
	return code < 0 ? complain(EXIT_UNUSABLE,
				   FLAG ": '%s' does not hold the command, the seed and the folder of a run",
				   path)
			: code;
}

void resume_free(struct resume *r)
{
	for (int i = 0; i < r->argc; i++)
		free(r->argv[i]);
	free(r->argv);
	*r = (struct resume){0};
}

/* A row that was being written when the run broke off is measured again. */
static int cut_last_line(const char *path)
{
	char block[4096];
	struct stat st;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		return complain(EXIT_UNUSABLE, "'%s': %s", path, strerror(errno));
	}
	off_t end = st.st_size;
	bool found = false;
	while (end > 0 && !found) {
		off_t from = end > (off_t)sizeof block ? end - (off_t)sizeof block : 0;
		ssize_t got = pread(fd, block, (size_t)(end - from), from);
		if (got <= 0)
			break;
		const char *newline = memrchr(block, '\n', (size_t)got);
		found = newline;
		end = newline ? from + (newline - block) + 1 : from;
	}
	int code = 0;
	if (end < st.st_size) {
		code = ftruncate(fd, end) ? complain(EXIT_UNUSABLE, "'%s': %s", path, strerror(errno)) : 0;
		complain(0, "the last row was not finished: it is cut off and measured again");
	}
	close(fd);
	return code;
}

/* What the rows so far have taken of the budget. */
static double spent_ns(const struct samples *samples)
{
	double ns = 0;
	for (size_t i = 0; i < samples->count; i++)
		ns += isfinite(samples->row[i].took_ns) ? samples->row[i].took_ns : 0;
	return ns;
}

/* Where the invocation broke: at the invocation of the last row, when so much was spent. */
static int find_break(const char *path, struct invocation *invocation, double *spent)
{
	char why[512];
	struct samples samples;
	int error = samples_read(path, &samples, why, sizeof why);
	if (samples.count) {
		const struct sample *last = &samples.row[samples.count - 1];
		invocation->number = run_id_invocation(last->run_id);
		invocation->seq = last->seq + 1;
	}
	*spent = spent_ns(&samples);
	/* Broken off before the first row, it is begun from the start. */
	samples_free(&samples);
	return error && error != -ENODATA ? complain(EXIT_UNUSABLE, FLAG ": %s", why) : 0;
}

int resume_invocation(const struct resume *r, const struct machine *machine, uint64_t budget_ns,
		      struct invocation *invocation)
{
	char path[PATH_MAX + 32], what[1024];
	double spent = 0;
	if (environment_differs(r->folder, machine, what, sizeof what))
		return complain(
			EXIT_UNUSABLE,
			FLAG ": samples of different machines and programs do not belong together: %s", what);
	folder_file(r->folder, "samples.csv", path, sizeof path);
	*invocation = (struct invocation){.seed = r->seed};
	snprintf(invocation->folder, sizeof invocation->folder, "%s", r->folder);
	int code = cut_last_line(path);
	if (!code)
		code = find_break(path, invocation, &spent);
	invocation->start_ns = clock_ns();
	invocation->deadline_ns = invocation->start_ns + (uint64_t)fmax((double)budget_ns - spent, 0);
	return code;
}
