/* From one size of a kernel to cases: ballasts, pages, placements, runners and numbers of workers. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"
#include "bench/plan/ballast.h"
#include "bench/plan/plan_parts.h"
#include "kernels/registry.h"
#include "runners/mpi/cluster.h"

static bool is_planned(const struct plan *plan, const struct case_id *id)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct case_id other = bench_case_id(&plan->cases[i]);
		if (case_id_is(&other, id))
			return true;
	}
	return false;
}

static bool passes_filter(const char *filter, const char *name)
{
	regex_t regex;
	if (!filter || regcomp(&regex, filter, REG_EXTENDED | REG_NOSUB) != 0)
		return true;
	bool passes = regexec(&regex, name, 0, NULL, 0) == 0;
	regfree(&regex);
	return passes;
}

static int add_case(struct plan *plan, const struct options *o, struct bench_case c)
{
	c.schedule = runner_steals(c.runner)       ? SCHEDULE_STEALING
		     : o->schedule >= 0            ? (enum schedule)o->schedule
		     : c.kernel->uneven || c.chunk ? SCHEDULE_DYNAMIC
						   : SCHEDULE_STATIC;
	if (o->chunk)
		c.chunk = o->chunk;
	if (c.kernel->crash && !runner_steals(c.runner) && (c.schedule != SCHEDULE_DYNAMIC || c.chunk > 1))
		c.out_of_reach = "where a worker crashes, items are scheduled dynamically, one by one";
	if (!c.fate)
		c.fate = STATUS_SKIPPED;
	struct case_id id = bench_case_id(&c);
	char name[CASE_NAME_BYTES];
	if (is_planned(plan, &id) || !passes_filter(o->filter, case_id_name(&id, name)))
		return 0;
	c.name = strdup(name);
	char *out_of_reach = c.out_of_reach ? strdup(c.out_of_reach) : NULL;
	struct bench_case *more = realloc(plan->cases, (plan->count + 1) * sizeof *more);
	if (!more || !c.name) {
		plan->cases = more ? more : plan->cases;
		free(out_of_reach);
		free(c.name);
		return complain(EXIT_UNUSABLE, "out of memory");
	}
	c.out_of_reach = out_of_reach;
	plan->cases = more;
	plan->cases[plan->count++] = c;
	return 0;
}

/* Sub-interpreters are for threads, and share no objects. */
static bool fits_python(const struct bench_case *c, const struct runner *runner)
{
	bool subs = c->python && c->python->place.own_gil;
	return !subs || (!runner->processes && !(c->kernel->needs & KERNEL_NEEDS_INHERITANCE));
}

static bool has_runner(const struct options *o, const struct suite_part *part, const struct runner *runner)
{
	bool listed = list_has_runner(part->runners, runner);
	if (!o->runners)
		return listed;
	return word_list_has(o->runners, runner->name) &&
	       (listed || (part->also && list_has_runner(part->also, runner)));
}

/* A worker that spins for one that waits for its CPU holds up just that one. */
static const char *refuse_units(const struct sweep *sweep, struct bench_case *c)
{
	uint32_t units = c->placement == PLACE_SINGLE ? 1 : sweep->units;
	if (!(c->kernel->needs & KERNEL_NEEDS_UNITS) || c->workers <= units)
		return NULL;
	c->fate = STATUS_SKIPPED;
	return "its workers spin for each other, and there are more of them than CPUs";
}

/* What a runner cannot do is left out, unless somebody asked for it by name: then a row says why not. */
static int add_or_refuse(struct plan *plan, const struct options *o, const struct sweep *sweep,
			 const char *refusal, bool asked, struct bench_case c)
{
	char *out_of_reach = NULL;
	int error = 0;
	if (refusal && !asked)
		return 0;
	bool grows = sweep->weak && c.workers > 1;
	if (!c.out_of_reach && (grows || kernel_group(c.kernel) > 1)) {
		uint64_t size = c.params.size * (grows ? c.workers : 1), ballast = c.params.ballast;
		error = sizes_configure(plan, o, &c, size, &out_of_reach);
		c.params.ballast = ballast;
		c.out_of_reach = out_of_reach ? out_of_reach : refuse_units(sweep, &c);
	}
	if (refusal) {
		c.out_of_reach = refusal;
		c.fate = STATUS_SKIPPED;
	}
	if (!error)
		error = add_case(plan, o, c);
	free(out_of_reach);
	return error;
}

/* Workers of a runner that stays on this machine. seq is the baseline: always one worker. */
static int add_here(struct plan *plan, const struct options *o, const struct sweep *sweep,
		    struct bench_case c)
{
	bool is_baseline = c.runner == runners;
	int error = 0;
	for (size_t i = 0; i < (is_baseline ? 1 : sweep->here.count) && !error; i++) {
		c.workers = is_baseline ? 1 : sweep->here.value[i];
		error = add_or_refuse(plan, o, sweep, runner_refuses(c.runner, c.kernel, c.workers, 1),
				      o->runners && (o->kernels || c.runner->missing), c);
	}
	return error;
}

