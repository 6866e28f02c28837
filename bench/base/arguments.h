/* The options of a command that has its own: getopt_long with the complaints that all commands have in
 * common. */
#ifndef PVT_ARGUMENTS_H
#define PVT_ARGUMENTS_H

#include <getopt.h>

/*
 * Hands each option to `take`, by its id, with its value in optarg, until one is refused. 0, or EXIT_UNUSABLE
 * after a message; optind is then at the first argument that is no option. `argv[0]` names the command.
 */
int arguments_read(int argc, char **argv, const struct option *options, int (*take)(void *request, int id),
		   void *request);

#endif
