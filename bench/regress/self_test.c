#include "bench/regress/self_test.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/base/exit.h"
#include "bench/base/folder.h"
#include "bench/base/units.h"
#include "bench/regress/arm_process.h"
#include "bench/regress/compare_case.h"
#include "bench/regress/detectable.h"
#include "bench/stats/statistics.h"
#include "runners/clock.h"

#define Z_95 1.959963984540054
/* Blocks in stage 2 of a case that is looked at, and of all of them for a figure. */
enum { SUSPECT_BLOCKS = 8, SHARPER_BLOCKS = 40 };

/* ---- what is collected ---- */

/* Log ratios of one case, control over base, block after block: of stage 1, and of stage 2 where it came to
 * that. */
struct pool {
	char *name;
	double *d[2];
	size_t n[2];
};

/* Mean and spread of a series of log ratios. */
struct series {
	double sum, squares;
	size_t n;
};

struct collected {
	size_t outcome[EXIT_INCONCLUSIVE + 1], fired; /* gates; those whose control was red */
	uint64_t ns;
	struct pool *pool;
	size_t pools;
	struct series arm, order, environment; /* control over base; second over first; larger over smaller */
	uint64_t turns[ARMS], first[ARMS], padding[ARMS];
	double faults[ARMS];
};

static void add(struct series *s, double x)
{
	s->sum += x;
	s->squares += x * x;
	s->n++;
}

static struct pool *find_pool(struct collected *all, const char *name)
{
	for (size_t i = 0; i < all->pools; i++)
		if (strcmp(all->pool[i].name, name) == 0)
			return &all->pool[i];
	struct pool *more = realloc(all->pool, (all->pools + 1) * sizeof *more);
	if (!more)
		return NULL;
	all->pool = more;
	more[all->pools] = (struct pool){.name = strdup(name)};
	return more[all->pools].name ? &more[all->pools++] : NULL;
}

static int add_to_pool(struct collected *all, unsigned stage, const struct compared_case *c, const double *d,
		       size_t n)
{
	char name[CASE_NAME_BYTES + 64];
	compare_case_name(c, name);
	snprintf(name + strlen(name), 64, " %s", c->metric);
	struct pool *pool = find_pool(all, name);
	double *more = pool ? realloc(pool->d[stage], (pool->n[stage] + n) * sizeof *more) : NULL;
	if (!more)
		return -ENOMEM;
	pool->d[stage] = more;
	for (size_t i = 0; i < n; i++)
		if (isfinite(d[i]))
			more[pool->n[stage]++] = d[i];
	return 0;
}

static const struct gate_turn *turn_of(const struct gate_turn *turns, size_t count, const char *run_id,
				       enum arm arm)
{
	unsigned stage;
	size_t block;
	if (sscanf(run_id, "block-%u-%zu", &stage, &block) == 2)
		for (size_t i = 0; i < count; i++)
			if (turns[i].kept && turns[i].stage == stage && turns[i].block == block &&
			    turns[i].arm == arm)
				return &turns[i];
	return NULL;
}

/* What the place in the block and the environment made of it: d is control over base, the mean of all cases.
 */
static void add_block(struct collected *all, const struct gate_turn *turns, size_t count, const char *run_id,
		      double d)
{
	const struct gate_turn *base = turn_of(turns, count, run_id, ARM_BASE);
	const struct gate_turn *control = turn_of(turns, count, run_id, ARM_CONTROL);
	add(&all->arm, d);
	if (!base || !control)
		return;
	add(&all->order, control->position > base->position ? d : -d);
	add(&all->environment, control->padding > base->padding ? d : -d);
}

static void add_turns(struct collected *all, const struct gate_turn *turns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		all->turns[turns[i].arm]++;
		all->first[turns[i].arm] += turns[i].position == 0;
		all->padding[turns[i].arm] += turns[i].padding;
	}
}

