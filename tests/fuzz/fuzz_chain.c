/* --continue-run: what is accepted is what pvt itself has written. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench/measure/invocation.h"
#include "bench/samples/run_id.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct chain chain;
	static char written[sizeof chain.folder + 128];
	char *text = fuzz_text(data, bytes);
	if (chain_read(text, &chain) == 0) {
		snprintf(written, sizeof written,
			 "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%s",
			 chain.invocation, chain.start_ns, chain.deadline_ns, chain.seed, chain.seq,
			 chain.inputs, chain.folder);
		MUST(strcmp(text, written) == 0);
	}
	run_id_invocation(text);
	free(text);
	return 0;
}
