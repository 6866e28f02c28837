#include "bench/regress/gate.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/base/exit.h"
#include "bench/base/units.h"
#include "bench/regress/compare_case.h"
#include "runners/clock.h"

#define POWER 0.975 /* of each stage, so that both together find 95 of 100 */
#define SAFETY                                                                                      \
	0.7 /* a block is noisier than its turns let expect: neighbours stay for longer than a turn \
	     */
enum { DROPS_MAX = 20 };

/* Seen after the first look, a case so surely slower goes to stage 2 at once. */
#define SURELY 0.005

double gate_level(double alpha, size_t comparisons)
{
	double level = alpha / (GATE_SUSPECTS * (double)(comparisons ? comparisons : 1));
	return fmin(level, GATE_SUSPICION);
}

/* ---- what a stage says ---- */

static void stage_free(struct stage *s)
{
	compare_free(&s->compared);
	sample_set_free(&s->base);
	sample_set_free(&s->other);
	*s = (struct stage){0};
}

static int read_side(const struct gate_request *gate, unsigned stage, enum arm arm, struct sample_set *side)
{
	char path[PATH_MAX], why[512] = "out of memory";
	return compare_read(side, arms_file(&gate->run, stage + 1, arm, path, sizeof path), why, sizeof why)
		       ? complain(EXIT_UNUSABLE, "%s", why)
		       : 0;
}

/* Stage 1 asks whether there is anything at all, stage 2 whether it exceeds the margin. */
static int stage_compare(const struct gate_request *gate, unsigned stage, enum arm other, size_t planned,
			 struct stage *s)
{
	struct compare_options q = gate->question;
	q.any_slowdown = stage == 0;
	q.planned = planned;
	stage_free(s);
	int code = read_side(gate, stage, ARM_BASE, &s->base);
	code = code ? code : read_side(gate, stage, other, &s->other);
	if (!code && compare_sides(&s->base, &s->other, &q, &s->compared))
		code = complain(EXIT_UNUSABLE, "out of memory");
	return code;
}

/* Neither more blocks nor other ones could change it. */
static bool is_decided(const struct compared_case *c, double level)
{
	return !verdict_is_tested(c->verdict) || c->p_least > level || c->p_most <= level;
}

static bool is_suspect(const struct compared_case *c)
{
	return verdict_is_tested(c->verdict) && c->p_most <= GATE_SUSPICION;
}

static const struct compared_case *find(const struct compared *compared, const struct compared_case *like)
{
	for (size_t i = 0; i < compared->count; i++)
		if (compared->comparison[i].base && like->base &&
		    strcmp(compared->comparison[i].metric, like->metric) == 0 &&
		    case_id_is(&compared->comparison[i].base->id, &like->base->id))
			return &compared->comparison[i];
	return NULL;
}

/* Would another block of this stage help to tell? */
static bool is_open(const struct stage *stages, unsigned stage, const struct compared_case *c, double alpha)
{
	if (stage == 0)
		return !is_decided(c, GATE_SUSPICION);
	const struct compared_case *again = find(&stages[1].compared, c);
	return is_suspect(c) && (!again || !is_decided(again, gate_level(alpha, stages[0].compared.count)));
}

/* ---- which cases to measure on, as a regular expression ---- */

struct filter {
	FILE *file;
	char *text;
	size_t bytes, count;
};

static void escape(FILE *file, const char *name)
{
	for (; *name; name++) {
		if (strchr(".[]{}()*+?^$|\\", *name))
			fputc('\\', file);
		fputc(*name, file);
	}
}

/* What follows the workers is spelt out by the program that is run, which may be an older one. */
static void filter_add(struct filter *filter, const struct compared_case *c)
{
	char name[CASE_NAME_BYTES];
	case_id_base(&(c->base ? c->base : c->head)->id, name, sizeof name);
	fputs(filter->count++ ? "|" : "^(", filter->file);
	escape(filter->file, name);
}

static void filter_add_open(struct filter *filter, const struct stage *stages, unsigned stage, double alpha)
{
	for (size_t i = 0; i < stages[0].compared.count; i++)
		if (is_open(stages, stage, &stages[0].compared.comparison[i], alpha))
			filter_add(filter, &stages[0].compared.comparison[i]);
}

/* The cases that are open, in head or in the control; filter->text is the caller's to free. */
static int make_filter(const struct gate_request *gate, unsigned stage, const struct gate_result *r,
		       struct filter *filter)
{
	*filter = (struct filter){0};
	filter->file = open_memstream(&filter->text, &filter->bytes);
	if (!filter->file)
		return complain(EXIT_UNUSABLE, "out of memory");
	filter_add_open(filter, r->head, stage, gate->question.alpha);
	filter_add_open(filter, r->control, stage, gate->question.alpha);
	fputs(filter->count ? ")(/|$)" : "", filter->file);
	fclose(filter->file);
	return 0;
}

