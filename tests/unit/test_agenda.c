/* What an invocation measures: what fits into the budget, in which order of importance, and when a block is
 * done. */
#include "tests/unit/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/random.h"
#include "bench/measure/agenda.h"
#include "runners/runner.h"

enum { KERNELS = 40, PER_KERNEL = 4, CASES = KERNELS * PER_KERNEL };

static char names[KERNELS][8];
static struct kernel kernels[KERNELS];

/* Under two runners with two workers, which is core in the suite `scaling`, and with one or three, which is
 * breadth in two groups. */
static void make_plan(struct bench_case *cases, struct plan *plan)
{
	for (size_t k = 0; k < KERNELS; k++) {
		snprintf(names[k], sizeof names[k], "k%zu", k);
		kernels[k] = (struct kernel){.name = names[k], .sizes = {1, 10, 100}};
		for (size_t i = 0; i < PER_KERNEL; i++)
			cases[PER_KERNEL * k + i] = (struct bench_case){
				.suite = "scaling",
				.kernel = &kernels[k],
				.runner = runner_find(i % 2 ? "fork" : "pthread"),
				.params = {.size = 10},
				.workers = i < 2             ? 2
					   : k < KERNELS / 2 ? 1
							     : 3,
				.hosts = 1,
				.grown = 1};
	}
	*plan = (struct plan){.cases = cases, .count = CASES};
}

struct world {
	struct bench_case cases[CASES];
	struct plan plan;
	struct blocks blocks;
	struct agenda agenda;
};

static void open_world(struct world *w)
{
	make_plan(w->cases, &w->plan);
	assert_int_equal(blocks_make(&w->plan, 2, &w->blocks), 0);
	assert_int_equal(agenda_make(&w->agenda, &w->plan, &w->blocks, 2, 0.005), 0);
}

static void close_world(struct world *w)
{
	agenda_free(&w->agenda);
	blocks_free(&w->blocks);
}

static void set_cost(struct world *w, double ns)
{
	for (size_t i = 0; i < CASES; i++)
		w->agenda.case_ns[i] = ns;
	for (size_t b = 0; b < w->blocks.count; b++)
		w->agenda.state[b].pass_ns = (double)w->blocks.block[b].count * ns;
}

static void test_what_is_compared_is_a_block(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	assert_int_equal(w.blocks.count, 2 * KERNELS);
	for (size_t b = 0; b < w.blocks.count; b++) {
		const struct block *block = &w.blocks.block[b];
		const struct bench_case *first = &w.cases[block->member[0]];
		assert_int_equal(block->count, 2);
		assert_ptr_equal(first->kernel, w.cases[block->member[1]].kernel);
		assert_int_equal(first->workers, w.cases[block->member[1]].workers);
		assert_int_equal(block->core != NULL, first->workers == 2);
		assert_string_equal(w.cases[block->member[blocks_reference(&w.plan, block)]].runner->name,
				    "pthread");
	}
	close_world(&w);
}

/* The first core block. */
static size_t core_block(const struct world *w)
{
	size_t b = 0;
	while (!agenda_is_core(&w->agenda, b))
		b++;
	return b;
}

/* 80 core cases of 10 ms: 0.8 s a pass. Breadth wants 2.4 s in all. */
static void test_passes_are_cut_before_invocations(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	set_cost(&w, 10e6);
	size_t core = core_block(&w);
	agenda_plan(&w.agenda, 0, 20, 600e9);
	assert_int_equal(agenda_passes(&w.agenda, core), 25); /* a quarter of a second a case */
	assert_int_equal(w.agenda.left, 20);
	agenda_plan(&w.agenda, 0, 20, 20e9); /* 17.6 s for seven invocations: three passes */
	assert_int_equal(agenda_passes(&w.agenda, core), 3);
	assert_int_equal(w.agenda.left, 7);
	assert_false(w.agenda.is_short);
	agenda_plan(&w.agenda, 0, 20, 5e9);
	assert_true(w.agenda.is_short);
	assert_int_equal(agenda_passes(&w.agenda, core), 1);
	assert_int_equal(w.agenda.left, 5); /* of 0.8 s each, in 90 % */
	assert_true(agenda_budget_ns(&w.agenda) > 5e9);
	assert_true(agenda_budget_ns(&w.agenda) < 20e9);
	close_world(&w);
}

