#include "bench/render/plot_table.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/base/folder.h"

/* The whole file with a null character after it; NULL and errno, EINVAL for one that holds null characters.
 */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "rbe");
	struct stat st;
	if (!file)
		return NULL;
	char *text = fstat(fileno(file), &st) == 0 ? calloc(1, (size_t)st.st_size + 1) : NULL;
	if (text && (fread(text, 1, (size_t)st.st_size, file) != (size_t)st.st_size ||
		     strlen(text) != (size_t)st.st_size)) {
		free(text);
		text = NULL;
		errno = EINVAL;
	}
	fclose(file);
	return text;
}

/* After the row that begins here: a line that ends within quotes goes on. */
static const char *next_row(const char *text)
{
	bool quoted = false;
	for (; *text && (quoted || *text != '\n'); text++)
		quoted ^= *text == '"';
	return *text ? text + 1 : text;
}

static void put_part(FILE *file, const char *text, const char *suite)
{
	char first[80];
	size_t n = (size_t)snprintf(first, sizeof first, "\"%.64s\",", suite);
	const char *row = next_row(text), *next;
	fwrite(text, 1, (size_t)(row - text), file);
	for (; *row; row = next) {
		next = next_row(row);
		if (strncmp(row, first, n) == 0)
			fwrite(row, 1, (size_t)(next - row), file);
	}
}

static int write_part(const char *dir, const char *text, const char *suite, const char *part)
{
	char path[2 * PATH_MAX];
	FILE *file = fopen(folder_file(dir, part, path, sizeof path), "wbxe");
	if (!file)
		return -errno;
	put_part(file, text, suite);
	bool failed = ferror(file);
	return fclose(file) == EOF || failed ? -EIO : 0;
}

int plot_table_cut(const char *dir, const char *table, const char *suite, const char *part)
{
	static const char column[] = "suite,";
	char path[2 * PATH_MAX];
	char *text = *suite ? read_text(folder_file(dir, table, path, sizeof path)) : NULL;
	if (!text)
		return *suite ? -errno : -EINVAL;
	int error = strncmp(text, column, sizeof column - 1) == 0 ? write_part(dir, text, suite, part)
								  : -EINVAL;
	free(text);
	return error;
}
