/*
 * What the user sees while it takes long. On a terminal one line that is rewritten: what is being decided,
 * case, done/total, time left. Piped: one line per finished invocation. All on standard error; the results go
 * to standard output.
 */
#ifndef PVT_PROGRESS_H
#define PVT_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct progress {
	uint64_t start_ns, deadline_ns;
	uint64_t invocation, invocations;
	size_t done, total; /* blocks of this invocation */
	int terminal;
	uint64_t shown_ns;
};

void progress_start(struct progress *progress, uint64_t start_ns, uint64_t deadline_ns);
/* `deciding`: what the case is measured for, in a few words. */
void progress_show(struct progress *progress, const char *deciding, const char *case_name);
/* Clears the line, so that a message can be printed. */
void progress_clear(const struct progress *progress);
/* `left`: invocations that share the budget, this one among them. */
void progress_invocation(const struct progress *progress, uint64_t samples, uint64_t left);

#endif
