/* env.json: the readers of the report, and those of a run that is resumed. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/machine/env_file.h"
#include "bench/machine/environment.h"
#include "bench/measure/resume.h"
#include "tests/fuzz/fuzz.h"

static void put_finding(FILE *file, const struct doctor_finding *f)
{
	fprintf(file, "%s%s%s%s%s", f->name, f->state, f->value, f->why, f->mend);
}

static void read_for_report(const char *dir, FILE *nowhere)
{
	static const char *const paths[] = {
		"machine.cpu", "machine.cpu_quota", "seed", "", ".", "command", "doctor.name",
		"pvt.",        "overhead.clock_ns"};
	struct env_file env = env_read(dir);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char *text = env_text(&env, paths[i]);
		MUST(text);
		free(text);
	}
	char *command = env_command(&env), *caption = env_caption(&env);
	MUST(command && caption);
	free(command);
	free(caption);
	env_put_doctor(&env, nowhere, "", put_finding, "");
	env_free(&env);
}

static void read_to_resume(const char *dir, const struct machine *machine)
{
	char run[] = "run", flag[] = "--resume", what[1024], folder[4096];
	struct resume resume;
	snprintf(folder, sizeof folder, "%s", dir);
	char *argv[] = {run, flag, folder, NULL};
	if (resume_read(3, argv, &resume) == 0)
		for (int i = 0; i < resume.argc; i++)
			MUST(resume.argv[i]);
	resume_free(&resume);
	environment_differs(dir, machine, what, sizeof what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct machine *machine;
	static FILE *nowhere;
	static int here;
	char why[256];
	if (!machine) {
		MUST(machine_load(&machine, "core:2 pu:1", why, sizeof why) == 0);
		nowhere = fopen("/dev/null", "we");
		here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		MUST(nowhere && here >= 0);
	}
	fuzz_folder_file("env.json", data, bytes);
	read_for_report(fuzz_folder(), nowhere);
	read_to_resume(fuzz_folder(), machine);
	MUST(fchdir(here) == 0); /* the run goes on where it was begun */
	environment_end(fuzz_folder());
	return 0;
}
