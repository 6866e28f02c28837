/* pvt run: measures, or goes on with a run that was broken off, and then writes the report. */
#include <stdlib.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/measure/resume.h"
#include "bench/measure/run.h"
#include "bench/report/report.h"

static int write_report(const char *dir, bool verbose)
{
	return report_write(dir, verbose, true);
}

/* On a copy of the words: the reader of options moves them about, and the resume owns them. */
static int run_resumed(const struct resume *resume)
{
	char **argv = calloc((size_t)resume->argc + 1, sizeof *argv);
	if (!argv)
		return complain(EXIT_UNUSABLE, "out of memory");
	memcpy(argv, resume->argv, (size_t)resume->argc * sizeof *argv);
	int code = run_carry_out(resume->argc - 1, argv + 1, resume->argv, resume, write_report);
	free(argv);
	return code;
}

int command_run(int argc, char **argv, char *const *original)
{
	struct resume resume = {0};
	if (!resume_is_asked_for(argc, argv))
		return run_carry_out(argc, argv, original, &resume, write_report);
	int code = resume_read(argc, argv, &resume);
	if (!code && resume.ended)
		code = write_report(resume.folder, false);
	else if (!code)
		code = run_resumed(&resume);
	resume_free(&resume);
	return code;
}
