/* Any program as an arm of a gate, in whatever language it is written: what `pvt run` measures it with. */
#ifndef PVT_PROGRAM_ARM_H
#define PVT_PROGRAM_ARM_H

/*
 * The command of an arm that measures a command for sh(1): this program, with the kernel of
 * examples/plugin/program.c. The caller frees it; NULL after a message.
 */
char *program_arm(const char *command);

#endif
