/* pvt doctor: what the checks find, as text and as JSON. */
#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

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
			printf("%-8s   why:  %s\n%-8s   fix:  %s\n", "", field(finding, "why"), "",
			       field(finding, "mend"));
	}
}

struct request {
	bool json;
};

const struct option_row options_of_doctor[] = {
	{"json", NULL, NULL, "print JSON", NULL, OPTION_FLAG, .offset = offsetof(struct request, json)},
	{0},
};

int command_doctor(int argc, char **argv, char *const *original)
{
	struct request r = {0};
	struct machine *machine;
	char why[256];
	(void)original;
	int code = option_table_read("doctor", options_of_doctor, argc, argv, &r);
	if (!code && optind < argc)
		code = complain(EXIT_UNUSABLE, "unexpected argument '%s'; see `pvt help doctor`",
				argv[optind]);
	if (code)
		return code;
	if (machine_load(&machine, NULL, why, sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	json_t *list = doctor_look(machine);
	if (!r.json)
		print_findings(list);
	else if (json_put(json_incref(list), stdout))
		code = complain(EXIT_UNUSABLE, "out of memory");
	json_decref(list);
	machine_free(machine);
	return code;
}
