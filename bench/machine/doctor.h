/* What makes timings on this machine noisy or a case impossible: each with why it matters and its mend. */
#ifndef PVT_DOCTOR_H
#define PVT_DOCTOR_H

#include <jansson.h>

#include "runners/placement.h"

/*
 * Looks at the machine for about 0.2 s (steal is a rate). An array of objects with the texts name, state
 * ("good", "noisy", "low", "unknown"), value, why, mend (empty when nothing is to mend). The caller owns it;
 * NULL when out of memory.
 */
json_t *doctor_look(const struct machine *machine);

#endif
