#include "bench/samples/run_id.h"

#include <stdlib.h>
#include <string.h>

uint64_t run_id_invocation(const char *run_id)
{
	const char *last = strrchr(run_id, '-');
	return last ? strtoull(last + 1, NULL, 10) : 0;
}

/* A name of someone else's may look like it: only what lies in 2001 to 2262 is taken for a time. */
uint64_t run_id_time(const char *run_id)
{
	static const char hex[] = "0123456789abcdef", digits[] = "0123456789";
	size_t length = strspn(run_id, hex), pid = 0, number = 0;
	if (run_id[length] == '-')
		pid = strspn(run_id + length + 1, digits);
	if (pid && run_id[length + 1 + pid] == '-')
		number = strspn(run_id + length + 2 + pid, digits);
	if (length < 14 || length > 16 || !number || run_id[length + 2 + pid + number])
		return 0;
	uint64_t ns = strtoull(run_id, NULL, 16);
	return ns >= 1000000000 * (uint64_t)1000000000 && ns <= INT64_MAX ? ns : 0;
}
