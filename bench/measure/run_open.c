/* How a run begins, goes on in another invocation, or is resumed: its files, its first look at what measuring
 * costs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/base/signals.h"
#include "bench/base/system.h"
#include "bench/base/units.h"
#include "bench/machine/environment.h"
#include "bench/measure/overhead.h"
#include "bench/measure/resume.h"
#include "bench/measure/run.h"
#include "runners/cell/callgrind.h"
#include "runners/clock.h"

void run_new_id(struct run *run)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(run->run_id, sizeof run->run_id, "%llx-%d-%llu",
		 (unsigned long long)now.tv_sec * NS_PER_S + (unsigned long long)now.tv_nsec, (int)getpid(),
		 (unsigned long long)run->invocation.number);
}

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

bool run_has_folder(const struct run *run)
{
	return run->options.out || !run->options.csv;
}

static int open_folder(struct run *run, bool fresh)
{
	struct invocation *invocation = &run->invocation;
	if (!run_has_folder(run))
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

struct measure run_make_measure(const struct run *run)
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
	struct measure measure = run_make_measure(run);
	int code = measure_open(&measure, 0);
	if (!code)
		overhead_measure(overhead, &measure);
	measure_close(&measure);
	return code;
}

int run_begin(struct run *run, int argc, char *const *original)
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
	if (run->turns >= 0 && !run_has_folder(run)) /* nobody would read it */
		return 0;
	if (callgrind_folder() && !run_has_folder(run)) /* of times that nobody asks for */
		return 0;
	code = look_at_overhead(run, &overhead);
	if (code)
		return code;
	overhead_print(&overhead);
	if (!run_has_folder(run))
		return 0;
	struct environment environment = {.argc = argc,
					  .argv = (char **)(uintptr_t)original,
					  .seed = run->invocation.seed,
					  .machine = run->machine,
					  .overhead = &overhead,
					  .pythons = &run->plan.pythons};
	int error = environment_write(run->invocation.folder, &environment);
	char cases[32];
	uint32_t swept = machine_sweep_pus(run->machine), units = machine_pus(run->machine);
	if (!run->options.workers && swept < units)
		complain(0,
			 "up to %u workers, on the fastest kind of core; %u CPUs of other kinds are left out",
			 swept, units - swept);
	run_say_whether_it_fits(run, "as far as is known beforehand");
	complain(0, "%s, at most %llu s, into %s",
		 units_show_count(run->plan.count, "case", cases, sizeof cases),
		 (unsigned long long)(run->options.budget_ns / NS_PER_S), run->invocation.folder);
	return error ? complain(EXIT_UNUSABLE, "'%s/env.json' cannot be written: %s", run->invocation.folder,
				strerror(-error))
		     : 0;
}

static void spare_probes(struct run *run, const struct summary *before)
{
	for (size_t i = 0; i < run->plan.count; i++) {
		const struct case_summary *c = invocation_summary_of(before, &run->plan.cases[i]);
		run->state[i].spared |= c && agenda_has_seen(c);
	}
}

int run_continue(struct run *run)
{
	struct summary before;
	int code = invocation_catch_up(&run->invocation, &run->plan, run->state, &before, &run->replay);
	if (!code && before.count && !run->options.repetitions) {
		agenda_learn(&run->agenda, &before, run->options.precision);
		spare_probes(run, &before);
	}
	if (!code && run->invocation.number == 1)
		run_say_whether_it_fits(run, "as the first invocation has shown");
	summary_free(&before);
	if (!code)
		code = open_folder(run, false);
	return code ? code : open_csv(run, false);
}

int run_resume(struct run *run, const struct resume *resume)
{
	int code = resume_invocation(resume, run->machine, run->options.budget_ns, &run->invocation);
	run_new_id(run);
	if (code)
		return code;
	complain(0, "continuing in %s after %llu samples, in invocation %llu of %llu", run->invocation.folder,
		 (unsigned long long)run->invocation.seq, (unsigned long long)run->invocation.number + 1,
		 (unsigned long long)run->options.invocations);
	return run_continue(run);
}
