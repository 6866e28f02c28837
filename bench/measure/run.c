/*
 * pvt run: the whole of a measurement. Each invocation shuffles the unfinished cases round by round until
 * its share of the budget is spent, then hands over to the next (invocation.h); the last one sums up.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/base/signals.h"
#include "bench/base/system.h"
#include "bench/base/units.h"
#include "bench/machine/environment.h"
#include "bench/measure/gbench.h"
#include "bench/measure/overhead.h"
#include "bench/measure/resume.h"
#include "bench/measure/run.h"
#include "bench/plan/catalog.h"
#include "bench/plan/hosts_option.h"
#include "runners/clock.h"
#include "runners/mpi/load.h"
#include "runners/mpi/rank.h"
#include "version.h"

/* A process worker takes a descriptor: a thousand of them need more than the usual soft limit. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void new_run_id(struct run *run)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(run->run_id, sizeof run->run_id, "%llx-%d-%llu",
		 (unsigned long long)now.tv_sec * NS_PER_S + (unsigned long long)now.tv_nsec, (int)getpid(),
		 (unsigned long long)run->invocation.number);
}

/* ---- opening ---- */

static int open_csv(struct run *run, bool fresh)
{
	const char *csv = run->options.csv;
	if (!csv)
		return 0;
	if (strcmp(csv, "-") == 0)
		run->csv = stdout;
	else
		run->csv = folder_open_named(csv, fresh);
	if (!run->csv)
		return complain(EXIT_UNUSABLE, "--csv: '%s' cannot be written: %s", csv,
				errno == ELOOP ? "it is another user's link" : strerror(errno));
	int error = fresh ? samples_write_header(run->csv) : 0;
	return error ? complain(EXIT_UNUSABLE, "--csv: '%s' cannot be written: %s", csv, strerror(-error))
		     : 0;
}

static bool has_folder(const struct run *run)
{
	return run->options.out || !run->options.csv;
}

static int open_folder(struct run *run, bool fresh)
{
	struct invocation *invocation = &run->invocation;
	if (!has_folder(run))
		return 0;
	if (fresh) {
		int code = folder_create(run->options.out, invocation->folder, sizeof invocation->folder);
		if (code)
			return code;
	}
	run->samples = folder_open_samples(invocation->folder, fresh);
	if (!run->samples)
		return EXIT_UNUSABLE;
	if (!fresh)
		return 0;
	int error = samples_write_header(run->samples);
	return error ? complain(EXIT_UNUSABLE, "'%s/samples.csv': %s", invocation->folder, strerror(-error))
		     : 0;
}

static bool needs_interpreter(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->cases[i].kernel->needs & KERNEL_NEEDS_INTERPRETER)
			return true;
	return false;
}

static struct measure make_measure(const struct run *run)
{
	return (struct measure){.options = &run->options,
				.machine = run->machine,
				.cluster = run->cluster,
				.quota = system_cpu_quota(),
				.run_id = run->run_id,
				.interrupted = &signals_interrupted};
}

static int look_at_overhead(const struct run *run, struct overhead *overhead)
{
	struct measure measure = make_measure(run);
	int code = measure_open(&measure, 0);
	if (!code)
		overhead_measure(overhead, &measure);
	measure_close(&measure);
	return code;
}

static void say_whether_it_fits(const struct run *run, const char *known);

