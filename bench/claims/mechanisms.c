#include "bench/claims/mechanisms.h"

#include <stddef.h>
#include <string.h>

static const struct mechanism mechanisms[] = {
#define MECHANISM(claim, text, source) {claim, text, source},
#include "bench/claims/mechanisms.def"
#undef MECHANISM
};

const struct mechanism *mechanism_of(const char *claim)
{
	for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++)
		if (strcmp(mechanisms[i].claim, claim) == 0)
			return &mechanisms[i];
	return NULL;
}
