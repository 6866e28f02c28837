#include "bench/regress/count_gate.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/base/exit.h"
#include "bench/regress/arm_process.h"
#include "runners/cell/callgrind.h"
#include "runners/clock.h"
#include "runners/counters.h"

#define METRIC "instructions_user"

int count_gate_wanted(const struct compare_options *q, bool *wanted)
{
	*wanted = false;
	for (size_t i = 0; i < q->limits; i++)
		*wanted |= strcmp(q->limit[i].metric, METRIC) == 0;
	return *wanted && q->limits > 1
		       ? complain(EXIT_UNUSABLE, "--metric: a gate counts instructions or takes time: give "
						 "instructions alone, and the others in a gate of their own")
		       : 0;
}

/* ---- how it can be counted here ---- */

static bool is_in_path(const char *program)
{
	char path[PATH_MAX];
	const char *list = getenv("PATH"), *rest = list ? list : "/usr/bin:/bin";
	while (*rest) {
		size_t n = strcspn(rest, ":");
		snprintf(path, sizeof path, "%.*s/%s", (int)n, rest, program);
		if (access(path, X_OK) == 0)
			return true;
		rest += n + (rest[n] == ':');
	}
	return false;
}

/* Where callgrind is to write; a % in the name would be one of its own. */
static int offer_callgrind(const struct gate_run *run, char *folder)
{
	char path[PATH_MAX];
	if (!is_in_path(CALLGRIND_PROGRAM))
		return complain(EXIT_UNUSABLE,
				"--metric instructions: the processor's counters cannot be read here (`pvt "
				"doctor` says why), and there is no " CALLGRIND_PROGRAM
				" in PATH to count instead: install it");
	snprintf(path, sizeof path, "%s/callgrind", run->dir);
	if ((mkdir(path, 0777) != 0 && errno != EEXIST) || !realpath(path, folder))
		return complain(EXIT_UNUSABLE, "'%s': %s", path, strerror(errno));
	if (strchr(folder, '%'))
		return complain(EXIT_UNUSABLE,
				"'%s': a %% in the name is not supported with --metric "
				"instructions",
				folder);
	return setenv(CALLGRIND_VARIABLE, folder, 1) ? complain(EXIT_UNUSABLE, "out of memory") : 0;
}

/* What a block leaves there: hundreds of files of what is not compared. */
static void clear(const char *folder)
{
	DIR *dir = *folder ? opendir(folder) : NULL;
	for (struct dirent *file; dir && (file = readdir(dir));)
		if (*file->d_name != '.')
			unlinkat(dirfd(dir), file->d_name, 0);
	if (dir)
		closedir(dir);
	if (*folder)
		rmdir(folder);
}

/* ---- measuring ---- */

static int count_runs(struct gate_request *gate, const char *folder, struct gate_result *r)
{
	int code = 0;
	r->blocks[0] = arms_blocks(&gate->run, 1);
	while (!code && r->blocks[0] < COUNT_RUNS && clock_ns() < gate->run.deadline_ns) {
		if (!gate->quiet)
			complain(0, "run %zu of %d of both builds, at most %.0f s left", r->blocks[0] + 1,
				 COUNT_RUNS, (double)(gate->run.deadline_ns - clock_ns()) / (double)NS_PER_S);
		if (*folder && mkdir(folder, 0777) != 0 && errno != EEXIST)
			code = complain(EXIT_UNUSABLE, "'%s': %s", folder, strerror(errno));
		code = code ? code : arms_block(&gate->run, 1, r->blocks[0], NULL);
		clear(folder);
		r->blocks[0] += !code;
	}
	return code;
}

static int measure(struct gate_request *gate, bool by_callgrind, struct gate_result *r)
{
	char folder[PATH_MAX] = "", *line[2] = {NULL, NULL};
	const char *given[2] = {gate->run.command[ARM_BASE], gate->run.command[ARM_HEAD]};
	int code = by_callgrind ? offer_callgrind(&gate->run, folder) : 0;
	for (int arm = 0; arm < 2 && !code; arm++) {
		const char *size = strstr(given[arm], "--size") ? "" : " --size small";
		if (asprintf(&line[arm], "%s --runner seq%s", given[arm], size) < 0) {
			line[arm] = NULL;
			code = complain(EXIT_UNUSABLE, "out of memory");
		}
		gate->run.command[arm] = line[arm];
	}
	code = code ? code : count_runs(gate, folder, r);
	unsetenv(CALLGRIND_VARIABLE);
	for (int arm = 0; arm < 2; arm++) {
		gate->run.command[arm] = given[arm];
		free(line[arm]);
	}
	return code;
}

/* ---- verdicts ---- */

struct counts {
	double low, high;
	size_t runs;
};

static struct counts counts_of(const struct sample_set *side, const struct case_summary *c)
{
	struct counts k = {INFINITY, 0, 0};
	for (size_t i = 0; i < side->summary.run_count; i++) {
		double value = c->by_run[METRIC_INSTRUCTIONS][i];
		if (!isfinite(value))
			continue;
		k.low = fmin(k.low, value);
		k.high = fmax(k.high, value);
		k.runs++;
	}
	return k;
}

