/* Which MPI there is: the module of pvt for it, and the command that starts ranks with it. */
#ifndef PVT_MPI_LOAD_H
#define PVT_MPI_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fabric;

/* One MPI library that pvt can be built for. */
struct flavour {
	const char *name;       /* "openmpi", as in the module's file name */
	const char *package;    /* Debian's, that bring its launcher */
	const char *command[4]; /* its launcher by the names it goes by, the surest first */
	bool orte;              /* takes Open MPI's options; else hydra's */
};

/* Ends with one without a name. */
extern const struct flavour flavours[];

/* Was this process started as one rank of several, by mpirun or srun? Which, of how many? */
bool load_launched(uint32_t *rank, uint32_t *ranks);

/*
 * The flavour to use: of the launcher that started this process; else the first whose module is installed and
 * whose launcher is in PATH (or is `mpirun`'s first word). NULL with `why`: what is missing and what to
 * install.
 */
const struct flavour *load_choose(const char *mpirun, char *why, size_t why_bytes);

/* Its launcher in PATH. */
const char *flavour_command(const struct flavour *flavour);

/* Loads a flavour's module. NULL with `why`. */
const struct fabric *load_fabric(const char *flavour, char *why, size_t why_bytes);

#endif
