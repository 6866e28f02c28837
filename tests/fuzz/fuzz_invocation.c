/* --continue-run: what is accepted is what pvt itself has written. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench/measure/invocation.h"
#include "bench/samples/run_id.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct invocation invocation;
	static char written[sizeof invocation.folder + 128];
	char *text = fuzz_text(data, bytes);
	if (invocation_read(text, &invocation) == 0) {
		snprintf(written, sizeof written,
			 "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%s",
			 invocation.number, invocation.start_ns, invocation.deadline_ns, invocation.seed,
			 invocation.seq, invocation.inputs, invocation.folder);
		MUST(strcmp(text, written) == 0);
	}
	run_id_invocation(text);
	free(text);
	return 0;
}