static int begin_first(struct run *run, int argc, char *const *original)
{
	struct overhead overhead;
	run->invocation.start_ns = clock_ns();
	run->invocation.deadline_ns = run->invocation.start_ns + run->options.budget_ns;
	run->invocation.seed = run->options.seed != UINT64_MAX ? run->options.seed : run->invocation.start_ns;
	int code = open_folder(run, true);
	if (!code)
		code = open_csv(run, true);
	if (code)
		return code;
	code = look_at_overhead(run, &overhead);
	if (code)
		return code;
	overhead_print(&overhead);
	if (!has_folder(run))
		return 0;
	struct environment environment = {.argc = argc,
					  .argv = (char **)(uintptr_t)original,
					  .seed = run->invocation.seed,
					  .machine = run->machine,
					  .overhead = &overhead,
					  .python = needs_interpreter(&run->plan)};
	int error = environment_write(run->invocation.folder, &environment);
	char cases[32];
	uint32_t swept = machine_sweep_pus(run->machine), units = machine_pus(run->machine);
	if (!run->options.workers && swept < units)
		complain(
			0,
			"up to %u workers, on the fastest kind of core; %u units of other kinds are left out",
			swept, units - swept);
	say_whether_it_fits(run, "as far as can be told beforehand");
	complain(0, "%s, at most %llu s, into %s",
		 units_show_count(run->plan.count, "case", cases, sizeof cases),
		 (unsigned long long)(run->options.budget_ns / NS_PER_S), run->invocation.folder);
	return error ? complain(EXIT_UNUSABLE, "'%s/env.json' cannot be written: %s", run->invocation.folder,
				strerror(-error))
		     : 0;
}

static void set_repetitions(struct run *run)
{
	const struct options *o = &run->options;
	uint64_t each = o->repetitions / o->invocations + (o->repetitions % o->invocations != 0);
	uint64_t invocations = run->invocation.number + 1;
	run->most_repetitions = each < o->repetitions / invocations ? invocations * each : o->repetitions;
}

static int continue_run(struct run *run)
{
	struct summary before;
	int code = invocation_catch_up(&run->invocation, &run->plan, run->state, &before, &run->replay);
	if (!code && before.count && !run->options.repetitions)
		agenda_learn(&run->agenda, &before, run->options.precision);
	if (!code && run->invocation.number == 1)
		say_whether_it_fits(run, "as the first invocation has shown");
	summary_free(&before);
	if (!code)
		code = open_folder(run, false);
	return code ? code : open_csv(run, false);
}

static int resume_run(struct run *run, const struct resume *resume)
{
	int code = resume_invocation(resume, run->machine, run->options.budget_ns, &run->invocation);
	new_run_id(run);
	if (code)
		return code;
	complain(0, "going on in %s after %llu samples, in invocation %llu of %llu", run->invocation.folder,
		 (unsigned long long)run->invocation.seq, (unsigned long long)run->invocation.number + 1,
		 (unsigned long long)run->options.invocations);
	return continue_run(run);
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
	return run->invocation.number + 1 < run->options.invocations && has_folder(run) &&
	       count_open(run) > 0 && clock_ns() < run->invocation.deadline_ns;
}

static int say_interrupted(const struct run *run)
{
	progress_clear(&run->progress);
	return complain(EXIT_INTERRUPTED, "interrupted; all %llu finished samples are in %s%s",
			(unsigned long long)run->invocation.seq,
			has_folder(run) ? run->invocation.folder : run->options.csv,
			has_folder(run) ? "/samples.csv" : "");
}

/* The last invocation sums up. Whether some sample failed is read from the samples: earlier invocations saw
 * them. */
static int end_run(struct run *run)
{
	int code = write_skipped(run);
	int closed = close_files(run);
	if (gbench_finish() != 0)
		code = complain(EXIT_UNUSABLE, "--benchmark_out: the file cannot be written");
	if (code || closed)
		return code ? code : closed;
	if (!has_folder(run))
		return run->failed ? EXIT_FAILED : EXIT_WELL;
	environment_end(run->invocation.folder);
	return run->report(run->invocation.folder, run->options.verbose);
}

