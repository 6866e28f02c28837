#include "bench/plan/plan.h"

#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/system.h"
#include "bench/base/text.h"
#include "bench/base/units.h"
#include "bench/plan/ballast.h"
#include "bench/plan/catalog.h"
#include "bench/plan/lists.h"
#include "bench/plan/suites.h"
#include "runners/cell/cell.h"
#include "runners/clock.h"
#include "runners/mpi/cluster.h"

/* How many workers a part of a suite has: on this machine, and over the hosts of a cluster. */
struct sweep {
	struct worker_counts here;
	const char *workers;     /* as given: beyond, their number follows from that of the hosts */
	struct cluster *cluster; /* NULL: none */
	bool weak;               /* sizes grow with the workers */
	uint32_t units;          /* of this machine */
	uint32_t nodes;          /* NUMA nodes of this machine, and so, as far as can be told, of each host */
};

/* Asks a cell, which lives until a kernel crashes in it; then the next question opens another. */
static int ask(struct plan *plan, const struct options *o, const struct kernel *kernel, char *why,
	       size_t why_bytes, const struct params *params)
{
	struct cell *cell = plan->cell;
	cell->loads = true; /* it is asked about all kernels */
	int status = cell->pid ? STATUS_OK : cell_open(cell, why, why_bytes);
	if (status)
		return status == STATUS_CRASHED || status == STATUS_TIMEOUT ? -EPROTO : status;
	cell_set_kernel(cell, kernel, catalog_plugin(kernel), params);
	cell->board->job = (struct job){.timeout_ns = o->timeout_ns};
	status = cell_call(cell, CELL_DESCRIBE, -1, 0, why, why_bytes);
	if (status)
		cell_close(cell);
	return status;
}

static void take_over_description(const struct cell_described *d, struct bench_case *c)
{
	c->params = d->params;
	c->items = d->items;
	c->phases = d->phases;
	c->shared_bytes = d->shared_bytes;
	c->work_per_item = d->work_per_item;
	snprintf(c->work_unit, sizeof c->work_unit, "%s", text_is_plain(d->work_unit) ? d->work_unit : "?");
}

static int check_memory(const struct bench_case *c, const char *what)
{
	char need[32], have[32];
	uint64_t available = system_memory_available();
	if (c->shared_bytes <= available)
		return 0;
	return complain(EXIT_UNUSABLE, "%s: needs %sB of shared memory, %sB are available; take less", what,
			units_show_si((double)c->shared_bytes, need, sizeof need),
			units_show_si((double)available, have, sizeof have));
}

/* *out_of_reach: why there is no such case on this machine (c->fate says how), or NULL; the caller frees it.
 */
static int configure(struct plan *plan, const struct options *o, struct bench_case *c, uint64_t size,
		     char **out_of_reach)
{
	char what[PATH_MAX + 32], why[CELL_WHY] = "";
	struct params params = {.size = size, .input = c->kernel->input ? o->input : NULL};
	if (params.input)
		snprintf(what, sizeof what, "kernel %s, input '%s'", c->kernel->name, params.input);
	else
		snprintf(what, sizeof what, "kernel %s, size %llu", c->kernel->name,
			 (unsigned long long)size);
	*out_of_reach = NULL;
	int status = ask(plan, o, c->kernel, why, sizeof why, &params);
	if (status == STATUS_OK) {
		take_over_description(&plan->cell->board->described, c);
		return check_memory(c, what);
	}
	if (status == -ENOENT || status == -EPROTO)
		return complain(EXIT_UNUSABLE, "%s", why);
	if (status < 0)
		return complain(EXIT_UNUSABLE, "%s: %s", what, why);
	c->params = params;
	c->params.input = NULL;
	c->fate = (enum status)status;
	if (status == STATUS_SKIPPED)
		*out_of_reach = strdup(why);
	else if (asprintf(out_of_reach, "configure() and what it says of itself: %s", why) < 0)
		*out_of_reach = NULL;
	return *out_of_reach ? 0 : complain(EXIT_UNUSABLE, "out of memory");
}

/* ---- cases ---- */

struct case_id bench_case_id(const struct bench_case *c)
{
	return (struct case_id){.suite = c->suite,
				.kernel = c->kernel->name,
				.size = c->params.size,
				.runner = c->runner->name,
				.workers = c->workers,
				.hosts = c->hosts,
				.placement = placement_name(c->placement),
				.schedule = schedule_name(c->schedule),
				.chunk = c->chunk,
				.ballast = c->params.ballast,
				.pages = c->params.ballast ? ballast_pages_name(c->huge) : ""};
}

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
		c.out_of_reach = "where a worker crashes, items are dealt dynamically, one by one";
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

static bool has_runner(const struct options *o, const struct suite_part *part, const struct runner *runner)
{
	bool listed = list_has_runner(part->runners, runner);
	if (!o->runners)
		return listed;
	return word_list_has(o->runners, runner->name) &&
	       (listed || (part->also && list_has_runner(part->also, runner)));
}

