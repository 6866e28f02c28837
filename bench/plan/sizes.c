/* Which sizes a kernel has in a part of a suite, and what it says of itself at each. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/exit.h"
#include "bench/base/system.h"
#include "bench/base/text.h"
#include "bench/base/units.h"
#include "bench/plan/catalog.h"
#include "bench/plan/plan_parts.h"
#include "kernels/registry.h"
#include "runners/cell/cell.h"
#include "runners/clock.h"

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

/* Too large a size is the user's mistake; too many workers for it are a case that cannot be measured. */
static int check_memory(struct bench_case *c, const char *what, char **out_of_reach)
{
	char need[32], have[32];
	uint64_t available = system_memory_available();
	if (c->shared_bytes <= available)
		return 0;
	units_show_si((double)c->shared_bytes, need, sizeof need);
	units_show_si((double)available, have, sizeof have);
	if (!c->workers)
		return complain(EXIT_UNUSABLE, "%s: needs %sB of shared memory, %sB are available; take less",
				what, need, have);
	c->fate = STATUS_SKIPPED;
	if (asprintf(out_of_reach, "%u workers need %sB of shared memory, %sB are available", c->workers,
		     need, have) < 0)
		return complain(EXIT_UNUSABLE, "out of memory");
	return 0;
}

int sizes_configure(struct plan *plan, const struct options *o, struct bench_case *c, uint64_t size,
		    char **out_of_reach)
{
	char what[PATH_MAX + 32], why[CELL_WHY] = "";
	struct params params = {.size = size,
				.input = c->python          ? c->python->program
					 : c->kernel->input ? o->input
							    : NULL,
				.memory = system_memory_available() / 2,
				.workers = kernel_group(c->kernel) > 1 ? c->workers : 0};
	if (params.input && !c->python)
		snprintf(what, sizeof what, "kernel %s, input '%s'", c->kernel->name, params.input);
	else
		snprintf(what, sizeof what, "kernel %s, size %llu", c->kernel->name,
			 (unsigned long long)size);
	*out_of_reach = NULL;
	int status = ask(plan, o, c->kernel, why, sizeof why, &params);
	if (status == STATUS_OK) {
		take_over_description(&plan->cell->board->described, c);
		c->params.input = params.input;
		return check_memory(c, what, out_of_reach);
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

/* ---- sizes that follow the machine ---- */

/* The kernel's own size, 10 ms and more of one core's work, is for so many workers, a few ms each; on a
 * machine with more units the work grows with them … */
#define WORKERS_OF_OWN_SIZE 4
/* … as far as this many times as much work goes, in an area of no more than this, … */
#define GROWTH_MOST 64.0
#define GROWN_BYTES_MOST ((uint64_t)512 << 20)
/* … where items are too few, up to so many times that work, for the tree of a search is six times as large a
 * step on, … */
#define WORK_OF_ITEMS 8.0
/* … and each worker has at least so many items, or uneven ones leave workers idle and the job measures that.
 */
#define ITEMS_A_WORKER 16
/* Work of one interpreter grows no further: where threads take turns, one core does all of it. */
#define INTERPRETER_GROWTH_MOST 16.0
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
	double has = (double)c.items * c.work_per_item;
	*fits = c.shared_bytes <= GROWN_BYTES_MOST && has <= WORK_OF_ITEMS * work;
	return *fits && has >= work && c.items >= items;
}

/* How many items there are at this size; 0: the kernel does not take it. */
static uint64_t items_at(struct plan *plan, const struct options *o, const struct bench_case *c,
			 uint64_t size)
{
	char why[CELL_WHY];
	struct params params = {.size = size};
	bool fits = ask(plan, o, c->kernel, why, sizeof why, &params) == STATUS_OK;
	return fits ? plan->cell->board->described.items : 0;
}

static uint32_t most_of(const struct worker_counts *counts)
{
	uint32_t most = 1;
	for (size_t i = 0; i < counts->count; i++)
		most = counts->value[i] > most ? counts->value[i] : most;
	return most;
}

/* The smallest size, from this one on, that has enough; where none that fits has, the largest that fits. */
static uint64_t search_size(struct plan *plan, const struct options *o, const struct bench_case *c,
			    uint64_t size, double work, uint64_t items)
{
	uint64_t low = size, high = size;
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

static double growth_for(uint32_t workers, const struct sweep *sweep, double most)
{
	double growth = (double)(workers < sweep->units ? workers : sweep->units) / WORKERS_OF_OWN_SIZE;
	return growth < 1 ? 1 : growth < most ? growth : most;
}

/* What is enough: work for the workers, and items. Where size is the grain of an item a larger one has fewer:
 * it is left as it is. Of an interpreter's work, size counts the items, of which there are many. */
static uint64_t grown_size(struct plan *plan, const struct options *o, const struct bench_case *c,
			   uint64_t size, const struct sweep *sweep)
{
	uint32_t workers = most_of(&sweep->here);
	if (c->python)
		return (uint64_t)((double)size * growth_for(workers, sweep, INTERPRETER_GROWTH_MOST));
	double work = (double)c->items * c->work_per_item * growth_for(workers, sweep, GROWTH_MOST);
	uint64_t grown = search_size(plan, o, c, size, work, (uint64_t)ITEMS_A_WORKER * workers);
	return items_at(plan, o, c, grown) < c->items ? size : grown;
}

/* Python's workers that share an object take turns on it, however much there is to do. */
static bool grows(const struct options *o, const struct suite_part *part, const struct kernel *kernel)
{
	bool shares = (kernel->needs & KERNEL_NEEDS_INTERPRETER) &&
		      (kernel->needs & KERNEL_NEEDS_INHERITANCE);
	return !o->sizes && !part->sizes && !o->input && kernel->kind == KERNEL_WORK &&
	       !(kernel->needs & KERNEL_NEEDS_BALLAST) && !shares && !kernel->crash;
}

/* Configures the case at the size that the machine takes. */
static int configure_grown(struct plan *plan, const struct options *o, struct bench_case *c, uint64_t size,
			   const struct sweep *sweep, char **out_of_reach)
{
	int error = sizes_configure(plan, o, c, size, out_of_reach);
	if (error || *out_of_reach)
		return error;
	double own = (double)c->items * c->work_per_item;
	uint64_t grown = grown_size(plan, o, c, size, sweep);
	if (grown > size)
		error = sizes_configure(plan, o, c, grown, out_of_reach);
	c->grown = own > 0 ? (double)c->items * c->work_per_item / own : 0;
	if (o->quick)
		c->grown *= SMALL_OF_MEDIUM;
	return error;
}

/* Of one Python, or of a kernel that needs none. */
static int add_sizes(struct plan *plan, const struct options *o, const struct suite_part *part,
		     const struct sweep *sweep, struct bench_case c)
{
	char word[32];
	int error = 0;
	const char *list = o->sizes      ? o->sizes
			   : part->sizes ? part->sizes
					 : list_size_name(o->quick ? SIZE_SMALL : SIZE_MEDIUM);
	for (const char *at = list; !error && (at = word_list_next(at, word, sizeof word));) {
		uint64_t size = 0;
		char *out_of_reach = NULL;
		error = list_size(word, c.kernel, &size);
		c.fate = STATUS_OK;
		c.grown = 0;
		if (!error)
			error = grows(o, part, c.kernel)
					? configure_grown(plan, o, &c, size, sweep, &out_of_reach)
					: sizes_configure(plan, o, &c, size, &out_of_reach);
		c.out_of_reach = out_of_reach;
		if (!error)
			error = cases_add(plan, o, part, sweep, c);
		free(out_of_reach);
	}
	return error;
}

int sizes_add(struct plan *plan, const struct options *o, const struct suite_part *part,
	      const struct sweep *sweep, const char *suite, const struct kernel *kernel)
{
	struct bench_case c = {.suite = suite,
			       .kernel = kernel,
			       .chunk = part->each,
			       .hosts = 1,
			       .window_ns = part->window_ms * NS_PER_MS};
	if (!(kernel->needs & KERNEL_NEEDS_INTERPRETER))
		return add_sizes(plan, o, part, sweep, c);
	int error = plan->pythons.count ? 0 : interpreters_find(o->pythons, &plan->pythons);
	for (size_t i = 0; i < plan->pythons.count && !error; i++) {
		c.python = &plan->pythons.one[i];
		error = add_sizes(plan, o, part, sweep, c);
	}
	return error;
}