static double major_faults(const struct sample_set *side)
{
	double sum = 0;
	for (size_t i = 0; i < side->summary.count; i++)
		for (size_t r = 0; r < side->summary.run_count; r++)
			if (isfinite(side->summary.cases[i].by_run[METRIC_MAJFLT][r]))
				sum += side->summary.cases[i].by_run[METRIC_MAJFLT][r];
	return sum;
}

/* Stage 1's control, all cases; its base and head for the faults. */
static int collect_blocks(struct collected *all, const struct gate_result *r, const struct gate_turn *turns,
			  size_t count)
{
	const struct stage *s = &r->control[0];
	size_t runs = s->base.summary.run_count, seen[COMPARE_RUNS_MAX] = {0};
	double d[COMPARE_RUNS_MAX], mean[COMPARE_RUNS_MAX] = {0};
	int error = 0;
	for (size_t i = 0; i < s->compared.count && !error; i++) {
		const struct compared_case *c = &s->compared.comparison[i];
		if (!verdict_is_tested(c->verdict))
			continue;
		compare_differences(&s->base, &s->other, c, d);
		error = add_to_pool(all, 0, c, d, runs);
		for (size_t b = 0; b < runs; b++)
			if (isfinite(d[b])) {
				mean[b] += d[b];
				seen[b]++;
			}
	}
	for (size_t b = 0; b < runs && !error; b++)
		if (seen[b])
			add_block(all, turns, count, s->base.summary.runs[b], mean[b] / (double)seen[b]);
	all->faults[ARM_BASE] += major_faults(&s->base);
	all->faults[ARM_CONTROL] += major_faults(&s->other);
	all->faults[ARM_HEAD] += major_faults(&r->head[0].other);
	return error;
}

/* Stage 2's control, suspects alone. */
static int collect_suspects(struct collected *all, const struct gate_result *r)
{
	const struct stage *s = &r->control[1];
	double d[COMPARE_RUNS_MAX];
	int error = 0;
	for (size_t i = 0; i < s->compared.count && !error; i++)
		if (verdict_is_tested(s->compared.comparison[i].verdict)) {
			compare_differences(&s->base, &s->other, &s->compared.comparison[i], d);
			error = add_to_pool(all, 1, &s->compared.comparison[i], d, s->base.summary.run_count);
		}
	return error;
}

static int collect(struct collected *all, const struct gate_request *gate, const struct gate_result *r)
{
	struct gate_turn *turns;
	size_t count;
	int error = arms_turns(&gate->run, &turns, &count);
	if (error)
		return complain(EXIT_UNUSABLE, "'%s/blocks.csv': %s", gate->run.dir, strerror(-error));
	add_turns(all, turns, count);
	error = r->blocks[0] ? collect_blocks(all, r, turns, count) : 0;
	error = error || !r->blocks[1] ? error : collect_suspects(all, r);
	free(turns);
	return error ? complain(EXIT_UNUSABLE, "out of memory") : 0;
}

static void collected_free(struct collected *all)
{
	for (size_t i = 0; i < all->pools; i++) {
		free(all->pool[i].name);
		free(all->pool[i].d[0]);
		free(all->pool[i].d[1]);
	}
	free(all->pool);
}

/* ---- the gates ---- */

static const char *outcome_name(int code)
{
	static const char *const names[] = {"green", "red", "failed", "inconclusive"};
	return names[code];
}

static void tell_gate(size_t number, size_t gates, const struct gate_result *r, double seconds)
{
	char name[CASE_NAME_BYTES] = "";
	for (size_t i = 0; i < r->of_head.count && r->code == EXIT_FAILED; i++)
		if (!*name && r->of_head.comparison[i].verdict == VERDICT_REGRESSION)
			compare_case_name(&r->of_head.comparison[i], name);
	complain(0, "gate %zu of %zu: %s, %.1f s, %zu and %zu blocks%s%s%s%s", number, gates,
		 outcome_name(r->code), seconds, r->blocks[0], r->blocks[1], *name ? ": " : "", name,
		 *r->cause ? ": " : "", r->cause);
}