/* ---- measuring ---- */

/* By what turns are planned, the span's; its smallest exception; of another metric where that is not judged.
 */
static double margin_of(const struct gate_request *gate)
{
	const struct compare_options *q = &gate->question;
	size_t span = 0;
	while (span < q->limits && strcmp(q->limit[span].metric, "span_ns") != 0)
		span++;
	double least = q->limits ? q->limit[span < q->limits ? span : 0].margin : 0;
	for (size_t i = 0; i < q->exceptions; i++)
		least = fmin(least, q->exception[i].margin);
	return least;
}

/* The noise of a block with which this stage finds what is GATE_FINDS beyond the margin. */
static double aim_of(const struct gate_request *gate, unsigned stage, const struct gate_result *r)
{
	double margin = margin_of(gate), slowdown = margin + GATE_FINDS;
	size_t comparisons = r->head[0].compared.count;
	double error = stage == 0
			       ? compare_error_to_see(slowdown, GATE_SUSPICION, POWER, 0)
			       : compare_error_to_see(slowdown, gate_level(gate->question.alpha, comparisons),
						      POWER, margin);
	return SAFETY * error * sqrt((double)r->planned[stage]);
}

/* When a stage has to be over: stage 1 has half of the budget, with its second look three quarters. */
static uint64_t end_of_stage(const struct gate_request *gate, unsigned stage, const struct gate_result *r)
{
	bool again = r->planned[0] > GATE_BLOCKS_1;
	return gate->run.deadline_ns - (stage > 0 ? 0 : gate->budget_ns / (again ? 4 : 2));
}

/* What one block may take. */
static uint64_t time_of_block(const struct gate_request *gate, unsigned stage, const struct gate_result *r)
{
	uint64_t now = clock_ns(), end = end_of_stage(gate, stage, r);
	return (end > now ? end - now : 0) / (r->planned[stage] - r->blocks[stage]);
}

static int look(const struct gate_request *gate, unsigned stage, struct gate_result *r)
{
	r->blocks[stage] = arms_blocks(&gate->run, stage + 1);
	if (!r->blocks[stage])
		return 0;
	int code = stage_compare(gate, stage, ARM_HEAD, r->planned[stage], &r->head[stage]);
	return code ? code : stage_compare(gate, stage, ARM_CONTROL, r->planned[stage], &r->control[stage]);
}

/* The first look of stage 1 may take all the time that there is, the second has its part. */
static bool is_over(const struct gate_request *gate, unsigned stage, const struct gate_result *r)
{
	bool again = stage == 0 && r->planned[0] > GATE_BLOCKS_1;
	uint64_t end = again ? end_of_stage(gate, stage, r) : gate->run.deadline_ns;
	return clock_ns() >= end || gate->run.dropped >= DROPS_MAX;
}

static void tell_progress(const struct gate_request *gate, unsigned stage, const struct gate_result *r,
			  size_t open)
{
	char cases[48] = "all cases";
	if (stage > 0 || r->blocks[stage] > 0)
		snprintf(cases, sizeof cases, "%zu undecided", open);
	if (!gate->quiet)
		complain(0,
			 "stage %u, block %zu of %zu, %s, %" PRIu64 " dropped for noise, at most %.0f s left",
			 stage + 1, r->blocks[stage] + 1, r->planned[stage], cases, gate->run.dropped,
			 (double)(gate->run.deadline_ns - clock_ns()) / (double)NS_PER_S);
}

/* What disturbs one block is there for the next, too: a pause of a second, or less where the budget is short.
 * A signal ends it. */
static void let_pass(const struct gate_request *gate)
{
	uint64_t ns = gate->budget_ns / 100;
	ns = ns < NS_PER_S ? ns : NS_PER_S;
	nanosleep(&(struct timespec){.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)},
		  NULL);
}

/* Stage 1 measures all cases until it is over, stage 2 each until it is decided. */
static int measure_stage(struct gate_request *gate, unsigned stage, struct gate_result *r)
{
	int code = look(gate, stage, r);
	bool more = true;
	while (!code && more && r->blocks[stage] < r->planned[stage] && !is_over(gate, stage, r)) {
		struct filter filter;
		code = make_filter(gate, stage, r, &filter);
		more = filter.count > 0 || (stage == 0 && r->blocks[0] == 0);
		if (!code && more) {
			tell_progress(gate, stage, r, filter.count);
			gate->run.aim = aim_of(gate, stage, r);
			gate->run.block_ns = time_of_block(gate, stage, r);
			uint64_t dropped = gate->run.dropped;
			code = arms_block(&gate->run, stage + 1, r->blocks[stage],
					  stage == 0 ? NULL : filter.text);
			if (!code && gate->run.dropped > dropped)
				let_pass(gate);
		}
		free(filter.text);
		code = code || !more ? code : look(gate, stage, r);
	}
	return code;
}

