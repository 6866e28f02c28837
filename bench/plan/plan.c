#include "bench/plan/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/plan/ballast.h"
#include "bench/plan/catalog.h"
#include "bench/plan/plan_parts.h"
#include "runners/cell/cell.h"
#include "runners/mpi/cluster.h"

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
				.pages = c->params.ballast ? ballast_pages_name(c->huge) : "",
				.python = c->python ? c->python->label : ""};
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
			error = sizes_add(plan, o, part, &sweep, suite->name, kernel);
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
					"are chosen; name others, or leave it out",
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
				 "--input: name the kernel that reads it, e.g. --kernel wordcount");
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
	interpreters_free(&plan->pythons);
	*plan = (struct plan){0};
}
