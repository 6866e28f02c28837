/* pvt: processes vs threads. Picks the command. */
#include <stdio.h>
#include <string.h>

#include "bench/catalog.h"
#include "bench/commands.h"
#include "bench/needs.h"
#include "runners/mpi/rank.h"
#include "version.h"

int main(int argc, char **argv)
{
	rank_main(argc, argv, /* returns unless this process is a rank */
		  &(struct rank_program){PVT_VERSION " (" PVT_COMMIT ")", catalog_find_in});
	if (needs_stack() || needs_no_privilege())
		return EXIT_UNUSABLE;
	const char *command = argc > 1 ? argv[1] : "help";
	int code;
	if (strcmp(command, "run") == 0)
		code = command_run(argc - 1, argv + 1, argv);
	else if (strcmp(command, "list") == 0)
		code = command_list(argc - 1, argv + 1);
	else if (strcmp(command, "place") == 0)
		code = command_place(argc - 1, argv + 1);
	else if (strcmp(command, "doctor") == 0)
		code = command_doctor(argc - 1, argv + 1);
	else if (strcmp(command, "compare") == 0)
		code = command_compare(argc - 1, argv + 1);
	else if (strcmp(command, "gate") == 0)
		code = command_gate(argc - 1, argv + 1);
	else if (strcmp(command, "trend") == 0)
		code = command_trend(argc - 1, argv + 1);
	else if (strcmp(command, "advise") == 0)
		code = command_advise(argc - 1, argv + 1);
	else if (strcmp(command, "report") == 0)
		code = command_report(argc - 1, argv + 1);
	else if (strcmp(command, "help") == 0 || strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0)
		code = command_help(argc - 1, argv + 1);
	else if (strcmp(command, "--version") == 0)
		code = printf("pvt %s (%s)\n", PVT_VERSION, PVT_COMMIT) < 0 ? EXIT_FAILED : EXIT_WELL;
	else
		code = complain(EXIT_UNUSABLE, "there is no command '%s'; see `pvt help`", command);
	if ((fflush(stdout) == EOF || ferror(stdout)) && code == EXIT_WELL)
		code = complain(EXIT_UNUSABLE, "standard output cannot be written");
	return code;
}
