/* The commands of pvt: one table from which they are called, and told by `pvt help` and to the completions.
 */
#ifndef PVT_COMMANDS_H
#define PVT_COMMANDS_H

#include "bench/base/exit.h"
#include "bench/base/option_table.h"

struct command {
	const char *name;
	const char *brief; /* one line of `pvt help` */
	/* Takes what follows the name, argv[0] being the name, and returns an exit code. `original` is the
	 * program's whole argv, for an invocation that goes on after this one. */
	int (*call)(int argc, char **argv, char *const *original);
	const char *arguments; /* what it takes besides options: words, @file or @folder; NULL: nothing */
	const struct option_row *options; /* NULL: none */
	const char *about;                /* of `pvt help NAME`, before the options … */
	const char *exit;                 /* … and after them; NULL: nothing */
};

/* Ends with one without a name. */
extern const struct command commands[];

/* NULL: there is none. */
const struct command *command_find(const char *name);

int command_run(int argc, char **argv, char *const *original);
int command_list(int argc, char **argv, char *const *original);
int command_doctor(int argc, char **argv, char *const *original);
int command_place(int argc, char **argv, char *const *original);
int command_compare(int argc, char **argv, char *const *original);
int command_gate(int argc, char **argv, char *const *original);
int command_trend(int argc, char **argv, char *const *original);
int command_report(int argc, char **argv, char *const *original);
int command_advise(int argc, char **argv, char *const *original);
int command_help(int argc, char **argv, char *const *original);

/* Each next to the command that reads them. */
extern const struct option_row options_of_compare[], options_of_gate[], options_of_trend[],
	options_of_report[], options_of_place[], options_of_doctor[];

/* What `pvt` alone prints: what to do first. */
void help_put_first(void);

#endif
