/* pvt doctor: what the checks find, as text and as JSON. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bench/base/json_put.h"
#include "bench/cli/commands.h"
#include "bench/machine/doctor.h"

static const char *field(const json_t *finding, const char *name)
{
	return json_string_value(json_object_get(finding, name));
}

static void print_findings(const json_t *list)
{
	size_t i;
	json_t *finding;
	json_array_foreach(list, i, finding)
	{
		printf("%-8s %-15s %s\n", field(finding, "state"), field(finding, "name"),
		       field(finding, "value"));
		if (*field(finding, "mend"))
			printf("%-8s   why:  %s\n%-8s   mend: %s\n", "", field(finding, "why"), "",
			       field(finding, "mend"));
	}
}

int command_doctor(int argc, char **argv)
{
	bool as_json = argc == 2 && strcmp(argv[1], "--json") == 0;
	struct machine *machine;
	char why[256];
	if (argc > 1 && !as_json)
		return complain(EXIT_UNUSABLE, "doctor: unexpected argument '%s'; it takes --json alone",
				argv[1]);
	if (machine_load(&machine, NULL, why, sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	json_t *list = doctor_look(machine);
	int code = EXIT_WELL;
	if (!as_json)
		print_findings(list);
	else if (json_put(json_incref(list), stdout))
		code = complain(EXIT_UNUSABLE, "out of memory");
	json_decref(list);
	machine_free(machine);
	return code;
}