/* How the gate ended when it was measured: a second look at what is on disk may have other limits. */
static int remember(const char *dir, int code, uint64_t ns)
{
	char path[PATH_MAX];
	folder_file(dir, "outcome", path, sizeof path);
	FILE *file = fopen(path, "we");
	if (file)
		fprintf(file, "%d %" PRIu64 "\n", code, ns);
	return file && fclose(file) == 0
		       ? 0
		       : complain(EXIT_UNUSABLE, "'%s' cannot be written: %s", path, strerror(errno));
}

static bool recall(const char *dir, int *code, uint64_t *ns)
{
	char path[PATH_MAX];
	folder_file(dir, "outcome", path, sizeof path);
	FILE *file = fopen(path, "re");
	bool known = file && fscanf(file, "%d %" SCNu64, code, ns) == 2 && *code >= EXIT_WELL &&
		     *code <= EXIT_INCONCLUSIVE;
	if (file)
		fclose(file);
	return known;
}

static int gate_number(struct gate_request *gate, const char *dir, size_t number, size_t gates,
		       struct collected *all)
{
	char here[PATH_MAX];
	struct gate_request one = *gate;
	struct gate_result r;
	int known = 0;
	uint64_t begin = clock_ns(), ns = 0;
	snprintf(here, sizeof here, "%s/gate-%03zu", dir, number);
	if (mkdir(here, 0777) != 0 && errno != EEXIST)
		return complain(EXIT_UNUSABLE, "'%s': %s", here, strerror(errno));
	one.run.dir = here;
	one.run.seed += number * 1000003;
	one.quiet = true;
	bool done = recall(here, &known, &ns);
	one.budget_ns = done ? 0 : one.budget_ns;
	int code = gate_carry_out(&one, &r);
	if (code)
		return code;
	r.code = done ? known : r.code;
	ns = done ? ns : clock_ns() - begin;
	tell_gate(number, gates, &r, (double)ns / (double)NS_PER_S);
	all->outcome[r.code]++;
	all->fired += compare_code(&r.of_control) == EXIT_FAILED;
	all->ns += ns;
	code = done ? 0 : remember(here, r.code, ns);
	code = code ? code : collect(all, &one, &r);
	gate_result_free(&r);
	return code;
}

/* ---- the table ---- */

static void put_share(const char *what, size_t count, size_t gates)
{
	double low, high;
	stat_proportion_interval(count, gates, &low, &high);
	printf("  %-13s %4zu   %5.1f %% of all, 95 %% interval %.1f to %.1f %%\n", what, count,
	       100 * (double)count / (double)gates, 100 * low, 100 * high);
}

static void put_series(const char *what, const struct series *s)
{
	double n = (double)s->n, mean = s->sum / n;
	double error = sqrt((s->squares / n - mean * mean) / (n - 1));
	if (s->n > 1)
		printf("  %-38s %.4f [%.4f, %.4f]\n", what, exp(mean), exp(mean - Z_95 * error),
		       exp(mean + Z_95 * error));
}

static void put_balance(const struct collected *all)
{
	printf("\nadvantage of one arm over another: %zu blocks of base and control\n", all->arm.n);
	put_series("control over base", &all->arm);
	put_series("the later over the earlier", &all->order);
	put_series("larger environment over smaller", &all->environment);
	printf("\n%-10s %8s %12s %20s %14s\n", "arm", "turns", "first", "environment added", "major faults");
	for (int arm = 0; arm < ARMS; arm++)
		if (all->turns[arm])
			printf("%-10s %8" PRIu64 " %10.1f %% %18.0f B %14.0f\n", arm_name((enum arm)arm),
			       all->turns[arm], 100 * (double)all->first[arm] / (double)all->turns[arm],
			       (double)all->padding[arm] / (double)all->turns[arm], all->faults[arm]);
}

