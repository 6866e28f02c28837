/*
 * pvt run: the whole of a measurement. Each invocation shuffles the unfinished cases round by round until
 * its share of the budget is spent, then hands over to the next (invocation.h); the last one sums up.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/base/signals.h"
#include "bench/base/turns.h"
#include "bench/machine/environment.h"
#include "bench/measure/gbench.h"
#include "bench/measure/resume.h"
#include "bench/measure/run.h"
#include "bench/plan/catalog.h"
#include "bench/plan/hosts_option.h"
#include "runners/clock.h"
#include "runners/mpi/load.h"
#include "runners/mpi/rank.h"
#include "version.h"

static void set_repetitions(struct run *run)
{
	const struct options *o = &run->options;
	uint64_t each = o->repetitions / o->invocations + (o->repetitions % o->invocations != 0);
	uint64_t invocations = run->invocation.number + 1;
	run->most_repetitions = each < o->repetitions / invocations ? invocations * each : o->repetitions;
}

/* ---- ending ---- */

/* Cases that another invocation would measure; --repetitions names the samples of all of them. */
static size_t count_open(struct run *run)
{
	size_t n = 0;
	run->most_repetitions = run->options.repetitions;
	for (size_t b = 0; b < run->blocks.count; b++)
		n += run_is_open(run, b) ? run->blocks.block[b].count : 0;
	return n < run->plan.count ? n : run->plan.count;
}

/* A case that the budget did not reach is a row, not a gap. */
static int write_skipped(struct run *run)
{
	int code = 0;
	struct sample row;
	size_t skipped = 0;
	for (size_t i = 0; i < run->plan.count && !code; i++) {
		if (run->state[i].repetition)
			continue;
		measure_skip(&run->measure, &run->plan.cases[i], &row);
		code = run_write_row(run, &row);
		skipped++;
	}
	if (skipped)
		complain(0, "%zu of %zu cases were not reached within the budget: skipped; raise --budget",
			 skipped, run->plan.count);
	return code;
}

static int close_files(struct run *run)
{
	int code = 0;
	if (run->samples && fclose(run->samples) == EOF)
		code = complain(EXIT_UNUSABLE, "'%s/samples.csv': %s", run->invocation.folder,
				strerror(errno));
	if (run->csv && run->csv != stdout && fclose(run->csv) == EOF)
		code = complain(EXIT_UNUSABLE, "--csv: '%s': %s", run->options.csv, strerror(errno));
	run->samples = run->csv = NULL;
	return code;
}

static bool goes_on(struct run *run)
{
	return run->turns < 0 && run->invocation.number + 1 < run->options.invocations &&
	       run_has_folder(run) && count_open(run) > 0 && clock_ns() < run->invocation.deadline_ns;
}

static int say_interrupted(const struct run *run)
{
	progress_clear(&run->progress);
	return complain(EXIT_INTERRUPTED, "interrupted; all %llu finished samples are in %s%s",
			(unsigned long long)run->invocation.seq,
			run_has_folder(run) ? run->invocation.folder : run->options.csv,
			run_has_folder(run) ? "/samples.csv" : "");
}

/* The last invocation sums up. Whether some sample failed is read from the samples: earlier invocations saw
 * them. */
static int end_run(struct run *run)
{
	int code = run->turns < 0 ? write_skipped(run) : 0;
	int closed = close_files(run);
	if (gbench_finish() != 0)
		code = complain(EXIT_UNUSABLE, "--benchmark_out: the file cannot be written");
	if (code || closed)
		return code ? code : closed;
	if (!run_has_folder(run))
		return run->failed ? EXIT_FAILED : EXIT_WELL;
	environment_end(run->invocation.folder);
	return run->report(run->invocation.folder, run->options.verbose);
}

/* The ranks have done what this invocation had for them; the next one has its own. */
static void end_ranks(struct run *run)
{
	json_t *hosts = run_has_folder(run) ? hosts_option_describe(run->cluster) : NULL;
	if (hosts && environment_add(run->invocation.folder, hosts))
		complain(0, "'%s/env.json' cannot be written: it does not say which hosts there were",
			 run->invocation.folder);
	cluster_free(run->cluster);
	run->cluster = run->measure.cluster = NULL;
}

/* Hands over to the next invocation; returns only where that fails. */
static int go_on(struct run *run, char *const *original)
{
	signals_hold();
	int error = signals_interrupted ? -EINTR : invocation_next(&run->invocation, original);
	if (error == -EINTR)
		return say_interrupted(run);
	return complain(EXIT_FAILED, "the next invocation cannot be started: %s", strerror(-error));
}