/* What a runner cannot do is left out, unless somebody asked for it by name: then a row says why not. */
static int add_or_refuse(struct plan *plan, const struct options *o, const struct sweep *sweep,
			 const char *refusal, bool asked, struct bench_case c)
{
	char *out_of_reach = NULL;
	int error = 0;
	if (refusal && !asked)
		return 0;
	if (sweep->weak && c.workers > 1) {
		error = configure(plan, o, &c, c.params.size * c.workers, &out_of_reach);
		c.out_of_reach = out_of_reach;
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
		return "the hosts do not have so many ranks; give them more, as in --hosts a:8,b:8";
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
		if (!has_runner(o, part, r))
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

static int add_ballasts(struct plan *plan, const struct options *o, const struct suite_part *part,
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

/* ---- sizes that follow the machine ---- */

/* The kernel's own size, 10 ms and more of one core's work, is for so many workers, a few ms each; on a
 * machine with more units the work grows with them … */
#define WORKERS_OF_OWN_SIZE 4
/* … as far as this many times as much work goes, in an area of no more than this, … */
#define GROWTH_MOST 64.0
#define GROWN_BYTES_MOST ((uint64_t)512 << 20)
/* … and each worker has at least so many items, or uneven ones leave workers idle and the job measures that.
 */
#define ITEMS_A_WORKER 16
/* A kernel's small size is about a tenth of the work of its medium one (kernel.h). */
#define SMALL_OF_MEDIUM 0.1

/* Is there as much at this size as the machine takes? False where the kernel does not take the size, too. */
static bool is_enough(struct plan *plan, const struct options *o, struct bench_case c, uint64_t size,
		      double work, uint64_t items, bool *fits)
{
	char why[CELL_WHY];
	struct params params = {.size = size};
	*fits = ask(plan, o, c.kernel, why, sizeof why, &params) == STATUS_OK;
	if (!*fits)
		return false;
	take_over_description(&plan->cell->board->described, &c);
	*fits = c.shared_bytes <= GROWN_BYTES_MOST;
	return *fits && (double)c.items * c.work_per_item >= work && c.items >= items;
}

static uint32_t most_of(const struct worker_counts *counts)
{
	uint32_t most = 1;
	for (size_t i = 0; i < counts->count; i++)
		most = counts->value[i] > most ? counts->value[i] : most;
	return most;
}

/* The smallest size, from this one on, that has enough; where none that fits has, the largest that fits. */
static uint64_t grown_size(struct plan *plan, const struct options *o, const struct bench_case *c,
			   uint64_t size, const struct sweep *sweep)
{
	uint32_t workers = most_of(&sweep->here);
	double growth = (double)(workers < sweep->units ? workers : sweep->units) / WORKERS_OF_OWN_SIZE;
	double work = (double)c->items * c->work_per_item *
		      (growth < 1             ? 1
		       : growth < GROWTH_MOST ? growth
					      : GROWTH_MOST);
	uint64_t items = (uint64_t)ITEMS_A_WORKER * workers, low = size, high = size;
	bool fits, enough = is_enough(plan, o, *c, size, work, items, &fits);
	while (!enough && high < size << 12) {
		enough = is_enough(plan, o, *c, high *= 2, work, items, &fits);
		if (!fits)
			break;
		low = enough ? low : high;
	}
	while (high - low > low / 64 + 1 && high > size) {
		uint64_t middle = low + (high - low) / 2;
		enough = is_enough(plan, o, *c, middle, work, items, &fits);
		*(enough || !fits ? &high : &low) = middle;
	}
	return high > size && !is_enough(plan, o, *c, high, work, items, &fits) && !fits ? low : high;
}

static bool grows(const struct options *o, const struct suite_part *part, const struct kernel *kernel)
{
	return !o->sizes && !part->sizes && !o->input && kernel->kind == KERNEL_WORK &&
	       !(kernel->needs & (KERNEL_NEEDS_BALLAST | KERNEL_NEEDS_INTERPRETER)) && !kernel->crash;
}

/* Configures the case at the size that the machine takes. */
static int configure_grown(struct plan *plan, const struct options *o, struct bench_case *c, uint64_t size,
			   const struct sweep *sweep, char **out_of_reach)
{
	int error = configure(plan, o, c, size, out_of_reach);
	if (error || *out_of_reach)
		return error;
	double own = (double)c->items * c->work_per_item;
	uint64_t grown = grown_size(plan, o, c, size, sweep);
	if (grown > size)
		error = configure(plan, o, c, grown, out_of_reach);
	c->grown = own > 0 ? (double)c->items * c->work_per_item / own : 0;
	if (o->quick)
		c->grown *= SMALL_OF_MEDIUM;
	return error;
}

static int add_sizes(struct plan *plan, const struct options *o, const struct suite_part *part,
		     const struct sweep *sweep, const char *suite, const struct kernel *kernel)
{
	char word[32];
	int error = 0;
	const char *list = o->sizes      ? o->sizes
			   : part->sizes ? part->sizes
					 : list_size_name(o->quick ? SIZE_SMALL : SIZE_MEDIUM);
	struct bench_case c = {.suite = suite,
			       .kernel = kernel,
			       .chunk = part->each,
			       .hosts = 1,
			       .window_ns = part->window_ms * NS_PER_MS};
	for (const char *at = list; !error && (at = word_list_next(at, word, sizeof word));) {
		uint64_t size = 0;
		char *out_of_reach = NULL;
		error = list_size(word, kernel, &size);
		c.fate = STATUS_OK;
		c.grown = 0;
		if (!error)
			error = grows(o, part, kernel)
					? configure_grown(plan, o, &c, size, sweep, &out_of_reach)
					: configure(plan, o, &c, size, &out_of_reach);
		c.out_of_reach = out_of_reach;
		if (!error)
			error = add_ballasts(plan, o, part, sweep, c);
		free(out_of_reach);
	}
	return error;
}

/* Does some part of the suite have this kernel by name, with sizes that are for it? */
static bool names_kernel(const struct suite *suite, const struct kernel *kernel)
{
	for (const struct suite_part *p = suite->part; p->workers; p++)
		if (p->kernels && word_list_has(p->kernels, kernel->name))
			return true;
	return false;
}

/* A suite's own kernels are a default; it is all that share out their items unless it says else. */
static bool part_has(const struct options *o, const struct suite *suite, const struct suite_part *part,
		     const struct kernel *kernel)
{
	if (!word_list_has(o->kernels, kernel->name))
		return false;
	if (o->suites && o->kernels && !names_kernel(suite, kernel))
		return true;
	return part->kernels ? word_list_has(part->kernels, kernel->name)
			     : kernel->kind == KERNEL_WORK && !kernel->crash &&
				       !(kernel->needs & KERNEL_NEEDS_INTERPRETER);
}

static int add_part(struct plan *plan, const struct options *o, const struct machine *machine,
		    struct cluster *cluster, const struct suite *suite, const struct suite_part *part)
{
	struct sweep sweep = {.workers = o->workers ? o->workers : part->workers,
			      .cluster = cluster,
			      .nodes = machine_numa_nodes(machine),
			      .units = machine_sweep_pus(machine),
			      .weak = part->weak};
	int error = list_workers(sweep.workers, machine_sweep_pus(machine), !o->workers, &sweep.here);
	const struct kernel *kernel;
	for (size_t i = 0; (kernel = catalog_kernel(i)) && !error; i++)
		if (part_has(o, suite, part, kernel))
			error = add_sizes(plan, o, part, &sweep, suite->name, kernel);
	return error;
}

static bool input_is_read(const struct options *o)
{
	const struct kernel *kernel;
	for (size_t i = 0; (kernel = catalog_kernel(i)); i++)
		if (o->kernels && word_list_has(o->kernels, kernel->name) && kernel->input)
			return true;
	return false;
}

/* What is about several hosts is not measured on one, unless somebody asks for it by name. */
static bool is_chosen(const struct options *o, const struct suite *suite, const struct cluster *cluster)
{
	return word_list_has(o->suites, suite->name) &&
	       (o->suites || !suite->beyond || (cluster && cluster_hosts(cluster) > 1));
}

static bool has_case_of(const struct plan *plan, const char *runner)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->cases[i].runner->name, runner) == 0)
			return true;
	return false;
}