/* ---- the second look ---- */

/* Was stage 1 too noisy to find in a case what is to be found? */
static bool sees_too_little(const struct compared_case *c, size_t blocks)
{
	return verdict_is_tested(c->verdict) && c->p_most > GATE_SUSPICION &&
	       compare_seen(c->noise / sqrt((double)blocks), GATE_SUSPICION, POWER, 0) >
		       c->margin + GATE_FINDS;
}

/*
 * It is worth the time where a case was too noisy, and nothing is so surely slower that stage 2 should have
 * the time. Whether there is one depends on what was seen, so what either look suspects counts as suspected:
 * GATE_SUSPECTS.
 */
static bool wants_second_look(const struct gate_request *gate, const struct gate_result *r)
{
	const struct compared *first = &r->head[0].compared;
	bool too_little = false;
	if (r->planned[0] > GATE_BLOCKS_1 || clock_ns() >= gate->run.deadline_ns - gate->budget_ns / 4)
		return false;
	for (size_t i = 0; i < first->count; i++) {
		const struct compared_case *c = &first->comparison[i];
		if (!is_decided(c, GATE_SUSPICION) || (verdict_is_tested(c->verdict) && c->p_most <= SURELY))
			return false; /* the first look is not over; or stage 2 is waited for */
		too_little = too_little || sees_too_little(c, r->blocks[0]);
	}
	return too_little;
}

/* Where its time ends before its blocks do, what there is counts. */
static int measure_first_stage(struct gate_request *gate, struct gate_result *r)
{
	int code = measure_stage(gate, 0, r);
	if (!code && r->blocks[0] && wants_second_look(gate, r)) {
		r->planned[0] = GATE_BLOCKS_1_MOST;
		code = look(gate, 0, r);
		code = code ? code : measure_stage(gate, 0, r);
	}
	if (code || r->planned[0] <= GATE_BLOCKS_1 || r->blocks[0] < GATE_BLOCKS_1)
		return code;
	r->planned[0] = r->blocks[0];
	return look(gate, 0, r);
}

/* ---- verdicts ---- */

static enum verdict verdict_at(const struct compared_case *c, double level)
{
	return !verdict_is_tested(c->verdict) ? c->verdict
	       : c->p_least > level           ? VERDICT_PASS
	       : c->p_most <= level           ? VERDICT_REGRESSION
					      : VERDICT_CANNOT_TELL;
}

/* The smallest slowdown that both stages would find. */
static double seen_by_both(const struct compared_case *c, size_t blocks, double level)
{
	double first = compare_seen(c->noise / sqrt((double)blocks), GATE_SUSPICION, POWER, 0);
	double second = compare_seen(c->noise / sqrt(GATE_BLOCKS_2), level, POWER, c->margin);
	return fmax(first, second);
}

static void conclude_case(const struct gate_request *gate, const struct stage *stages, size_t blocks,
			  double level, struct compared_case *c)
{
	enum verdict first = verdict_at(c, GATE_SUSPICION);
	const struct compared_case *again = first == VERDICT_REGRESSION ? find(&stages[1].compared, c) : NULL;
	c->verdict = first;
	if (first == VERDICT_REGRESSION && !again)
		c->verdict = VERDICT_CANNOT_TELL; /* a suspect, and no more */
	if (again) {
		enum verdict second = verdict_at(again, level);
		*c = *again;
		c->verdict = second;
		c->adjusted = fmin(1, fmax(c->p, c->p * gate->question.alpha / level));
	}
	c->runs_needed = again ? GATE_BLOCKS_2 : blocks;
	if (verdict_is_tested(c->verdict))
		c->seen = seen_by_both(c, blocks, level);
}

/* Of each case what stage 1 says, and of each suspect what stage 2 says. */
static int conclude(const struct gate_request *gate, const struct stage *stages, size_t blocks,
		    struct compared *verdicts)
{
	const struct compared *first = &stages[0].compared;
	*verdicts = (struct compared){.alpha = gate->question.alpha,
				      .allow_missing = gate->question.allow_missing};
	verdicts->comparison = calloc(first->count + 1, sizeof *verdicts->comparison);
	if (!verdicts->comparison)
		return complain(EXIT_UNUSABLE, "out of memory");
	for (; verdicts->count < first->count; verdicts->count++) {
		verdicts->comparison[verdicts->count] = first->comparison[verdicts->count];
		conclude_case(gate, stages, blocks, gate_level(gate->question.alpha, first->count),
			      &verdicts->comparison[verdicts->count]);
	}
	return 0;
}

