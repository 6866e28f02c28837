#include "bench/machine/doctor.h"

#include "bench/machine/checks.h"

json_t *doctor_look(const struct machine *machine)
{
	static const char *const states[] = {"good", "noisy", "low", "unknown"};
	json_t *list = json_array();
	for (size_t i = 0; i < check_count; i++) {
		const struct check *c = &checks[i];
		struct check_finding f = {.state = CHECK_GOOD};
		c->look(machine, &f);
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", c->name, "state",
						states[f.state], "value", f.value, "why", c->why, "mend",
						f.state == CHECK_GOOD ? ""
						: f.mend              ? f.mend
								      : c->mend));
	}
	return list;
}
