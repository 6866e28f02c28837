/* pvt place: which processing unit each rank would be pinned to, here or on a machine described by hwloc. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/arguments.h"
#include "bench/base/units.h"
#include "bench/cli/commands.h"
#include "runners/placement.h"
#include "runners/runner.h"

struct request {
	uint64_t workers; /* 0: all PUs */
	enum policy policy;
	const char *topology;
};

static int read_policy(const char *text, enum policy *policy)
{
	for (*policy = PLACE_COMPACT; *policy <= PLACE_NONE; (*policy)++)
		if (strcmp(text, placement_name(*policy)) == 0)
			return 0;
	return complain(EXIT_UNUSABLE, "--policy: '%s' is not one of compact, scatter, smt, single, none",
			text);
}

static int read_workers(uint64_t *workers)
{
	if (strcmp(optarg, "auto") == 0 ||
	    (units_count(optarg, workers) == 0 && *workers >= 1 && *workers <= WORKERS_MAX))
		return 0;
	return complain(EXIT_UNUSABLE, "--workers: '%s' is not a number from 1 to %d", optarg, WORKERS_MAX);
}

static int take(void *request, int id)
{
	struct request *r = request;
	if (id == 'w')
		return read_workers(&r->workers);
	if (id == 'p')
		return read_policy(optarg, &r->policy);
	r->topology = optarg;
	return 0;
}

static int read_request(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {{"workers", required_argument, NULL, 'w'},
						{"policy", required_argument, NULL, 'p'},
						{"topology", required_argument, NULL, 't'},
						{NULL, 0, NULL, 0}};
	int code = arguments_read(argc, argv, options, take, r);
	if (!code && optind < argc)
		code = complain(EXIT_UNUSABLE, "unexpected argument '%s'; see `pvt help place`",
				argv[optind]);
	return code;
}

int command_place(int argc, char **argv)
{
	struct request r = {.policy = PLACE_COMPACT};
	struct machine *machine;
	char why[256];
	int code = read_request(argc, argv, &r);
	if (code)
		return code;
	if (machine_load(&machine, r.topology, why, sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	uint32_t workers = r.workers ? (uint32_t)r.workers : machine_sweep_pus(machine);
	if (!r.workers && workers < machine_pus(machine))
		complain(0,
			 "the %u units of the fastest kind; %u of other kinds are left out, --workers %u has "
			 "all",
			 workers, machine_pus(machine) - workers, machine_pus(machine));
	struct pu *plan = calloc(workers, sizeof *plan);
	if (plan)
		placement_plan(machine, r.policy, workers, plan);
	printf("rank,pu,core,package,numa,kind\n");
	for (uint32_t rank = 0; plan && rank < workers; rank++)
		printf("%u,%d,%d,%d,%d,%d\n", rank, plan[rank].pu, plan[rank].core, plan[rank].package,
		       plan[rank].numa, plan[rank].kind);
	if (workers > machine_pus(machine))
		complain(0, "%u workers on %u processing units: oversubscribed", workers,
			 machine_pus(machine));
	free(plan);
	machine_free(machine);
	return EXIT_WELL;
}
