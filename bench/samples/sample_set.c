#include "bench/samples/sample_set.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int add_file(struct sample_set *side, const char *path, char *why, size_t why_bytes)
{
	struct samples *more = realloc(side->files, (side->file_count + 1) * sizeof *more);
	char **paths = realloc(side->path, (side->file_count + 1) * sizeof *paths);
	side->files = more ? more : side->files;
	side->path = paths ? paths : side->path;
	if (!more || !paths)
		return -ENOMEM;
	int error = samples_read(path, &more[side->file_count], why, why_bytes);
	paths[side->file_count] = strdup(path);
	side->file_count++; /* samples_free is fine after a failure */
	return error;
}

/* Given already? `results/latest` is another name of the newest run folder. */
static bool is_there(const struct sample_set *side, const char *path)
{
	struct stat st, other;
	if (stat(path, &st) != 0)
		return false;
	for (size_t f = 0; f < side->file_count; f++)
		if (stat(side->path[f], &other) == 0 && st.st_dev == other.st_dev &&
		    st.st_ino == other.st_ino)
			return true;
	return false;
}

/* A folder stands for the samples in it. */
static int add_path(struct sample_set *side, const char *path, char *why, size_t why_bytes)
{
	struct stat st;
	char *inside = NULL;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode) && asprintf(&inside, "%s/samples.csv", path) < 0)
		return -ENOMEM;
	const char *file = inside ? inside : path;
	int error = is_there(side, file) ? 0 : add_file(side, file, why, why_bytes);
	free(inside);
	return error;
}

static int merge(struct sample_set *side)
{
	size_t all = 0, n = 0;
	for (size_t f = 0; f < side->file_count; f++)
		all += side->files[f].count;
	side->samples.row = calloc(all + 1, sizeof *side->samples.row);
	if (!side->samples.row)
		return -ENOMEM;
	for (size_t f = 0; f < side->file_count; f++)
		for (size_t i = 0; i < side->files[f].count; i++)
			side->samples.row[n++] = side->files[f].row[i];
	side->samples.count = n;
	return summary_make(&side->samples, &side->summary);
}

static int add_pattern(struct sample_set *side, const char *pattern, char *why, size_t why_bytes)
{
	glob_t found = {0};
	int error = glob(pattern, GLOB_NOCHECK, NULL, &found) == 0 ? 0 : -ENOMEM;
	for (size_t i = 0; i < found.gl_pathc && !error; i++)
		error = add_path(side, found.gl_pathv[i], why, why_bytes);
	globfree(&found);
	return error;
}

int sample_set_read(struct sample_set *side, size_t count, const char *const *pattern, char *why,
		    size_t why_bytes)
{
	int error = 0;
	*side = (struct sample_set){0};
	for (size_t i = 0; i < count && !error; i++)
		error = add_pattern(side, pattern[i], why, why_bytes);
	return error ? error : merge(side);
}

void sample_set_free(struct sample_set *side)
{
	summary_free(&side->summary);
	free(side->samples.row);
	for (size_t f = 0; f < side->file_count; f++)
		samples_free(&side->files[f]);
	for (size_t f = 0; f < side->file_count; f++)
		free(side->path[f]);
	free(side->files);
	free(side->path);
	*side = (struct sample_set){0};
}
