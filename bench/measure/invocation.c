#include "bench/measure/invocation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/measure/agenda.h"
#include "bench/samples/run_id.h"
#include "bench/samples/summary.h"
#include "runners/launcher.h"
#include "runners/streams.h"

#define FLAG "--continue-run="
/* What --continue-run takes; free it. NULL: out of memory. */
static char *write_invocation(const struct invocation *invocation, uint64_t number)
{
	char *text;
	int bytes = asprintf(&text,
			     "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%s",
			     number, invocation->start_ns, invocation->deadline_ns, invocation->seed,
			     invocation->seq, invocation->inputs, invocation->folder);
	return bytes < 0 ? NULL : text;
}

/* scanf takes signs, spaces and numbers that do not fit: what was read must be what was written. */
static bool is_written(const char *text, const struct invocation *invocation)
{
	char *written = write_invocation(invocation, invocation->number);
	bool same = written && strcmp(text, written) == 0;
	free(written);
	return same;
}

int invocation_read(const char *text, struct invocation *invocation)
{
	int used = 0;
	int got = sscanf(text, "%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64 ":%n",
			 &invocation->number, &invocation->start_ns, &invocation->deadline_ns,
			 &invocation->seed, &invocation->seq, &invocation->inputs, &used);
	bool fits = got == 6 && invocation->inputs <= INT_MAX && used &&
		    strlen(text + used) < sizeof invocation->folder;
	if (fits)
		snprintf(invocation->folder, sizeof invocation->folder, "%s", text + used);
	return fits && is_written(text, invocation)
		       ? 0
		       : complain(EXIT_UNUSABLE,
				  FLAG "%s: this flag is pvt's own, to continue in a new process", text);
}

int invocation_next(const struct invocation *invocation, char *const *argv)
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
	char *text = write_invocation(invocation, invocation->number + 1);
	if (!text || asprintf(&next[kept], FLAG "%s", text) < 0) {
		free(text);
		free(next);
		return -ENOMEM;
	}
	free(text);
	streams_flush(); /* samples.csv is written row by row */
	execv(process_program(), next);
	int error = -errno;
	free(next[kept]);
	free(next);
	return error;
}

const struct case_summary *invocation_summary_of(const struct summary *summary, const struct bench_case *c)
{
	struct case_id id = bench_case_id(c);
	for (size_t k = 0; k < summary->count; k++)
		if (case_id_is(&summary->cases[k].id, &id))
			return &summary->cases[k];
	return NULL;
}

/* The rows of the invocations before this one; this one's own lie after them. */
static size_t count_before(const struct invocation *invocation, const struct samples *samples)
{
	size_t n = 0;
	while (n < samples->count && run_id_invocation(samples->row[n].run_id) < invocation->number)
		n++;
	return n;
}

static void catch_up(const struct case_summary *s, struct progress_of_case *progress)
{
	if (!s)
		return;
	progress->iterations = s->iterations;
	progress->repetition = s->samples + s->failed;
	progress->failed = s->failed > 0;
	progress->tries = s->metric[METRIC_TRIED].n > 0;
	progress->spared = s->metric[METRIC_PSS].n >= AGENDA_PROBES;
	progress->skipped = progress->failed && strcmp(s->status, status_name(STATUS_SKIPPED)) == 0;
}

int invocation_catch_up(const struct invocation *invocation, const struct plan *plan,
			struct progress_of_case *progress, struct summary *before, struct replay *replay)
{
	char path[PATH_MAX + 32], why[512];
	*before = (struct summary){0};
	if (invocation->seq == 0)
		return 0; /* nothing is measured yet */
	if (samples_read(folder_file(invocation->folder, "samples.csv", path, sizeof path), &replay->samples,
			 why, sizeof why))
		return complain(EXIT_UNUSABLE, "the run cannot continue: %s", why);
	replay->first = count_before(invocation, &replay->samples);
	struct samples rows = {.row = replay->samples.row, .count = replay->first};
	if (summary_make(&rows, before))
		return complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < plan->count; i++)
		catch_up(invocation_summary_of(before, &plan->cases[i]), &progress[i]);
	return 0;
}

const struct sample *replay_find(const struct replay *replay, const struct bench_case *c, uint64_t block,
				 uint64_t pass)
{
	struct case_id id = bench_case_id(c);
	for (size_t i = replay->first; i < replay->samples.count; i++) {
		const struct sample *row = &replay->samples.row[i];
		struct case_id of = case_id_of_sample(row);
		if (row->block == block && row->pass == pass && case_id_is(&of, &id))
			return row;
	}
	return NULL;
}

bool replay_has_begun(const struct replay *replay, uint64_t block)
{
	for (size_t i = replay->first; i < replay->samples.count; i++)
		if (replay->samples.row[i].block == block)
			return true;
	return false;
}

void replay_free(struct replay *replay)
{
	samples_free(&replay->samples);
	replay->first = 0;
}