/* The ranks have done what this invocation had for them; the next one has its own. */
static void end_ranks(struct run *run)
{
	json_t *hosts = has_folder(run) ? hosts_option_describe(run->cluster) : NULL;
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
		code = run_measure(run);
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
	run->measure = make_measure(run);
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

/* ---- what is planned ---- */

/* Seconds are enough to choose a budget by. */
static const char *show_seconds(double ns, char text[static 32])
{
	snprintf(text, 32, ns < 9.95e9 ? "%.1f s" : "%.0f s", ns / (double)NS_PER_S);
	return text;
}

/* Says so where the budget has no room for enough invocations of what the verdicts rest on. */
static void say_whether_it_fits(const struct run *run, const char *known)
{
	const struct agenda *agenda = &run->agenda;
	double needed = agenda_budget_ns(agenda);
	char least[32], budget[32];
	if (run->options.repetitions || run->options.invocations < AGENDA_ENOUGH_INVOCATIONS ||
	    needed <= (double)run->options.budget_ns)
		return;
	complain(0,
		 "%s, the comparisons of the verdicts take %s an invocation: %d of them, and the plots, take "
		 "--budget %.0fs, and there are %s",
		 known, show_seconds(agenda_least_ns(agenda), least), AGENDA_ENOUGH_INVOCATIONS,
		 ceil(needed / (double)NS_PER_S), show_seconds((double)run->options.budget_ns, budget));
}

/* The blocks of a case, "12" or "12,47"; whether one of them is core, and what one sample takes. */
static void print_case(const struct run *run, size_t index)
{
	const struct blocks *blocks = &run->blocks;
	const struct bench_case *c = &run->plan.cases[index];
	bool core = false;
	char text[256] = "";
	size_t n = 0;
	for (size_t b = 0; b < blocks->count; b++)
		for (size_t k = 0; k < blocks->block[b].count; k++)
			if (blocks->block[b].member[k] == index && n + 24 < sizeof text) {
				n += (size_t)snprintf(text + n, sizeof text - n, "%s%zu", n ? "," : "",
						      b + 1);
				core |= agenda_is_core(&run->agenda, b);
			}
	printf("%s\t%s\tblock %s\t%.1f ms\n", c->name, core ? "core" : "breadth", text,
	       blocks_guess_ns(c, machine_sweep_pus(run->machine), run->options.min_time_s) / 1e6);
}

static int dry_run(struct run *run)
{
	const struct agenda *agenda = &run->agenda;
	size_t core = 0;
	char an_invocation[32], all[32];
	for (size_t i = 0; i < run->plan.count; i++)
		print_case(run, i);
	agenda_plan(&run->agenda, 0, run->options.invocations, (double)run->options.budget_ns);
	for (size_t b = 0; b < run->blocks.count; b++)
		core += agenda_is_core(agenda, b);
	complain(0,
		 "core: %zu of %zu blocks, %.0f ms a case, about %s an invocation; %d invocations and the "
		 "plots take about %s",
		 core, run->blocks.count, agenda->core_case_ns / 1e6,
		 show_seconds(agenda->core_ns, an_invocation), AGENDA_ENOUGH_INVOCATIONS,
		 show_seconds(agenda_budget_ns(agenda), all));
	say_whether_it_fits(run, "as far as can be told beforehand");
	return EXIT_WELL;
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
	new_run_id(run);
	signals_catch();
	raise_descriptor_limit();
	int code = gbench_init(original ? original[0] : "pvt", &argc, argv) ? EXIT_UNUSABLE : 0;
	if (!code)
		code = resume->argc             ? resume_run(run, resume)
		       : run->options.continued ? continue_run(run)
						: begin_first(run, original_argc, original);
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

/* The machine, the hosts and the cases. */
static int look_around(struct run *run, bool launched)
{
	char why[256];
	if (machine_load(&run->machine, NULL, why, sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	if (launched) /* these ranks cannot be started again for another */
		run->options.invocations = 1;
	int code = hosts_option_make(&run->options, run->machine, &signals_interrupted, &run->cluster);
	if (!code)
		code = plan_make(&run->options, run->machine, run->cluster, &run->plan);
	uint32_t units = machine_sweep_pus(run->machine);
	if (!code && (blocks_make(&run->plan, units, &run->blocks) ||
		      agenda_make(&run->agenda, &run->plan, &run->blocks, units, run->options.min_time_s)))
		code = complain(EXIT_UNUSABLE, "out of memory");
	return code;
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
		code = look_around(run, launched);
	if (!code && rank == 0)
		code = run->options.dry_run ? dry_run(run)
					    : start(run, argc, argv, as_given, original_argc, resume);
	run_free(run);
	free(as_given);
	return code;
}
