#include "bench/chain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/ballast.h"
#include "bench/exit.h"
#include "bench/folder.h"
#include "bench/summary.h"
#include "runners/launcher.h"

#define FLAG "--continue-run="

/* What --continue-run takes; free it. NULL: out of memory. */
static char *write_chain(const struct chain *chain, uint64_t invocation)
{
	char *text;
	int bytes = asprintf(&text, "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%s",
			     invocation, chain->start_ns, chain->deadline_ns, chain->seed, chain->seq,
			     chain->folder);
	return bytes < 0 ? NULL : text;
}

/* scanf takes signs, spaces and numbers that do not fit: what was read must be what was written. */
static bool is_written(const char *text, const struct chain *chain)
{
	char *written = write_chain(chain, chain->invocation);
	bool same = written && strcmp(text, written) == 0;
	free(written);
	return same;
}

int chain_read(const char *text, struct chain *chain)
{
	int used = 0;
	int got = sscanf(text, "%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%n",
			 &chain->invocation, &chain->start_ns, &chain->deadline_ns, &chain->seed, &chain->seq,
			 &used);
	bool fits = got == 5 && used && strlen(text + used) < sizeof chain->folder;
	if (fits)
		snprintf(chain->folder, sizeof chain->folder, "%s", text + used);
	return fits && is_written(text, chain)
		       ? 0
		       : complain(EXIT_UNUSABLE, FLAG "%s: this flag is pvt's own, to go on in a new process",
				  text);
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
	char *text = write_chain(chain, chain->invocation + 1);
	if (!text || asprintf(&next[kept], FLAG "%s", text) < 0) {
		free(text);
		free(next);
		return -ENOMEM;
	}
	free(text);
	fflush(NULL);
	execv(process_program(), next);
	int error = -errno;
	free(next[kept]);
	free(next);
	return error;
}

static bool is_of_case(const struct case_summary *s, const struct bench_case *c)
{
	return strcmp(s->suite, c->suite) == 0 && strcmp(s->kernel, c->kernel->name) == 0 &&
	       s->size == c->params.size && strcmp(s->runner, c->runner->name) == 0 &&
	       s->workers == c->workers && s->hosts == c->hosts && s->chunk == c->chunk &&
	       s->ballast == c->params.ballast && strcmp(s->placement, placement_name(c->placement)) == 0 &&
	       strcmp(s->pages, c->params.ballast ? ballast_pages_name(c->huge) : "") == 0;
}

static bool is_precise(const struct estimate *e, double precision)
{
	return stat_is_sure(e) && (e->high - e->low) / 2 <= precision * e->value;
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

uint64_t chain_invocation_of(const char *run_id)
{
	const char *last = strrchr(run_id, '-');
	return last ? strtoull(last + 1, NULL, 10) : 0;
}

/* A name of someone else's may look like it: only what lies in 2001 to 2262 is taken for a time. */
uint64_t chain_time_of(const char *run_id)
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

/* The rows of the invocations before this one; this one's own lie after them. */
static size_t count_before(const struct chain *chain, const struct samples *samples)
{
	size_t n = 0;
	while (n < samples->count && chain_invocation_of(samples->row[n].run_id) < chain->invocation)
		n++;
	return n;
}

static void catch_up(const struct summary *summary, const struct bench_case *c, const struct options *o,
		     struct progress_of_case *progress, bool *done)
{
	for (size_t k = 0; k < summary->count; k++) {
		const struct case_summary *s = &summary->cases[k];
		if (!is_of_case(s, c))
			continue;
		progress->iterations = s->iterations;
		progress->repetition = s->samples + s->failed;
		progress->failed = s->failed > 0;
		*done = s->failed > 0 || (o->repetitions ? s->samples >= o->repetitions
							 : is_precise(&s->wall, o->precision) &&
								   is_precise(&s->span, o->precision));
	}
}

int chain_catch_up(const struct chain *chain, const struct plan *plan, const struct options *o,
		   struct progress_of_case *progress, bool *done, struct replay *replay)
{
	char path[PATH_MAX + 32], why[512];
	struct summary summary = {0};
	if (chain->seq == 0)
		return 0; /* nothing is measured yet */
	if (samples_read(folder_file(chain->folder, "samples.csv", path, sizeof path), &replay->samples, why,
			 sizeof why))
		return complain(EXIT_UNUSABLE, "the run cannot go on: %s", why);
	replay->next = count_before(chain, &replay->samples);
	struct samples before = {.row = replay->samples.row, .count = replay->next};
	if (summary_make(&before, &summary))
		return complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < plan->count; i++)
		catch_up(&summary, &plan->cases[i], o, &progress[i], &done[i]);
	if (!o->repetitions)
		keep_partners_going(plan, progress, done);
	summary_free(&summary);
	return 0;
}

const struct sample *chain_replay(struct replay *replay, const struct bench_case *c, int *error)
{
	if (replay->next >= replay->samples.count)
		return NULL;
	const struct sample *row = &replay->samples.row[replay->next++];
	if (strcmp(row->suite, c->suite) == 0 && strcmp(row->kernel, c->kernel->name) == 0 &&
	    row->size == c->params.size && strcmp(row->runner, c->runner->name) == 0 &&
	    row->workers == c->workers && row->hosts == c->hosts && row->chunk == c->chunk &&
	    row->ballast == c->params.ballast && strcmp(row->placement, placement_name(c->placement)) == 0 &&
	    strcmp(row->pages, c->params.ballast ? ballast_pages_name(c->huge) : "") == 0)
		return row;
	*error = complain(
		EXIT_UNUSABLE,
		"the run cannot go on in its order: sample %llu of samples.csv is not of the case %s that "
		"comes at this place with its seed",
		(unsigned long long)row->seq, c->name);
	return NULL;
}

void chain_replay_free(struct replay *replay)
{
	samples_free(&replay->samples);
	replay->next = 0;
}
