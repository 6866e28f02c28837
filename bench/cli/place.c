/* pvt place: which CPU each rank would be pinned to, here or on a machine described by hwloc. */
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/cli/commands.h"
#include "runners/placement.h"
#include "runners/runner.h"

struct request {
	uint64_t workers; /* 0: all PUs */
	int policy;
	const char *topology;
};

static int take_workers(void *request, const struct option_row *row, const char *text)
{
	struct request *r = request;
	char wanted[64];
	if (strcmp(text, "auto") == 0 ||
	    (units_count(text, &r->workers) == 0 && r->workers >= 1 && r->workers <= WORKERS_MAX))
		return 0;
	snprintf(wanted, sizeof wanted, "a number from 1 to %d", WORKERS_MAX);
	return option_refuse(row, text, wanted);
}

const struct option_row options_of_place[] = {
	{"workers", "N|auto", "auto 1 2 4 8", "how many; auto: one per CPU", NULL, OPTION_TAKEN,
	 .take = take_workers},
	{"policy", "P", "compact scatter smt single none", "compact, scatter, smt, single or none", NULL,
	 OPTION_CHOICE, .offset = offsetof(struct request, policy)},
	{"topology", "SYNTHETIC|FILE.xml", "@file",
	 "another machine: 'pack:2 core:8 pu:2' is one that does not exist, FILE.xml one that lstopo "
	 "described",
	 NULL, OPTION_NAME, .offset = offsetof(struct request, topology)},
	{0},
};

int command_place(int argc, char **argv, char *const *original)
{
	struct request r = {.policy = PLACE_COMPACT};
	struct machine *machine;
	char why[256];
	(void)original;
	int code = option_table_read("place", options_of_place, argc, argv, &r);
	if (!code && optind < argc)
		code = complain(EXIT_UNUSABLE, "unexpected argument '%s'; see `pvt help place`",
				argv[optind]);
	if (code)
		return code;
	if (machine_load(&machine, r.topology, why, sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	uint32_t workers = r.workers ? (uint32_t)r.workers : machine_sweep_pus(machine);
	if (!r.workers && workers < machine_pus(machine))
		complain(0,
			 "the %u CPUs of the fastest kind; %u of other kinds are left out, --workers %u has "
			 "all",
			 workers, machine_pus(machine) - workers, machine_pus(machine));
	struct pu *plan = calloc(workers, sizeof *plan);
	if (plan)
		placement_plan(machine, (enum policy)r.policy, workers, plan);
	printf("rank,pu,core,package,numa,kind\n");
	for (uint32_t rank = 0; plan && rank < workers; rank++)
		printf("%u,%d,%d,%d,%d,%d\n", rank, plan[rank].pu, plan[rank].core, plan[rank].package,
		       plan[rank].numa, plan[rank].kind);
	if (workers > machine_pus(machine))
		complain(0, "%u workers on %u CPUs: oversubscribed", workers, machine_pus(machine));
	free(plan);
	machine_free(machine);
	return EXIT_WELL;
}