static double deviation_of(const struct pool *pool, unsigned stage)
{
	struct series s = {0};
	for (size_t i = 0; i < pool->n[stage]; i++)
		add(&s, pool->d[stage][i]);
	double n = (double)s.n, mean = s.sum / n;
	return n > 1 ? sqrt((s.squares / n - mean * mean) * n / (n - 1)) : (double)NAN;
}

/* How much less noisy a block of stage 2 was than one of stage 1, over the cases that were in both: the root
 * of the mean of their squared ratios, by blocks. 1: too few were. */
static double sharper_of(const struct collected *all, size_t *blocks)
{
	double sum = 0;
	*blocks = 0;
	for (size_t i = 0; i < all->pools; i++) {
		const struct pool *pool = &all->pool[i];
		double ratio = deviation_of(pool, 1) / deviation_of(pool, 0);
		if (pool->n[1] < SUSPECT_BLOCKS || !isfinite(ratio))
			continue;
		sum += (double)pool->n[1] * ratio * ratio;
		*blocks += pool->n[1];
	}
	return *blocks < SHARPER_BLOCKS ? 1 : sqrt(sum / (double)*blocks);
}

static double margin_of(const struct gate_request *gate, const char *name)
{
	const char *metric = strrchr(name, ' ') + 1;
	for (size_t i = 0; i < gate->question.limits; i++)
		if (strcmp(gate->question.limit[i].metric, metric) == 0)
			return gate->question.limit[i].margin;
	return 0;
}

static int put_pool(const struct gate_request *gate, const struct collected *all, const struct pool *pool,
		    double sharper)
{
	struct detectable power = {.alpha = gate->question.alpha,
				   .margin = margin_of(gate, pool->name),
				   .comparisons = all->pools,
				   .second = sharper,
				   .seed = gate->run.seed};
	double slowdown;
	if (detectable_slowdown(&power, pool->d[0], pool->n[0], &slowdown))
		return complain(EXIT_UNUSABLE, "out of memory");
	printf("%-55.55s %6zu %6.2f %%", pool->name, pool->n[0], 100 * deviation_of(pool, 0));
	if (isfinite(slowdown))
		printf(" %6.1f %%\n", 100 * slowdown);
	else
		printf(" %8s\n", "-");
	return 0;
}

static int put_table(const struct gate_request *gate, const struct collected *all, size_t gates)
{
	int code = 0;
	printf("%zu gates, %zu comparisons in each, %.1f s per gate (budget %.0f s), alpha %g\n", gates,
	       all->pools, (double)all->ns / (double)NS_PER_S / (double)gates,
	       (double)gate->budget_ns / (double)NS_PER_S, gate->question.alpha);
	for (int outcome = EXIT_WELL; outcome <= EXIT_INCONCLUSIVE; outcome++)
		put_share(outcome_name(outcome), all->outcome[outcome], gates);
	put_share("control red", all->fired, gates);
	put_balance(all);
	size_t blocks;
	double sharper = sharper_of(all, &blocks);
	printf("\nnoise: standard deviation of the log ratio of a block of stage 1; that of\n");
	if (blocks < SHARPER_BLOCKS)
		printf("stage 2 is taken for the same, for want of suspects; ");
	else
		printf("stage 2 is %.2f times as large, by %zu blocks of suspects; ", sharper, blocks);
	printf("found: the smallest\nslowdown that 95 of 100 such gates find (-: none below 100 %%, or under 30 "
	       "blocks)\n%-55s %6s %8s %8s\n",
	       "case", "blocks", "noise", "found");
	for (size_t i = 0; i < all->pools && !code; i++)
		code = put_pool(gate, all, &all->pool[i], sharper);
	return code;
}

int self_test(struct gate_request *gate, size_t gates)
{
	struct collected all = {0};
	int code = 0;
	for (size_t i = 1; i <= gates && !code; i++)
		code = gate_number(gate, gate->run.dir, i, gates, &all);
	code = code ? code : put_table(gate, &all, gates);
	collected_free(&all);
	return code;
}
