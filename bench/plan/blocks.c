#include "bench/plan/blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runners/clock.h"
#include "runners/runner.h"

static bool is_seq(const struct bench_case *c)
{
	return c->runner == runners;
}

static bool is_same_work(const struct bench_case *a, const struct bench_case *b)
{
	struct case_id of_a = bench_case_id(a), of_b = bench_case_id(b);
	return case_id_is_same_work(&of_a, &of_b) && a->chunk == b->chunk;
}

static bool belongs(const struct plan *plan, const struct block *block, const struct bench_case *c,
		    const struct core_comparison *line)
{
	const struct bench_case *first = &plan->cases[block->member[0]];
	if (block->core != line)
		return false;
	if (line && line->together)
		return first->params.size == c->params.size;
	return is_same_work(first, c) && first->workers == c->workers && first->hosts == c->hosts &&
	       first->placement == c->placement;
}

static int add_member(struct block *block, size_t index)
{
	size_t *more = realloc(block->member, (block->count + 1) * sizeof *more);
	if (!more)
		return -ENOMEM;
	block->member = more;
	block->member[block->count++] = index;
	return 0;
}

static int add_to_new(struct blocks *blocks, size_t index, const struct core_comparison *line)
{
	struct block *more = realloc(blocks->block, (blocks->count + 1) * sizeof *more);
	if (!more)
		return -ENOMEM;
	blocks->block = more;
	blocks->block[blocks->count++] = (struct block){.core = line};
	return add_member(&blocks->block[blocks->count - 1], index);
}

static int add(const struct plan *plan, struct blocks *blocks, size_t index,
	       const struct core_comparison *line)
{
	for (size_t b = 0; b < blocks->count; b++)
		if (belongs(plan, &blocks->block[b], &plan->cases[index], line))
			return add_member(&blocks->block[b], index);
	return add_to_new(blocks, index, line);
}

/* Of a block whose cases are all compared any one may be what it is the baseline of. */
static bool is_baseline_of(const struct plan *plan, const struct block *block, const struct bench_case *seq)
{
	size_t looked_at = block->core && block->core->together ? block->count : 1;
	for (size_t k = 0; k < looked_at; k++)
		if (is_same_work(&plan->cases[block->member[k]], seq))
			return true;
	return false;
}

/* The baseline goes to the core blocks that want it and to the others' first; else it has one of its own. */
static int add_baseline(const struct plan *plan, struct blocks *blocks, size_t index,
			const struct core_comparison *line)
{
	const struct bench_case *seq = &plan->cases[index];
	bool placed = false, beside_breadth = false;
	int error = 0;
	for (size_t b = 0; b < blocks->count && !error; b++) {
		struct block *block = &blocks->block[b];
		bool wanted = block->core ? block->core == line : !beside_breadth;
		if (!wanted || !is_baseline_of(plan, block, seq))
			continue;
		beside_breadth = beside_breadth || !block->core;
		placed = true;
		error = add_member(block, index);
	}
	return error || placed ? error : add_to_new(blocks, index, NULL);
}

int blocks_make(const struct plan *plan, uint32_t units, struct blocks *blocks)
{
	int error = 0;
	*blocks = (struct blocks){0};
	for (size_t i = 0; i < plan->count && !error; i++)
		if (!is_seq(&plan->cases[i]))
			error = add(plan, blocks, i, core_find(plan, &plan->cases[i], units));
	for (size_t i = 0; i < plan->count && !error; i++)
		if (is_seq(&plan->cases[i]))
			error = add_baseline(plan, blocks, i, core_find(plan, &plan->cases[i], units));
	return error;
}

void blocks_free(struct blocks *blocks)
{
	for (size_t b = 0; b < blocks->count; b++)
		free(blocks->block[b].member);
	free(blocks->block);
	*blocks = (struct blocks){0};
}

size_t blocks_reference(const struct plan *plan, const struct block *block)
{
	for (size_t k = 0; k < block->count; k++)
		if (strcmp(plan->cases[block->member[k]].runner->name, "pthread") == 0)
			return k;
	return 0;
}

/* ---- what a sample is likely to take ---- */

/* Of a worker's life, on a processor of these years. */
static double life_ns(const struct runner *runner)
{
	return runner == runners                    ? 0
	       : runner_leaves_machine(runner)      ? 100e6 / WORKERS_MAX
	       : strcmp(runner->name, "spawn") == 0 ? 800e3 /* and a server is started once a session */
	       : runner->processes                  ? 250e3
						    : 25e3;
}

/* A kernel's medium size is about ten milliseconds of one core's work (kernel.h). */
static double work_ns(const struct bench_case *c, uint32_t units)
{
	double share = c->workers < units ? c->workers : units;
	double medium = (double)c->kernel->sizes[SIZE_MEDIUM];
	double grown = c->grown > 0 ? c->grown : medium > 0 ? (double)c->params.size / medium : 1;
	if (c->kernel->kind != KERNEL_WORK || (c->kernel->needs & KERNEL_NEEDS_BALLAST))
		return 0;
	return 20e6 * (grown < 100 ? grown : 100) / share;
}

double blocks_guess_ns(const struct bench_case *c, uint32_t units, double min_time_s)
{
	double lives = life_ns(c->runner) * c->workers;
	double job = work_ns(c, units) + (c->runner->pool ? 0 : lives);
	double least = c->window_ns ? (double)c->window_ns : min_time_s * (double)NS_PER_S;
	double kinds = c->runner->pool || c->runner == runners || c->window_ns ? 1 : 2;
	double cell = 3e6 + (c->runner->pool ? 2 * lives : 0) + (double)c->params.ballast * 0.5;
	if (c->kernel->needs & KERNEL_NEEDS_INTERPRETER)
		cell += 50e6;
	if (runner_leaves_machine(c->runner))
		cell += 100e6;
	return cell + kinds * (job > least ? 1.2 * job : least + job);
}
