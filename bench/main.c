/* pvt: processes vs threads. Picks the command. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/needs.h"
#include "bench/cli/commands.h"
#include "bench/plan/catalog.h"
#include "runners/mpi/rank.h"
#include "version.h"

/* What was to be said and was not is an error, whatever else the command has found out. */
static int code_of_output(int code)
{
	bool failed = ferror(stdout);
	errno = 0;
	failed |= fflush(stdout) == EOF;
	if (!failed)
		return code;
	return complain(EXIT_UNUSABLE, "standard output cannot be written%s%s", errno ? ": " : "",
			errno ? strerror(errno) : "");
}

int main(int argc, char **argv)
{
	rank_main(argc, argv, /* returns unless this process is a rank */
		  &(struct rank_program){PVT_VERSION " (" PVT_COMMIT ")", catalog_find_in});
	signal(SIGXFSZ, SIG_IGN); /* ulimit -f: a write then fails with EFBIG, and says so */
	if (needs_stack() || needs_no_privilege())
		return EXIT_UNUSABLE;
	if (argc < 2) {
		help_put_first();
		return code_of_output(EXIT_WELL);
	}
	const char *name = argv[1];
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	const struct command *command = command_find(name);
	int code;
	if (command)
		code = command->call(argc - 1, argv + 1, argv);
	else if (strcmp(name, "--version") == 0)
		code = printf("pvt %s (%s)\n", PVT_VERSION, PVT_COMMIT) < 0 ? EXIT_FAILED : EXIT_WELL;
	else
		code = complain(EXIT_UNUSABLE, "there is no command '%s'; see `pvt help`", name);
	return code_of_output(code);
}
