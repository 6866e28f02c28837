#include "runners/mpi/load.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runners/module.h"
#include "runners/mpi/fabric.h"

const struct flavour flavours[] = {
	{"openmpi", "openmpi-bin", {"mpirun.openmpi", "mpirun"}, true},
	{"mpich", "mpich", {"mpiexec.mpich", "mpiexec.hydra", "mpiexec"}, false},
	{.name = NULL},
};

/* What launchers leave in the environment: Open MPI's, hydra or srun --mpi=pmi2, srun --mpi=pmix. */
static const struct {
	const char *rank, *ranks, *flavour;
	bool of_srun; /* too */
} traces[] = {
	{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "openmpi", false},
	{"PMI_RANK", "PMI_SIZE", "mpich", true},
	{"PMIX_RANK", "SLURM_NTASKS", "openmpi", true},
};

enum { TRACES = sizeof traces / sizeof *traces };

static int trace(uint32_t *rank, uint32_t *ranks)
{
	for (int i = 0; i < TRACES; i++) {
		const char *own = getenv(traces[i].rank), *all = getenv(traces[i].ranks);
		if (!own || !all)
			continue;
		*rank = (uint32_t)strtoul(own, NULL, 10);
		*ranks = (uint32_t)strtoul(all, NULL, 10);
		/* One task of srun alone, such as a shell on a node, is nobody's rank. */
		return *ranks == 1 && traces[i].of_srun && getenv("SLURM_STEP_ID") ? -1 : i;
	}
	return -1;
}

bool load_launched(uint32_t *rank, uint32_t *ranks)
{
	return trace(rank, ranks) >= 0;
}

/* Has srun started several that do not know each other (--mpi=none)? Each would start ranks of its own. */
static bool are_strangers(void)
{
	const char *tasks = getenv("SLURM_STEP_NUM_TASKS");
	return tasks && strtoul(tasks, NULL, 10) > 1;
}

static bool has_module(const char *flavour, char *file, size_t bytes)
{
	char name[64];
	snprintf(name, sizeof name, "mpi-%s.so", flavour);
	return module_file(name, file, bytes);
}

static bool in_path(const char *command)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];
	if (strchr(command, '/'))
		return access(command, X_OK) == 0;
	for (size_t length; path && *path; path += length + (path[length] == ':')) {
		length = strcspn(path, ":");
		snprintf(file, sizeof file, "%.*s/%s", (int)length, path, command);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

/* Of a launcher that the user names, the file's own name decides. */
static bool is_of(const struct flavour *f, const char *mpirun)
{
	char program[PATH_MAX];
	snprintf(program, sizeof program, "%.*s", (int)strcspn(mpirun, " "), mpirun);
	bool hydra = strstr(program, "mpich") || strstr(program, "hydra");
	return f->orte != hydra && in_path(program);
}

const char *flavour_command(const struct flavour *f)
{
	for (int i = 0; f->command[i]; i++)
		if (in_path(f->command[i]))
			return f->command[i];
	return NULL;
}

static bool has_launcher(const struct flavour *f, const char *mpirun)
{
	return mpirun ? is_of(f, mpirun) : flavour_command(f) != NULL;
}

const struct flavour *load_choose(const char *mpirun, char *why, size_t why_bytes)
{
	uint32_t rank, ranks;
	int launched = trace(&rank, &ranks);
	char file[MODULE_FILE_BYTES];
	bool built = false;
	if (launched < 0 && are_strangers()) {
		snprintf(why, why_bytes,
			 "srun has started several pvt that do not know each other; say srun --mpi=pmix (for "
			 "Open MPI) or --mpi=pmi2 (for MPICH)");
		return NULL;
	}
	for (const struct flavour *f = flavours; f->name; f++) {
		bool wanted = launched >= 0 ? strcmp(f->name, traces[launched].flavour) == 0
					    : has_launcher(f, mpirun);
		bool there = has_module(f->name, file, sizeof file);
		built |= there;
		if (wanted && there)
			return f;
		if (launched >= 0 && wanted) {
			snprintf(why, why_bytes, "this pvt is not built for %s, whose launcher started it",
				 f->name);
			return NULL;
		}
	}
	if (!built)
		snprintf(why, why_bytes,
			 "this pvt is built without MPI; install libopenmpi-dev and openmpi-bin (Debian's "
			 "names), or libmpich-dev and mpich, and build it again");
	else if (mpirun)
		snprintf(why, why_bytes, "'%s' is no launcher that is there and that this pvt is built for",
			 mpirun);
	else
		snprintf(why, why_bytes, "no mpirun in PATH; install openmpi-bin (Debian's name), or mpich");
	return NULL;
}

const struct fabric *load_fabric(const char *flavour, char *why, size_t why_bytes)
{
	char file[MODULE_FILE_BYTES];
	if (!has_module(flavour, file, sizeof file)) {
		snprintf(why, why_bytes, "there is no module of pvt for %s here", flavour);
		return NULL;
	}
	/* Global: the MPI library's own parts are loaded later and look for its symbols. */
	void *module = dlopen(file, RTLD_NOW | RTLD_GLOBAL);
	const struct fabric *fabric = module ? dlsym(module, FABRIC_SYMBOL) : NULL;
	if (!fabric)
		snprintf(why, why_bytes, "%s", dlerror());
	else if (fabric->abi != FABRIC_ABI) {
		snprintf(why, why_bytes, "'%s' is of another version of pvt", file);
		fabric = NULL;
	}
	return fabric;
}
