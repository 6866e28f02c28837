/* Numbers as people write them. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "bench/base/units.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *text = fuzz_text(data, bytes), shown[32];
	uint64_t count, size, ns;
	double share;
	if (units_count(text, &count) == 0)
		MUST(strspn(text, "0123456789") == strlen(text) && units_size(text, &size) == 0 &&
		     size == count);
	if (units_size(text, &size) == 0)
		units_show_si((double)size, shown, sizeof shown);
	if (units_time_ns(text, &ns) == 0)
		MUST(ns <= 1000000000000000000u && units_show_ns((double)ns, shown, sizeof shown) == shown);
	if (units_share(text, &share) == 0)
		MUST(isfinite(share) && share >= 0 && share <= 1e3);
	if (!isdigit((unsigned char)*text))
		MUST(units_count(text, &count) && units_size(text, &size) && units_time_ns(text, &ns) &&
		     units_share(text, &share));
	free(text);
	return 0;
}
