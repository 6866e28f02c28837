#include "bench/findings/python_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The case of a kernel with most workers that were not oversubscribed. */
static const struct case_summary *most_threads(const struct summary *s, const char *kernel)
{
	const struct case_summary *most = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->id.suite, "python") == 0 && strcmp(c->id.kernel, kernel) == 0 &&
		    strcmp(c->id.runner, "pthread") == 0 && c->samples && !c->oversubscribed &&
		    isfinite(c->speedup.value) && (!most || c->id.workers > most->id.workers))
			most = c;
	}
	return most;
}

static const char *show(const struct estimate *e, char *text, size_t bytes)
{
	if (isfinite(e->low))
		snprintf(text, bytes, "%.2f times (%.2f to %.2f)", e->value, e->low, e->high);
	else
		snprintf(text, bytes, "%.2f times", e->value);
	return text;
}

void python_tell(const struct summary *s, const char *python, char *text, size_t bytes)
{
	const struct case_summary *loop = most_threads(s, "python-loop"),
				  *hash = most_threads(s, "python-hash");
	char figure[4][64];
	const struct case_summary *fork = loop ? summary_find(s, loop, "fork", loop->id.workers) : NULL;
	if (!fork || loop->id.workers < 2 || !isfinite(fork->speedup.value))
		return;
	int n = snprintf(text, bytes,
			 "In Python%s%.40s %" PRIu64 " threads run bytecode %s as fast as one, %" PRIu64
			 " processes %s",
			 python && *python ? " " : "", python ? python : "", loop->id.workers,
			 show(&loop->speedup, figure[0], sizeof *figure), loop->id.workers,
			 show(&fork->speedup, figure[1], sizeof *figure));
	fork = hash && hash->id.workers == loop->id.workers ? summary_find(s, hash, "fork", hash->id.workers)
							    : NULL;
	if (fork && isfinite(fork->speedup.value))
		snprintf(text + n, bytes - (size_t)n,
			 "; C code that releases the GIL: threads %s, processes %s",
			 show(&hash->speedup, figure[2], sizeof *figure),
			 show(&fork->speedup, figure[3], sizeof *figure));
}
