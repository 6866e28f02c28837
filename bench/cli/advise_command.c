/* pvt advise: which runner suits a piece of work here, predicted from what a run folder has measured. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/advise/advice_show.h"
#include "bench/advise/advise_options.h"
#include "bench/advise/kernel_profile.h"
#include "bench/base/folder.h"
#include "bench/base/units.h"
#include "bench/cli/commands.h"
#include "bench/plan/catalog.h"
#include "kernels/registry.h"
#include "runners/clock.h"

struct advising {
	struct advise_request request;
	struct machine *machine;
	struct samples samples;
	struct summary summary;
	struct unit_costs unit_costs;
	struct plan plan;
	struct kernel_profile *profile;
	char basis[512];
};

static int read_folder(struct advising *a)
{
	char path[4096], why[512];
	struct stat st;
	const char *from = a->request.from;
	bool folder = stat(from, &st) == 0 && S_ISDIR(st.st_mode);
	if (folder)
		folder_file(from, "samples.csv", path, sizeof path);
	if (samples_read(folder ? path : from, &a->samples, why, sizeof why))
		return complain(EXIT_UNUSABLE,
				"%s; make a run folder with `pvt run`, or name one with --from", why);
	if (summary_make(&a->samples, &a->summary))
		return complain(EXIT_UNUSABLE, "out of memory");
	unit_costs_read(&a->unit_costs, &a->summary);
	return 0;
}

static int load_machine(struct advising *a)
{
	char why[256];
	if (machine_load(&a->machine, NULL, why, sizeof why))
		return complain(EXIT_UNUSABLE, "%s", why);
	struct workload *d = &a->request.workload;
	d->pus = machine_sweep_pus(a->machine);
	d->workers = a->request.workers_given ? d->workers : d->pus;
	return 0;
}

/* Figures of another machine would be used without anybody noticing. */
static void warn_of_another_machine(const struct advising *a)
{
	uint64_t most = 0;
	for (size_t i = 0; i < a->summary.count; i++)
		if (strcmp(a->summary.cases[i].id.suite, "granularity") == 0 &&
		    a->summary.cases[i].id.workers > most)
			most = a->summary.cases[i].id.workers;
	if (most && most != a->request.workload.pus)
		complain(0,
			 "'%s' was measured on %llu CPUs, and here are %u: it may be another "
			 "machine's",
			 a->request.from, (unsigned long long)most, a->request.workload.pus);
}

/* The kernel as the suite scaling would measure it under seq. */
static int plan_kernel(struct advising *a)
{
	const struct advise_request *r = &a->request;
	const struct kernel *kernel = catalog_find(r->kernel);
	struct options o = {.suites = "scaling",
			    .kernels = r->kernel,
			    .runners = "seq",
			    .sizes = r->size,
			    .input = r->input,
			    .schedule = -1,
			    .hold = -1};
	if (kernel && (kernel->kind == KERNEL_RATE || kernel->crash))
		return complain(
			EXIT_UNUSABLE, "--kernel: '%s' %s; advice is on work that is divided among workers",
			r->kernel, kernel->crash ? "crashes on purpose" : "is an operation to repeat");
	if (strchr(r->kernel, ',') || strpbrk(r->kernel, "*?["))
		return complain(EXIT_UNUSABLE, "--kernel: '%s' is to name one kernel", r->kernel);
	int code = plan_make(&o, a->machine, NULL, &a->plan);
	if (!code && a->plan.count != 1)
		code = complain(EXIT_UNUSABLE, "--size: name one size");
	if (!code && a->plan.cases[0].out_of_reach)
		code = complain(EXIT_UNUSABLE, "kernel %s: %s", r->kernel, a->plan.cases[0].out_of_reach);
	return code;
}

/* What the flags say of the job, beside the kernel's own. */
static void keep_flags(const struct workload *said, const struct kernel *kernel, struct workload *d)
{
	d->workers = said->workers;
	d->pus = said->pus;
	d->jobs = said->jobs;
	d->parent_bytes = said->parent_bytes;
	d->survive_crash = said->survive_crash;
	for (int i = 0; i < ADVISED; i++)
		d->refused[i] = runner_refuses(runner_find(advised_runners[i].name), kernel,
					       i == ADVISED_SEQ ? 1 : d->workers, 1);
	d->bytes_in = said->bytes_in;
	d->bytes_out = said->bytes_out;
	d->arrives = said->arrives;
	d->dealing = said->dealing == DEALING_EACH ? DEALING_EACH : d->dealing;
	memcpy(d->per_task, said->per_task, sizeof d->per_task);
	if (said->mapped_bytes > 0)
		d->mapped_bytes = said->mapped_bytes;
}

static const struct case_summary *measured_seq(const struct advising *a)
{
	const struct bench_case *c = &a->plan.cases[0];
	for (size_t i = 0; i < a->summary.count; i++) {
		const struct case_summary *s = &a->summary.cases[i];
		if (s->samples && case_id_is_seq(&s->id) && !s->id.ballast && !s->id.chunk &&
		    strcmp(s->id.kernel, c->kernel->name) == 0 && s->id.size == c->params.size)
			return s;
	}
	return NULL;
}

static struct estimate over(struct estimate e, double tasks)
{
	e.low = isfinite(e.low) ? e.low : e.value;
	e.high = isfinite(e.high) ? e.high : e.value;
	return (struct estimate){.value = e.value / tasks, .low = e.low / tasks, .high = e.high / tasks};
}

