#include "bench/machine/same_machine.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/text.h"
#include "bench/machine/environment.h"

/* What has to be alike. */
static const struct {
	const char *path, *what, *flag;
	bool build;
} alike[] = {
	{"machine.cpu", "processor", "--any-machine", false},
	{"machine.cores", "number of cores", "--any-machine", false},
	{"machine.pus", "number of processing units", "--any-machine", false},
	{"machine.memory_bytes", "memory", "--any-machine", false},
	{"machine.kernel", "kernel", "--any-machine", false},
	{"machine.host", "host", "--any-machine", false},
	{"pvt.compiler", "compiler", "--any-build", true},
	{"pvt.flags", "flags of the compiler", "--any-build", true},
	{"pvt.build_type", "type of build", "--any-build", true},
};

static char *said_of(const char *path, const char *key)
{
	char *copy = strdup(path), *text = copy ? environment_text(dirname(copy), key) : NULL;
	free(copy);
	return text;
}

static int check(const char *first, const char *a, const char *other, const char *b, size_t key)
{
	char shown[2][160];
	if (!a || !b || !*a || !*b)
		return complain(EXIT_UNUSABLE,
				"'%s': no env.json beside it that names the %s; give run folders, or %s",
				a && *a ? other : first, alike[key].what, alike[key].flag);
	if (strcmp(a, b) != 0)
		return complain(EXIT_UNUSABLE,
				"'%s' and '%s' differ in the %s: %s, %s; compare like with like, or give %s",
				first, other, alike[key].what, text_show(a, shown[0], sizeof shown[0]),
				text_show(b, shown[1], sizeof shown[1]), alike[key].flag);
	if (strcmp(alike[key].path, "pvt.build_type") == 0 && strcmp(a, "Debug") == 0)
		return complain(EXIT_UNUSABLE,
				"'%s' is of a debug build; build for release, or give --any-build", first);
	return 0;
}

int same_machine_check(const char *first, char *const *path, size_t count, bool any_machine, bool any_build)
{
	int code = 0;
	for (size_t k = 0; k < sizeof alike / sizeof *alike && !code; k++) {
		if (alike[k].build ? any_build : any_machine)
			continue;
		char *a = said_of(first, alike[k].path);
		for (size_t f = 0; f < count && !code; f++) {
			char *b = said_of(path[f], alike[k].path);
			code = check(first, a, path[f], b, k);
			free(b);
		}
		free(a);
	}
	return code;
}

bool same_machine_folders(const char *dir, const char *other)
{
	bool same = true;
	for (size_t k = 0; k < sizeof alike / sizeof *alike && same; k++) {
		if (alike[k].build)
			continue;
		char *a = environment_text(dir, alike[k].path), *b = environment_text(other, alike[k].path);
		same = a && b && *a && strcmp(a, b) == 0;
		free(a);
		free(b);
	}
	return same;
}
