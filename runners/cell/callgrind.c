#include "runners/cell/callgrind.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "program." /* and so many digits of its time */
enum { PROGRAM_DIGITS = 21 };

const char *callgrind_folder(void)
{
	const char *folder = getenv(CALLGRIND_VARIABLE);
	return folder && *folder ? folder : NULL;
}

void callgrind_words(char *words[static CALLGRIND_WORDS], char text[static CALLGRIND_BYTES])
{
	snprintf(text, CALLGRIND_BYTES, "--callgrind-out-file=%s/%%p", callgrind_folder());
	words[0] = (char *)(uintptr_t)CALLGRIND_PROGRAM;
	words[1] = (char *)(uintptr_t) "-q";
	words[2] = (char *)(uintptr_t) "--tool=callgrind";
	words[3] = (char *)(uintptr_t) "--toggle-collect=worker_job";
	words[4] = (char *)(uintptr_t) "--dump-after=worker_job";
	words[5] = text;
}

/* ---- its files: FOLDER/PID.1 and on, one a job, and FOLDER/PID of what is left ---- */

static char *part_name(pid_t pid, uint64_t part, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%d.%" PRIu64, callgrind_folder(), (int)pid, part);
	return path;
}

static double read_total(const char *path)
{
	char line[512];
	double total = NAN;
	uint64_t count;
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "totals: %" SCNu64, &count) == 1)
			total = (double)count;
	if (file)
		fclose(file);
	return total;
}

/* What a program of somebody else's has counted that ran last (examples/plugin/program.c): all its
 * processes'. NaN: none ran. */
static double last_program(void)
{
	char path[PATH_MAX], last[sizeof PROGRAM + PROGRAM_DIGITS] = PROGRAM;
	double sum = NAN;
	DIR *dir = opendir(callgrind_folder());
	for (struct dirent *file; dir && (file = readdir(dir));) {
		if (strncmp(file->d_name, PROGRAM, sizeof PROGRAM - 1) != 0)
			continue;
		int order = strncmp(file->d_name, last, sizeof last - 1);
		if (order < 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", callgrind_folder(), file->d_name);
		snprintf(last, sizeof last, "%.*s", (int)sizeof last - 1, file->d_name);
		sum = (order > 0 ? 0 : sum) + read_total(path);
	}
	if (dir)
		closedir(dir);
	return sum;
}

double callgrind_instructions(pid_t pid)
{
	char path[PATH_MAX];
	uint64_t parts = 0;
	double last = NAN;
	while (access(part_name(pid, parts + 1, path), F_OK) == 0)
		parts++;
	for (uint64_t part = 1; part <= parts; part++) {
		last = read_total(part_name(pid, part, path));
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/%d", callgrind_folder(), (int)pid);
	unlink(path);
	double program = last_program();
	return isfinite(program) ? program : last;
}
