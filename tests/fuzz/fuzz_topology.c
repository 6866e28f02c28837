/* Topologies: an XML file if it begins with '<', else a synthetic description; what loads can be planned on.
 */
#include <stdbool.h>

#include "runners/placement.h"
#include "tests/fuzz/fuzz.h"

enum { RANKS = 9 };

/* hwloc 2.9 forgets what it had made of a synthetic description when it refuses the rest of it. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libhwloc.so\n";
}

static void plan_on(const struct machine *machine)
{
	struct pu plan[RANKS];
	MUST(machine_pus(machine) > 0 && machine_cores(machine) > 0);
	MUST(machine_sweep_pus(machine) > 0 && machine_sweep_pus(machine) <= machine_pus(machine));
	MUST(machine_cores(machine) <= machine_pus(machine) &&
	     machine_kinds(machine) <= machine_pus(machine));
	for (enum policy policy = PLACE_COMPACT; policy <= PLACE_NONE; policy++) {
		placement_plan(machine, policy, RANKS, plan);
		for (int rank = 0; rank < RANKS; rank++)
			MUST(policy == PLACE_NONE ? plan[rank].pu == -1 : plan[rank].pu >= 0);
	}
	free(machine_xml(machine));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct machine *machine = NULL;
	char why[256] = "";
	char *text = fuzz_text(data, bytes);
	bool xml = *text == '<';
	int error = machine_load(&machine, xml ? fuzz_folder_file("topology.xml", data, bytes) : text, why,
				 sizeof why);
	MUST(error ? *why != '\0' : machine != NULL);
	if (!error)
		plan_on(machine);
	machine_free(error ? NULL : machine);
	free(text);
	return 0;
}