/* Time flows to doubt, and cheap cases have more passes in the same time. */
static void test_doubt_and_cheapness_make_passes(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	set_cost(&w, 10e6);
	w.agenda.precision = 0.02;
	w.agenda.core_case_ns = 30e6;
	size_t core = core_block(&w);
	struct block_state *block = &w.agenda.state[core];
	block->width = 0.12; /* three times the weight; but for two invocations it says nothing yet */
	block->invocations = 2;
	assert_int_equal(agenda_passes(&w.agenda, core), 3);
	block->invocations = 3;
	assert_int_equal(agenda_passes(&w.agenda, core), 9);
	block->width = 0.03; /* narrow ones keep their share */
	assert_int_equal(agenda_passes(&w.agenda, core), 3);
	block->width = INFINITY;
	block->pass_ns = 10e6;
	assert_int_equal(agenda_passes(&w.agenda, core), 6);
	close_world(&w);
}

static size_t count_core(const struct world *w, const size_t *order, size_t n)
{
	size_t core = 0;
	for (size_t i = 0; i < n; i++)
		core += agenda_is_core(&w->agenda, order[i]);
	return core;
}

static uint32_t workers_of(const struct world *w, size_t block)
{
	return w->cases[w->blocks.block[block].member[0]].workers;
}

/* All of the core, and of breadth what the share has room for. */
static void test_breadth_takes_what_is_left(void **state)
{
	struct world w;
	size_t order[2 * KERNELS], again[2 * KERNELS];
	(void)state;
	open_world(&w);
	set_cost(&w, 10e6);
	agenda_plan(&w.agenda, 0, 20, 60e9);
	w.agenda.core_ns = 4e9;
	size_t n = agenda_order(&w.agenda, 4.1e9, 7, order);
	assert_int_equal(count_core(&w, order, n), KERNELS);
	assert_int_equal(n,
			 KERNELS + 5); /* 0.2 s is room for five breadth blocks, two passes of 20 ms each */
	assert_int_equal(agenda_order(&w.agenda, 4.1e9, 7, again), n);
	assert_memory_equal(order, again, n * sizeof *order);
	for (size_t i = 0; i < n; i++)
		assert_in_range(workers_of(&w, order[i]), 1, 2); /* of one group */
	assert_int_equal(agenda_next(&w.agenda, 15e6), w.blocks.count);
	close_world(&w);
}

static void set_invocations(struct world *w, uint32_t workers, uint64_t invocations)
{
	for (size_t b = 0; b < w->blocks.count; b++)
		if (workers_of(w, b) == workers)
			w->agenda.state[b].invocations = invocations;
}

/* A group that was begun is brought to three invocations, and what it has measured least comes first. */
static void test_breadth_goes_by_groups(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	set_cost(&w, 10e6);
	size_t begun = w.blocks.count - 1;
	assert_int_equal(workers_of(&w, begun), 3);
	assert_int_equal(workers_of(&w, agenda_next(&w.agenda, 1e9)), 1);
	w.agenda.state[begun].invocations = 1;
	assert_int_equal(workers_of(&w, agenda_next(&w.agenda, 1e9)), 3);
	assert_int_not_equal(agenda_next(&w.agenda, 1e9), begun);
	set_invocations(&w, 3, AGENDA_LEAST_INVOCATIONS - 1);
	w.agenda.state[begun].pass_ns = 15e6; /* cheaper than its like */
	assert_int_equal(agenda_next(&w.agenda, 1e9), begun);
	set_invocations(&w, 3, AGENDA_LEAST_INVOCATIONS);
	assert_int_equal(workers_of(&w, agenda_next(&w.agenda, 1e9)), 1);
	set_invocations(&w, 1, AGENDA_LEAST_INVOCATIONS + 1);
	assert_int_equal(workers_of(&w, agenda_next(&w.agenda, 1e9)), 3); /* the rest in turn */
	close_world(&w);
}

/* What does not fit into an invocation does not keep its group in front for ever. */
static void test_what_never_fits_holds_nobody_up(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	set_cost(&w, 10e6);
	size_t huge = w.blocks.count - 1;
	set_invocations(&w, 3, AGENDA_LEAST_INVOCATIONS);
	w.agenda.state[huge].invocations = 0;
	w.agenda.state[huge].pass_ns = 2e9;
	assert_int_equal(workers_of(&w, agenda_next(&w.agenda, 1e9)), 1);
	assert_int_equal(agenda_next(&w.agenda, 5e9), huge);
	close_world(&w);
}

