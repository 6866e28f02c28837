#include "bench/chain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/exit.h"
#include "bench/folder.h"
#include "bench/summary.h"

#define FLAG "--continue-run="

int chain_read(const char *text, struct chain *chain)
{
	int used = 0;
	int got = sscanf(text, "%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%n",
			 &chain->invocation, &chain->start_ns, &chain->deadline_ns, &chain->seed, &chain->seq,
			 &used);
	if (got != 5 || !used || strlen(text + used) >= sizeof chain->folder)
		return complain(EXIT_UNUSABLE, FLAG "%s: this flag is pvt's own, to go on in a new process",
				text);
	snprintf(chain->folder, sizeof chain->folder, "%s", text + used);
	return 0;
}

int chain_next(const struct chain *chain, char *const *argv)
{
	int argc = 0;
	while (argv[argc])
		argc++;
	char **next = calloc((size_t)argc + 2, sizeof *next);
	if (!next)
		return -ENOMEM;
	int kept = 0;
	for (int i = 0; i < argc; i++)
		if (strncmp(argv[i], FLAG, strlen(FLAG)) != 0)
			next[kept++] = argv[i];
	if (asprintf(&next[kept], FLAG "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%s",
		     chain->invocation + 1, chain->start_ns, chain->deadline_ns, chain->seed, chain->seq,
		     chain->folder) < 0) {
		free(next);
		return -ENOMEM;
	}
	fflush(NULL);
	execv("/proc/self/exe", next);
	int error = -errno;
	free(next[kept]);
	free(next);
	return error;
}

static bool is_of_case(const struct case_summary *s, const struct bench_case *c)
{
	return strcmp(s->suite, c->suite) == 0 && strcmp(s->kernel, c->kernel->name) == 0 &&
	       s->size == c->params.size && strcmp(s->runner, c->runner->name) == 0 &&
	       s->workers == c->workers;
}

static bool is_precise(const struct estimate *e, double precision)
{
	return e->coverage >= 0.95 && (e->high - e->low) / 2 <= precision * e->value;
}

static bool are_compared(const struct bench_case *a, const struct bench_case *b)
{
	return strcmp(a->suite, b->suite) == 0 && a->kernel == b->kernel && a->params.size == b->params.size;
}

/*
 * Cases that are compared end together: ratios are paired by invocation, and a case that stopped early would
 * leave its partners' later invocations without a pair.
 */
static void keep_partners_going(const struct plan *plan, const struct progress_of_case *progress, bool *done)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (done[i])
			continue;
		for (size_t k = 0; k < plan->count; k++)
			if (!progress[k].failed && are_compared(&plan->cases[i], &plan->cases[k]))
				done[k] = false;
	}
}

int chain_catch_up(const struct chain *chain, const struct plan *plan, const struct options *o,
		   struct progress_of_case *progress, bool *done)
{
	char path[PATH_MAX + 32], why[512];
	struct samples samples;
	struct summary summary = {0};
	if (samples_read(folder_file(chain->folder, "samples.csv", path, sizeof path), &samples, why,
			 sizeof why) ||
	    summary_make(&samples, &summary)) {
		samples_free(&samples);
		return complain(EXIT_UNUSABLE, "the run cannot go on: %s", why);
	}
	for (size_t i = 0; i < plan->count; i++)
		for (size_t k = 0; k < summary.count; k++) {
			const struct case_summary *s = &summary.cases[k];
			if (!is_of_case(s, &plan->cases[i]))
				continue;
			progress[i].iterations = s->iterations;
			progress[i].repetition = s->samples + s->failed;
			progress[i].failed = s->failed > 0;
			done[i] = s->failed > 0 ||
				  (o->repetitions ? s->samples >= o->repetitions
						  : is_precise(&s->wall, o->precision) &&
							    is_precise(&s->span, o->precision));
		}
	if (!o->repetitions)
		keep_partners_going(plan, progress, done);
	summary_free(&summary);
	samples_free(&samples);
	return 0;
}
