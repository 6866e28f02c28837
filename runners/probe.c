/* What a job is run for beside its result: the workers' memory, or their counters. */
#include <sys/resource.h>

#include "runners/memory.h"
#include "runners/session.h"

enum { DESCRIPTORS_SPARE = 64 };

/* Thread workers open their counters in this process: not when that would take others' descriptors. */
static bool can_count(const struct session *s)
{
	struct rlimit limit;
	uint64_t needed = (uint64_t)s->job.workers * COUNTERS + DESCRIPTORS_SPARE;
	return s->job.counters && (s->job.runner->processes ||
				   (getrlimit(RLIMIT_NOFILE, &limit) == 0 && needed <= limit.rlim_cur));
}

void session_probe(struct session *s, enum probe probe)
{
	struct control *c = s->control;
	c->probe = probe == PROBE_COUNTERS && !can_count(s) ? PROBE_NONE : probe;
	if (c->probe == PROBE_MEMORY) {
		s->memory_before = memory_use_of(0, c->source);
		s->stacks_before_kib = memory_kernel_stacks_kib();
		c->harness_memory = (struct memory_use){0};
	}
	if (c->probe != PROBE_COUNTERS)
		return;
	c->again = s->counted++ > 0;
	c->hold = -1; /* it was held at the job before */
}