/* Why so many ranks cannot be, over so many hosts; NULL: they can. */
static const char *refuse_ranks(const struct sweep *sweep, const struct bench_case *c)
{
	const char *missing = cluster_missing(sweep->cluster);
	uint32_t nodes = c->hosts * sweep->nodes;
	uint32_t ranks = c->runner->inside ? (nodes < c->workers ? nodes : c->hosts) : c->workers;
	if (missing)
		return missing;
	if (!cluster_reserve(sweep->cluster, ranks, c->hosts))
		return "the hosts do not have that many ranks; give them more, as in --hosts a:8,b:8";
	return runner_refuses(c->runner, c->kernel, c->workers, c->hosts);
}

/* Workers of a runner that can leave this machine, spread evenly over so many hosts. */
static int add_beyond(struct plan *plan, const struct options *o, const struct sweep *sweep, uint32_t hosts,
		      bool fewer, struct bench_case c)
{
	struct worker_counts workers = {0};
	int error = list_workers(sweep->workers, cluster_room(sweep->cluster, hosts), !o->workers, &workers);
	for (size_t i = 0; i < workers.count && !error; i++) {
		c.workers = workers.value[i];
		c.hosts = fewer && hosts > c.workers ? c.workers : hosts;
		if (c.workers < c.hosts || (!o->workers && !cluster_fits(sweep->cluster, c.workers, c.hosts)))
			continue;
		const char *refusal = refuse_ranks(sweep, &c);
		bool missing = cluster_missing(sweep->cluster);
		error = add_or_refuse(plan, o, sweep, refusal, o->runners && (o->kernels || missing), c);
	}
	return error;
}

static int add_hosts(struct plan *plan, const struct options *o, const struct suite_part *part,
		     const struct sweep *sweep, struct bench_case c)
{
	struct worker_counts hosts = {0};
	int error = 0;
	if (!sweep->cluster)
		return 0;
	if (!part->hosts)
		return add_beyond(plan, o, sweep, cluster_hosts(sweep->cluster), true, c);
	list_workers(part->hosts, cluster_hosts(sweep->cluster), true, &hosts);
	for (size_t i = 0; i < hosts.count && !error; i++)
		if (hosts.value[i] <= cluster_hosts(sweep->cluster))
			error = add_beyond(plan, o, sweep, hosts.value[i], false, c);
	return error;
}

/* One kernel at one size under all runners and worker counts. */
static int add_runners(struct plan *plan, const struct options *o, const struct suite_part *part,
		       const struct sweep *sweep, struct bench_case c)
{
	int error = 0;
	for (const struct runner *r = runners; r->name && !error; r++) {
		if (!has_runner(o, part, r) || !fits_python(&c, r))
			continue;
		c.runner = r;
		error = runner_leaves_machine(r) ? add_hosts(plan, o, part, sweep, c)
						 : add_here(plan, o, sweep, c);
	}
	return error;
}

/* Here and below: an option goes before what the suite has chosen. */
static int add_placements(struct plan *plan, const struct options *o, const struct suite_part *part,
			  const struct sweep *sweep, struct bench_case c)
{
	char word[32];
	int error = 0;
	c.placement = o->placement < 0 ? PLACE_COMPACT : (enum policy)o->placement;
	if (o->placement >= 0 || !part->placements)
		return add_runners(plan, o, part, sweep, c);
	for (const char *at = part->placements; !error && (at = word_list_next(at, word, sizeof word));)
		if (placement_named(word, &c.placement))
			error = add_runners(plan, o, part, sweep, c);
	return error;
}

static int add_pages(struct plan *plan, const struct options *o, const struct suite_part *part,
		     const struct sweep *sweep, struct bench_case c)
{
	char word[32];
	int error = 0;
	const char *list = !c.params.ballast ? "small"
			   : o->pages        ? o->pages
			   : part->pages     ? part->pages
					     : "small";
	if ((c.kernel->needs & KERNEL_NEEDS_BALLAST) && !c.params.ballast)
		return 0;
	for (const char *at = list; !error && (at = word_list_next(at, word, sizeof word));) {
		c.huge = strcmp(word, ballast_pages_name(true)) == 0;
		if (!c.huge && strcmp(word, ballast_pages_name(false)) != 0)
			return complain(EXIT_UNUSABLE, "--pages: '%s' is neither small nor huge", word);
		error = add_placements(plan, o, part, sweep, c);
	}
	return error;
}

int cases_add(struct plan *plan, const struct options *o, const struct suite_part *part,
	      const struct sweep *sweep, struct bench_case c)
{
	char word[32];
	int error = 0;
	const char *list = o->ballast ? o->ballast : part->ballast ? part->ballast : "0";
	if (!*list)
		return complain(EXIT_UNUSABLE, "--ballast: the list is empty");
	for (const char *at = list; !error && (at = word_list_next(at, word, sizeof word));) {
		if (units_size(word, &c.params.ballast) != 0)
			return complain(EXIT_UNUSABLE, "--ballast: '%s' is not a size such as 64M", word);
		error = add_pages(plan, o, part, sweep, c);
	}
	return error;
}