/* --no-measure: the folder's own sequential time. What seq takes beside it is what workers prepare. */
static int profile_folder(struct advising *a, struct workload *d)
{
	const struct bench_case *c = &a->plan.cases[0];
	const struct case_summary *s = measured_seq(a);
	const struct unit_cost *fixed = &a->unit_costs.fixed[ADVISED_SEQ];
	if (!s)
		return complain(
			EXIT_UNUSABLE,
			"%s: has no seq/%s/%llu; measure it with `pvt run --suite scaling --kernel %s "
			"--size %llu`, or leave out --no-measure",
			a->request.from, c->kernel->name, (unsigned long long)c->params.size, c->kernel->name,
			(unsigned long long)c->params.size);
	*d = workload_none();
	kernel_profile_describe(c, s->work, s->work_unit, d);
	d->task_ns = over(s->span, d->tasks * d->phases);
	double beside = fixed->count ? s->wall.value - s->span.value - fixed->mark[0].y.value : 0;
	d->enter_ns.value = d->enter_ns.high = fmax(0, beside);
	snprintf(a->basis, sizeof a->basis,
		 "The work is the folder's %s/%s/%llu/seq; items count as alike, for nothing was measured "
		 "now.",
		 s->id.suite, s->id.kernel, (unsigned long long)s->id.size);
	return 0;
}

static int profile_now(struct advising *a, struct workload *d)
{
	const struct bench_case *c = &a->plan.cases[0];
	char work[32];
	a->profile = calloc(1, sizeof *a->profile);
	if (!a->profile)
		return complain(EXIT_UNUSABLE, "out of memory");
	int code = kernel_profile_measure(c, a->machine, 60 * NS_PER_S, a->request.budget_ns, a->profile);
	if (code)
		return code;
	*d = a->profile->workload;
	snprintf(a->basis, sizeof a->basis,
		 "Measured just now: %s/%llu on one core, %u jobs, %s each, in %u slices; nothing under any "
		 "other runner.",
		 c->kernel->name, (unsigned long long)c->params.size, a->profile->repetitions,
		 units_show_ns(d->task_ns.value * d->tasks * d->phases, work, sizeof work), d->slices);
	return 0;
}

static int make_demand(struct advising *a)
{
	struct workload said = a->request.workload, *d = &a->request.workload;
	int code = 0;
	if (a->request.kernel) {
		code = plan_kernel(a);
		if (!code)
			code = a->request.measure ? profile_now(a, d) : profile_folder(a, d);
		if (!code)
			keep_flags(&said, a->plan.cases[0].kernel, d);
	} else {
		snprintf(a->basis, sizeof a->basis, "The work is as described; nothing was measured now.");
	}
	if (a->request.traffic_a_task > 0)
		d->traffic_bytes = a->request.traffic_a_task * d->tasks;
	for (int o = 0; o < OPERATIONS; o++)
		if (a->request.a_second[o])
			d->per_task[o] *= d->task_ns.value / (double)NS_PER_S;
	return code;
}

/* A task cannot take less time than what it does. */
static int check_operations(const struct advising *a)
{
	const struct workload *d = &a->request.workload;
	char takes[32], task[32];
	for (int o = 0; o < OPERATIONS; o++) {
		const struct unit_cost *p = &a->unit_costs.operation[o][0];
		double least = p->count ? d->per_task[o] * p->mark[0].y.value : 0;
		if (least > 1.5 * d->task_ns.value)
			return complain(
				EXIT_UNUSABLE,
				"--%s: that many take %s here (%s), more than the task's %s; the task's time "
				"includes them",
				operation_names[o].flag, units_show_ns(least, takes, sizeof takes),
				p->mark[0].source, units_show_ns(d->task_ns.value, task, sizeof task));
	}
	return 0;
}

static int show(const struct advising *a, const struct advice *advice)
{
	bool missing = false;
	struct advice_subject subject = {.from = a->request.from,
					 .kernel = a->request.kernel,
					 .size = a->plan.count ? a->plan.cases[0].params.size : 0,
					 .basis = a->basis,
					 .verbose = a->request.verbose,
					 .workload = &a->request.workload,
					 .unit_costs = &a->unit_costs};
	if (!a->request.format)
		advice_put_text(stdout, advice, &subject);
	else if (advice_put_json(stdout, advice, &subject))
		return complain(EXIT_UNUSABLE, "out of memory");
	for (int i = 0; i < ADVISED; i++) {
		const struct prediction *p = &advice->prediction[i];
		missing |= p->missing && !p->excluded;
		if (p->missing && !p->excluded)
			complain(0, "%s is not predicted: '%s' lacks %s; measure it with `pvt run %s`",
				 advised_runners[i].name, a->request.from, p->missing->name,
				 p->missing->measure);
	}
	return !advice->any ? EXIT_UNUSABLE : missing ? EXIT_INCONCLUSIVE : 0;
}

static void forget(struct advising *a)
{
	free(a->profile);
	plan_free(&a->plan);
	summary_free(&a->summary);
	samples_free(&a->samples);
	machine_free(a->machine);
	free(a);
}

static int advise(struct advising *a)
{
	struct advice *advice = calloc(1, sizeof *advice);
	if (!advice)
		return complain(EXIT_UNUSABLE, "out of memory");
	advice_make(&a->unit_costs, &a->request.workload, advice);
	int code = show(a, advice);
	free(advice);
	return code;
}

int command_advise(int argc, char **argv, char *const *original)
{
	(void)original;
	struct advising *a = calloc(1, sizeof *a);
	if (!a)
		return complain(EXIT_UNUSABLE, "out of memory");
	int code = advise_read(argc, argv, &a->request);
	if (!code)
		code = load_machine(a);
	if (!code)
		code = read_folder(a);
	if (!code)
		warn_of_another_machine(a);
	if (!code)
		code = make_demand(a);
	if (!code)
		code = check_operations(a);
	if (!code)
		code = advise(a);
	forget(a);
	return code;
}