/* Who names a runner wants to see it, and not the others alone. A pattern, and a filter, may leave out some.
 */
static int check_runners(const struct plan *plan, const struct options *o)
{
	char word[64];
	for (const char *at = o->filter ? NULL : o->runners; (at = word_list_next(at, word, sizeof word));)
		if (!strpbrk(word, "*?[") && !has_case_of(plan, word))
			return complain(EXIT_UNUSABLE,
					"--runner: '%s' has no case in the suites, kernels and sizes that "
					"are chosen; name "
					"others, or leave it out",
					word);
	return 0;
}

int plan_make(const struct options *o, const struct machine *machine, struct cluster *cluster,
	      struct plan *plan)
{
	*plan = (struct plan){0};
	int error = list_check(o->suites, o->kernels, o->runners);
	if (!error && cell_alloc(&plan->cell))
		error = complain(EXIT_UNUSABLE, "no shared memory (memfd_create, mmap) for cells: %s",
				 strerror(errno));
	if (!error && o->sizes && !*o->sizes)
		error = complain(EXIT_UNUSABLE, "--size: the list is empty");
	if (!error && o->input && !input_is_read(o))
		error = complain(EXIT_UNUSABLE,
				 "--input: name the kernel that shall read it, e.g. --kernel wordcount");
	for (const struct suite *s = suites; s->name && !error; s++)
		for (const struct suite_part *p = s->part; is_chosen(o, s, cluster) && p->workers && !error;
		     p++)
			error = add_part(plan, o, machine, cluster, s, p);
	if (!error && plan->count == 0)
		error = complain(EXIT_UNUSABLE,
				 "no case is left by these options; `pvt list cases` shows them all");
	if (!error)
		error = check_runners(plan, o);
	cell_free(plan->cell);
	plan->cell = NULL;
	return error;
}

void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->cases[i].name);
		free((char *)(uintptr_t)plan->cases[i].out_of_reach);
	}
	free(plan->cases);
	*plan = (struct plan){0};
}
