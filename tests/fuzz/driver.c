/* Without libFuzzer: each file of the folders named goes through the function once. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>

static uint8_t *read_all(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "rbe");
	uint8_t *data = NULL;
	if (file && fseek(file, 0, SEEK_END) == 0) {
		long end = ftell(file);
		*bytes = end > 0 ? (size_t)end : 0;
		rewind(file);
		data = malloc(*bytes + 1);
		if (data && fread(data, 1, *bytes, file) != *bytes) {
			free(data);
			data = NULL;
		}
	}
	if (file)
		fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	size_t fed = 0, bytes;
	for (int i = 1; i < argc; i++) {
		struct dirent **entry;
		int n = scandir(argv[i], &entry, NULL, alphasort);
		for (int k = 0; k < n; k++) {
			if (entry[k]->d_type == DT_DIR) {
				free(entry[k]);
				continue;
			}
			snprintf(path, sizeof path, "%s/%s", argv[i], entry[k]->d_name);
			free(entry[k]);
			uint8_t *data = read_all(path, &bytes);
			if (!data) {
				fprintf(stderr, "%s cannot be read\n", path);
				return 2;
			}
			fprintf(stderr, "%s\n", path);
			LLVMFuzzerTestOneInput(data, bytes);
			free(data);
			fed++;
		}
		if (n >= 0)
			free(entry);
	}
	printf("%zu inputs\n", fed);
	return fed ? 0 : 2;
}