/* A comparison that is known to need more has that from the start. */
static void test_a_heavy_comparison_has_more_passes(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	set_cost(&w, 10e6);
	size_t core = core_block(&w);
	struct core_comparison heavy = *w.blocks.block[core].core;
	heavy.weight = 3;
	w.agenda.core_case_ns = 20e6;
	assert_int_equal(agenda_passes(&w.agenda, core), 2);
	w.blocks.block[core].core = &heavy;
	assert_int_equal(agenda_passes(&w.agenda, core), 6);
	close_world(&w);
}

/* Blocks with one ballast of 64 MiB stand together, wherever chance has put them. */
static void test_one_ballast_is_filled_once(void **state)
{
	struct world w;
	size_t order[2 * KERNELS], begins = 0;
	bool before = false;
	(void)state;
	open_world(&w);
	for (size_t i = 0; i < CASES; i++)
		w.cases[i].params.ballast = i / PER_KERNEL % 4 == 0 ? UINT64_C(64) << 20 : 0;
	size_t n = agenda_order(&w.agenda, 1e12, 7, order);
	assert_int_equal(n, w.blocks.count);
	for (size_t i = 0; i < n; i++) {
		const struct bench_case *c = &w.cases[w.blocks.block[order[i]].member[0]];
		begins += c->params.ballast && !before;
		before = c->params.ballast;
	}
	assert_int_equal(begins, 1);
	close_world(&w);
}

static void test_what_is_done_leaves_the_queue(void **state)
{
	struct world w;
	size_t order[2 * KERNELS];
	(void)state;
	open_world(&w);
	set_cost(&w, 10e6);
	for (size_t b = 0; b < w.blocks.count; b++)
		w.agenda.state[b].done = agenda_is_core(&w.agenda, b) &&
					 w.cases[w.blocks.block[b].member[0]].kernel != kernels;
	agenda_plan(&w.agenda, 3, 20, 60e9);
	assert_int_equal(count_core(&w, order, agenda_order(&w.agenda, 10e9, 7, order)), 1);
	close_world(&w);
}

static void test_a_long_baseline_has_fewer_passes(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	w.agenda.case_ns[0] = 80e6;
	assert_int_equal(agenda_case_passes(&w.agenda, 0, 0, 5), 5);
	w.cases[0].runner = runners;
	assert_int_equal(agenda_case_passes(&w.agenda, 0, 0, 6), 5);
	w.agenda.case_ns[0] = 1e9;
	assert_int_equal(agenda_case_passes(&w.agenda, 0, 0, 5), 1);
	close_world(&w);
}

/* The first invocation's plan rests on guesses. What was looked at in a job of its own has taken that, too.
 */
static void test_a_dear_pass_has_fewer_like_it(void **state)
{
	struct world w;
	struct sample row;
	(void)state;
	open_world(&w);
	set_cost(&w, 10e6);
	w.agenda.core_case_ns = 30e6;
	size_t core = core_block(&w);
	assert_int_equal(agenda_passes(&w.agenda, core), 3);
	sample_clear(&row);
	row.wall_ns = row.span_ns = 20e6;
	row.took_ns = 40e6;
	row.pss_kib = 100;
	agenda_note(&w.agenda, w.blocks.block[core].member[0], &row);
	assert_int_equal(agenda_passes(&w.agenda, core), 2);
	row.repetition = 1; /* not looked at again */
	agenda_note(&w.agenda, w.blocks.block[core].member[0], &row);
	assert_int_equal(agenda_passes(&w.agenda, core), 1);
	row.input_ns = 30e6; /* and its input is there */
	agenda_note(&w.agenda, w.blocks.block[core].member[0], &row);
	assert_int_equal(agenda_passes(&w.agenda, core), 3);
	close_world(&w);
}

/* A baseline of 80 ms beside 20 ms of two that are compared, or beside one, of which the speedup is asked
 * for. */