static int measure(struct run *run, bool *another)
{
	int code = measure_open(&run->measure, run->invocation.inputs);
	if (!code)
		code = run->turns < 0 ? run_measure(run) : run_take_turns(run);
	*another = !code && !signals_interrupted && goes_on(run);
	run->invocation.inputs = *another ? measure_hand_over(&run->measure) : 0;
	end_ranks(run);
	measure_close(&run->measure);
	progress_clear(&run->progress);
	return code;
}

static int measure_and_end(struct run *run, char *const *original)
{
	bool another;
	run->measure = run_make_measure(run);
	if (run->turns >= 0 && !run_can_take_turns(run))
		run->turns = (close(run->turns), -1);
	run->progress.invocation = run->invocation.number;
	run->progress.invocations = run->options.invocations;
	set_repetitions(run);
	progress_start(&run->progress, run->invocation.start_ns, run->invocation.deadline_ns);
	int code = measure(run, &another);
	if (signals_interrupted || code == EXIT_INTERRUPTED)
		return close_files(run), say_interrupted(run);
	if (code)
		return close_files(run), code;
	progress_invocation(&run->progress, run->taken,
			    run->options.repetitions ? run->options.invocations - run->invocation.number
						     : run->agenda.left);
	if (!another)
		return end_run(run);
	code = close_files(run);
	return code ? code : go_on(run, original);
}

/* A process worker takes a descriptor: a thousand of them need more than the usual soft limit. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int start(struct run *run, int argc, char **argv, char *const *original, int original_argc,
		 const struct resume *resume)
{
	run->state = calloc(run->plan.count, sizeof *run->state);
	if (!run->state)
		return complain(EXIT_UNUSABLE, "out of memory");
	if (run->options.continued) {
		int code = invocation_read(run->options.continued, &run->invocation);
		if (code)
			return code;
	}
	run_new_id(run);
	signals_catch();
	raise_descriptor_limit();
	int code = gbench_init(original ? original[0] : "pvt", &argc, argv) ? EXIT_UNUSABLE : 0;
	if (!code)
		code = resume->argc             ? run_resume(run, resume)
		       : run->options.continued ? run_continue(run)
						: run_begin(run, original_argc, original);
	return code ? code : measure_and_end(run, original);
}

/* One of several that a launcher has started, and not the first: that one is the harness. */
static int serve_as_rank(const struct run *run)
{
	char why[300];
	uint64_t timeout_ns = run->options.timeout_ns;
	const struct flavour *flavour = load_choose(NULL, why, sizeof why);
	if (!flavour)
		return complain(EXIT_UNUSABLE, "%s", why);
	return rank_serve(flavour->name, timeout_ns ? timeout_ns + RANK_GRACE_NS : 0,
			  &(struct rank_program){PVT_VERSION " (" PVT_COMMIT ")", catalog_find_in});
}

static void run_free(struct run *run)
{
	cluster_free(run->cluster);
	replay_free(&run->replay);
	agenda_free(&run->agenda);
	blocks_free(&run->blocks);
	plan_free(&run->plan);
	machine_free(run->machine);
	free(run->state);
	free(run);
}

int run_carry_out(int argc, char **argv, char *const *original, const struct resume *resume,
		  run_report *report)
{
	struct run *run = calloc(1, sizeof *run);
	int original_argc = argc + 1;
	uint32_t rank = 0, ranks;
	if (!run)
		return complain(EXIT_UNUSABLE, "out of memory");
	run->report = report;
	run->turns = turns_offered(); /* before there is a child that could inherit it */
	/* The reader of options reorders argv; the next invocation needs it as it was. */
	char **as_given = calloc((size_t)original_argc + 1, sizeof *as_given);
	if (as_given)
		memcpy(as_given, original, (size_t)original_argc * sizeof *as_given);
	bool launched = load_launched(&rank, &ranks);
	int code = as_given ? options_read(&argc, argv, &run->options)
			    : complain(EXIT_UNUSABLE, "out of memory");
	if (!code && rank > 0)
		code = serve_as_rank(run);
	else if (!code)
		code = run_look_around(run, launched);
	if (!code && rank == 0)
		code = run->options.dry_run ? run_preview(run)
					    : start(run, argc, argv, as_given, original_argc, resume);
	run_free(run);
	free(as_given);
	return code;
}
