#include "bench/plan/ballast.h"

#include <stdint.h>
#include <stdio.h>

#include "bench/base/system.h"
#include "bench/base/units.h"

const char *ballast_pages_name(bool huge)
{
	return huge ? "huge" : "small";
}

bool ballast_refuse(size_t bytes, char *why, size_t why_bytes)
{
	char need[32], have[32];
	uint64_t available = bytes ? system_memory_available() : UINT64_MAX;
	if (bytes <= available / 2) /* a forked worker may copy all of it */
		return false;
	snprintf(why, why_bytes, "a ballast of %sB and a copy of it need more than the %sB available",
		 units_show_si((double)bytes, need, sizeof need),
		 units_show_si((double)available, have, sizeof have));
	return true;
}