static bool baseline_rests(uint64_t invocations, double left_ns, bool decides, size_t compared)
{
	struct world w;
	open_world(&w);
	set_cost(&w, 10e6);
	size_t core = core_block(&w), first = w.blocks.block[core].member[0];
	const struct block whole = w.blocks.block[core];
	size_t member[] = {first, whole.member[1], whole.member[1]};
	w.blocks.block[core].member = member;
	w.blocks.block[core].count = 1 + compared;
	struct core_comparison line = *w.blocks.block[core].core;
	line.baseline = decides;
	w.blocks.block[core].core = &line;
	w.cases[first].runner = runners;
	w.agenda.case_ns[first] = 80e6;
	w.agenda.state[core].pass_ns = 100e6;
	w.agenda.state[core].invocations = invocations;
	agenda_plan(&w.agenda, invocations, 20, left_ns);
	bool rests = agenda_case_passes(&w.agenda, core, first, 1) == 0;
	assert_int_equal(agenda_case_passes(&w.agenda, core, member[1], 1), 1);
	w.blocks.block[core] = whole;
	close_world(&w);
	return rests;
}

static void test_a_long_baseline_rests(void **state)
{
	(void)state;
	assert_true(baseline_rests(3, 5e9, false, 2));
	assert_false(baseline_rests(2, 5e9, false, 2));   /* its speedup has no interval yet */
	assert_false(baseline_rests(3, 600e9, false, 2)); /* there is time for it */
	assert_false(baseline_rests(3, 5e9, true, 2));
	assert_false(baseline_rests(3, 5e9, false, 1));
}

/* ---- what the invocations before have shown ---- */

enum { RUNS = 4, ROWS = RUNS * CASES };

static void fill_row(struct sample *row, const struct bench_case *c, const char *run_id, double wall_ns)
{
	struct case_id id = bench_case_id(c);
	sample_clear(row);
	case_id_to_sample(&id, row);
	row->run_id = run_id;
	row->status = "ok";
	row->wall_ns = row->span_ns = wall_ns;
	row->pss_kib = 100;
	row->took_ns = 3 * wall_ns;
}

/* After four invocations, in which the last kernel's processes take so much longer from one to the next. */
static size_t count_done(double drift)
{
	static const char *const ids[RUNS] = {"1-1-0", "1-1-1", "1-1-2", "1-1-3"};
	struct world w;
	struct sample *rows = calloc(ROWS, sizeof *rows);
	struct summary before;
	size_t done = 0;
	assert_non_null(rows);
	open_world(&w);
	for (size_t i = 0; i < ROWS; i++) {
		const struct bench_case *c = &w.cases[i % CASES];
		bool drifts = c->kernel == &kernels[KERNELS - 1] && strcmp(c->runner->name, "fork") == 0;
		size_t run = i / CASES;
		fill_row(&rows[i], c, ids[run], 10e6 * (drifts ? pow(drift, (double)run) : 1));
	}
	assert_int_equal(summary_make(&(struct samples){.row = rows, .count = ROWS}, &before), 0);
	agenda_learn(&w.agenda, &before, 0.02);
	for (size_t b = 0; b < w.blocks.count; b++)
		done += w.agenda.state[b].done && agenda_is_core(&w.agenda, b);
	summary_free(&before);
	close_world(&w);
	free(rows);
	return done;
}

/* A mean over kernels has only the invocations that have measured all of them. */
static void test_what_a_mean_is_over_leaves_together(void **state)
{
	(void)state;
	assert_int_equal(count_done(1), KERNELS);
	assert_int_equal(count_done(1.2), 0);
}

/* What one sample in which it was looked at makes of a case: has it been seen, and what will it take? */
static bool is_seen(const char *suite, double wall_ns, double instructions, double *next_ns)
{
	struct world w;
	struct sample row;
	struct summary before;
	open_world(&w);
	w.cases[0].suite = suite;
	fill_row(&row, &w.cases[0], "1-1-0", wall_ns);
	row.instructions_user = instructions;
	row.input_ns = wall_ns / 2; /* prepared once */
	row.took_ns += row.input_ns;
	assert_int_equal(summary_make(&(struct samples){.row = &row, .count = 1}, &before), 0);
	bool seen = agenda_has_seen(&before.cases[0]);
	agenda_learn(&w.agenda, &before, 0.02);
	*next_ns = w.agenda.case_ns[0];
	summary_free(&before);
	close_world(&w);
	return seen;
}