static bool differ(const struct counts *k, double margin)
{
	return k->high - k->low > COUNT_DIFFERENCE * margin * k->low;
}

/* The first that differs is named, with the number of others. */
static void tell_difference(struct gate_result *r, const struct compared_case *c, const char *arm,
			    const struct counts *k)
{
	char name[CASE_NAME_BYTES];
	if (*r->cause)
		return;
	snprintf(
		r->cause, sizeof r->cause,
		"two runs of %s differ in %.300s, %.0f and %.0f instructions: its work depends on addresses, "
		"seeds or time, and a count of it says nothing",
		arm, compare_case_name(c, name), k->low, k->high);
}

static void conclude(const struct stage *s, struct gate_result *r, struct compared_case *c)
{
	struct counts base = counts_of(&s->base, c->base), head = counts_of(&s->other, c->head);
	double ratio = (head.low + head.high) / (base.low + base.high);
	c->runs_needed = COUNT_RUNS;
	c->base_runs = base.runs;
	c->head_runs = head.runs;
	c->noise = 0;
	c->seen = c->margin;
	c->ratio = (struct estimate){
		.value = ratio, .low = head.low / base.high, .high = head.high / base.low};
	c->verdict = ratio > 1 + c->margin ? VERDICT_REGRESSION : VERDICT_PASS;
	if (base.runs < COUNT_RUNS || head.runs < COUNT_RUNS || differ(&base, c->margin) ||
	    differ(&head, c->margin)) {
		c->verdict = VERDICT_CANNOT_TELL;
		c->seen = NAN;
	}
	if (differ(&base, c->margin))
		tell_difference(r, c, "base", &base);
	else if (differ(&head, c->margin))
		tell_difference(r, c, "head", &head);
	c->p = c->q = c->adjusted = c->verdict == VERDICT_REGRESSION ? 0 : 1;
}

static int read_side(const struct gate_request *gate, enum arm arm, struct sample_set *side)
{
	char path[PATH_MAX], why[512] = "out of memory";
	return compare_read(side, arms_file(&gate->run, 1, arm, path, sizeof path), why, sizeof why)
		       ? complain(EXIT_UNUSABLE, "%s", why)
		       : 0;
}

static bool has_counts(const struct sample_set *side)
{
	for (size_t i = 0; i < side->summary.count; i++)
		if (counts_of(side, &side->summary.cases[i]).runs)
			return true;
	return false;
}

static int judge(const struct gate_request *gate, struct gate_result *r)
{
	struct stage *s = &r->head[0];
	struct compare_options q = gate->question;
	q.planned = COUNT_RUNS;
	int code = read_side(gate, ARM_BASE, &s->base);
	code = code ? code : read_side(gate, ARM_HEAD, &s->other);
	for (int arm = 0; arm < 2 && !code; arm++)
		if (!has_counts(arm ? &s->other : &s->base))
			code = complain(
				EXIT_UNUSABLE,
				"--%s counted no instructions: is it a `pvt run` of a build that can, "
				"with cases for the runner seq? See %s/%s.log",
				arm_name((enum arm)arm), gate->run.dir, arm_name((enum arm)arm));
	if (!code && compare_sides(&s->base, &s->other, &q, &r->of_head))
		code = complain(EXIT_UNUSABLE, "out of memory");
	for (size_t i = 0; i < r->of_head.count && !code; i++)
		if (verdict_is_tested(r->of_head.comparison[i].verdict))
			conclude(s, r, &r->of_head.comparison[i]);
	return code;
}

static void tell_code(struct gate_result *r)
{
	r->code = r->blocks[0] ? compare_code(&r->of_head) : EXIT_INCONCLUSIVE;
	if (r->blocks[0] < COUNT_RUNS)
		snprintf(
			r->cause, sizeof r->cause,
			"%zu of %d runs of each build within the budget; the same --out continues, with more "
			"--budget",
			r->blocks[0], COUNT_RUNS);
	else if (r->code != EXIT_INCONCLUSIVE)
		*r->cause = '\0'; /* the cases say it themselves */
}

int count_gate_carry_out(struct gate_request *gate, struct gate_result *r)
{
	struct counter_event events[COUNTERS];
	counters_look(events, NULL);
	bool by_callgrind = !events[INSTRUCTIONS_USER].wanted;
	*r = (struct gate_result){0};
	r->how =
		by_callgrind
			? "in instructions that valgrind's callgrind counted, on the runner seq: " COUNT_UNSEEN
			: "in instructions that the processor counted, on the runner seq: " COUNT_UNSEEN;
	gate->run.deadline_ns = clock_ns() + gate->budget_ns;
	gate->run.dropped = 0;
	gate->run.counts = true;
	gate->run.repetitions = 1;
	int code = measure(gate, by_callgrind, r);
	code = code || !r->blocks[0] ? code : judge(gate, r);
	if (code)
		gate_result_free(r);
	else
		tell_code(r);
	return code;
}
