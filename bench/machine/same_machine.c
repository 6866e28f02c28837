#include "bench/machine/same_machine.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/text.h"
#include "bench/machine/env_file.h"

/* What has to be alike. */
static const struct {
	const char *path, *what, *flag;
	bool build;
} alike[] = {
	{"machine.cpu", "processor", "--any-machine", false},
	{"machine.cores", "number of cores", "--any-machine", false},
	{"machine.pus", "number of CPUs", "--any-machine", false},
	{"machine.memory_bytes", "memory", "--any-machine", false},
	{"machine.kernel", "kernel", "--any-machine", false},
	{"machine.host", "host", "--any-machine", false},
	{"pvt.compiler", "compiler", "--any-build", true},
	{"pvt.flags", "flags of the compiler", "--any-build", true},
	{"pvt.build_type", "type of build", "--any-build", true},
};

static int check(const char *first, const char *a, const char *other, const char *b, size_t key)
{
	char shown[2][160];
	if (!a || !b || !*a || !*b)
		return complain(EXIT_UNUSABLE,
				"'%s': no env.json next to it that names the %s; give run folders, or %s",
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

/* The first thing that one file's run does not share with the first one's. */
static int check_one(const char *first, const struct env_file *of_first, const char *other, bool any_machine,
		     bool any_build)
{
	struct env_file of_other = env_read_beside(other);
	int code = 0;
	for (size_t k = 0; k < sizeof alike / sizeof *alike && !code; k++) {
		if (alike[k].build ? any_build : any_machine)
			continue;
		char *a = env_text(of_first, alike[k].path), *b = env_text(&of_other, alike[k].path);
		code = check(first, a, other, b, k);
		free(a);
		free(b);
	}
	env_free(&of_other);
	return code;
}

int same_machine_check(const char *first, char *const *path, size_t count, bool any_machine, bool any_build)
{
	struct env_file env = env_read_beside(first);
	int code = 0;
	for (size_t f = 0; f < count && !code; f++)
		code = check_one(first, &env, path[f], any_machine, any_build);
	env_free(&env);
	return code;
}

bool same_machine_is(const struct env_file *one, const struct env_file *other)
{
	bool same = true;
	for (size_t k = 0; k < sizeof alike / sizeof *alike && same; k++) {
		if (alike[k].build)
			continue;
		char *a = env_text(one, alike[k].path), *b = env_text(other, alike[k].path);
		same = a && b && *a && strcmp(a, b) == 0;
		free(a);
		free(b);
	}
	return same;
}