static const struct compared_case *first_with(const struct compared *compared, enum verdict verdict)
{
	for (size_t i = 0; i < compared->count; i++)
		if (compared->comparison[i].verdict == verdict)
			return &compared->comparison[i];
	return NULL;
}

/* Where there is no verdict: why not, and what would help. */
static void tell_cause(const struct gate_request *gate, struct gate_result *r)
{
	char name[CASE_NAME_BYTES];
	const struct compared_case *slower = first_with(&r->of_control, VERDICT_REGRESSION);
	unsigned stage = r->blocks[1] ? 1 : 0;
	if (slower) {
		compare_case_name(slower, name);
		snprintf(r->cause, sizeof r->cause,
			 "base was found slower than itself in %.400s (%.3f [%.3f, %.3f]): this machine is "
			 "too noisy now",
			 name, slower->ratio.value, slower->ratio.low, slower->ratio.high);
	} else if (r->code == EXIT_INCONCLUSIVE) {
		snprintf(r->cause, sizeof r->cause,
			 "stage %u has %zu of %zu blocks %s; the same --out continues%s", stage + 1,
			 r->blocks[stage], r->planned[stage],
			 gate->run.dropped >= DROPS_MAX ? "after 20 others were dropped for noise"
							: "within the budget",
			 gate->run.dropped >= DROPS_MAX ? " when it is quieter" : ", with more --budget");
	}
	if (slower && r->code != EXIT_UNUSABLE)
		r->code = EXIT_INCONCLUSIVE;
}

static int judge(const struct gate_request *gate, struct gate_result *r)
{
	int code = conclude(gate, r->head, r->planned[0], &r->of_head);
	code = code ? code : conclude(gate, r->control, r->planned[0], &r->of_control);
	r->code = r->blocks[0] ? compare_code(&r->of_head) : EXIT_INCONCLUSIVE;
	tell_cause(gate, r);
	return code;
}

/* How many blocks of all, from what is on disk. */
static int count_live(const struct gate_request *gate, struct gate_result *r)
{
	struct gate_turn *turns;
	size_t count;
	int error = arms_turns(&gate->run, &turns, &count);
	for (size_t i = 0; !error && i < count; i++)
		if (turns[i].kept && turns[i].arm == ARM_BASE)
			r->live[!turns[i].live]++;
	free(turns);
	return error && error != -ENOENT
		       ? complain(EXIT_UNUSABLE, "'%s/blocks.csv': %s", gate->run.dir, strerror(-error))
		       : 0;
}

/* Is nothing but the span judged? Then no arm needs its plain jobs. */
static bool judges_spans(const struct gate_request *gate)
{
	size_t i = 0;
	while (i < gate->question.limits && strcmp(gate->question.limit[i].metric, "span_ns") == 0)
		i++;
	return i == gate->question.limits;
}

int gate_carry_out(struct gate_request *gate, struct gate_result *r)
{
	*r = (struct gate_result){.planned = {GATE_BLOCKS_1, GATE_BLOCKS_2}};
	if (arms_blocks(&gate->run, 1) > GATE_BLOCKS_1) /* on disk: it was in its second look */
		r->planned[0] = GATE_BLOCKS_1_MOST;
	gate->run.spans = judges_spans(gate);
	gate->run.deadline_ns = clock_ns() + gate->budget_ns;
	gate->run.dropped = 0;
	int code = measure_first_stage(gate, r);
	code = code || !r->blocks[0] ? code : measure_stage(gate, 1, r);
	arms_close(&gate->run);
	code = code ? code : count_live(gate, r);
	code = code ? code : judge(gate, r);
	if (code)
		gate_result_free(r);
	return code;
}

const char *gate_how(const struct gate_result *r)
{
	return r->how        ? r->how
	       : !r->live[1] ? "sample by sample, the arms in turn"
	       : !r->live[0] ? "in whole processes, one arm after another"
			     : "partly sample by sample, partly in whole processes";
}

void gate_result_free(struct gate_result *r)
{
	compare_free(&r->of_head);
	compare_free(&r->of_control);
	for (int i = 0; i < 2; i++) {
		stage_free(&r->head[i]);
		stage_free(&r->control[i]);
	}
}
