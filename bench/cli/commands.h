/* The commands of pvt. Each takes what follows its name, argv[0] being the name, and returns an exit code. */
#ifndef PVT_COMMANDS_H
#define PVT_COMMANDS_H

#include "bench/base/exit.h"

/* `original` is the program's whole argv, for the invocation that goes on after this one. */
int command_run(int argc, char **argv, char *const *original);
int command_list(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_place(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_gate(int argc, char **argv);
int command_trend(int argc, char **argv);
int command_report(int argc, char **argv);
int command_advise(int argc, char **argv);
int command_help(int argc, char **argv);

#endif