static void test_a_long_job_is_looked_at_once(void **state)
{
	double next_ns;
	(void)state;
	assert_true(is_seen("scaling", 50e6, NAN, &next_ns));
	assert_near(next_ns, 100e6, 1);
	assert_false(is_seen("scaling", 5e6, NAN, &next_ns));
	assert_near(next_ns, 15e6, 1);
	assert_false(is_seen("scaling", 50e6, 1e6, &next_ns)); /* counters want an interval */
	assert_false(is_seen("memory", 50e6, NAN, &next_ns));  /* and so does a verdict on memory */
	assert_near(next_ns, 150e6, 1);
}

/* ---- stopping on width makes no verdict more likely ---- */

enum { TRIALS = 20000, INVOCATIONS = 10 };

/* Box and Muller, A Note on the Generation of Random Normal Deviates, 1958. */
static double normal(uint64_t *state)
{
	double u = (double)(random_next(state) >> 11) * 0x1p-53,
	       v = (double)(random_next(state) >> 11) * 0x1p-53;
	return sqrt(-2 * log(1 - u)) * cos(2 * 3.14159265358979323846 * v);
}

/*
 * What a run knows at its end of a ratio that is 1, amid so much noise. One that stops looks after each
 * invocation from the fourth on, and stops as soon as the interval is narrow.
 */
static struct estimate end_of_run(uint64_t *state, bool stops, double noise, double precision)
{
	double ratio[INVOCATIONS];
	struct estimate e = {.n = 0};
	for (size_t n = 0; n < INVOCATIONS; n++) {
		double x[INVOCATIONS];
		ratio[n] = exp(noise * normal(state));
		memcpy(x, ratio, (n + 1) * sizeof *x);
		e = stat_interval(x, n + 1);
		if (stops && n + 1 >= AGENDA_DONE_INVOCATIONS && (e.high - e.low) / 2 <= precision * e.value)
			break;
	}
	return e;
}

/* The share of runs whose interval misses 1 by so much: by nothing, or by a difference that matters. */
static double share_of_misses(bool stops, double noise, double margin)
{
	uint64_t state = 20261127, misses = 0;
	for (int trial = 0; trial < TRIALS; trial++) {
		struct estimate e = end_of_run(&state, stops, noise, 0.02);
		misses += e.low > margin || e.high < 1 / margin;
	}
	return (double)misses / TRIALS;
}

static void test_stopping_on_width_makes_no_verdict_more_likely(void **state)
{
	static const double noises[] = {0.005, 0.01, 0.02, 0.04, 0.06};
	(void)state;
	for (size_t i = 0; i < sizeof noises / sizeof *noises; i++) {
		double stopped = share_of_misses(true, noises[i], 1);
		double whole = share_of_misses(false, noises[i], 1);
		double wrong = share_of_misses(true, noises[i], 1.05);
		print_message(
			"noise %.1f %%: the interval misses 1 in %.1f %% of runs that stop, %.1f %% of those "
			"that do not; wrong verdicts %.2f %%\n",
			100 * noises[i], 100 * stopped, 100 * whole, 100 * wrong);
		assert_true(stopped <= 0.075);
		assert_true(wrong <= 0.005);
	}
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_compared_is_a_block),
		cmocka_unit_test(test_passes_are_cut_before_invocations),
		cmocka_unit_test(test_doubt_and_cheapness_make_passes),
		cmocka_unit_test(test_breadth_takes_what_is_left),
		cmocka_unit_test(test_breadth_goes_by_groups),
		cmocka_unit_test(test_what_never_fits_holds_nobody_up),
		cmocka_unit_test(test_a_heavy_comparison_has_more_passes),
		cmocka_unit_test(test_one_ballast_is_filled_once),
		cmocka_unit_test(test_what_is_done_leaves_the_queue),
		cmocka_unit_test(test_a_long_baseline_has_fewer_passes),
		cmocka_unit_test(test_a_dear_pass_has_fewer_like_it),
		cmocka_unit_test(test_a_long_baseline_rests),
		cmocka_unit_test(test_what_a_mean_is_over_leaves_together),
		cmocka_unit_test(test_a_long_job_is_looked_at_once),
		cmocka_unit_test(test_stopping_on_width_makes_no_verdict_more_likely),
	};
	return check_main(argc, argv, tests);
}
