/* Who computes more: in user code, in the kernel, in Python, in pools, and while waiting. */
#include <math.h>
#include <string.h>

#include "bench/claims_judges.h"
#include "bench/units.h"

/* ---- cases that differ one by one ---- */

enum { NAMED = 4 };

/* Of a pairing's cases: those where a is markedly ahead of b, or behind. */
struct sides {
	const struct case_summary *ahead[NAMED], *behind[NAMED];
	struct estimate ratio_ahead[NAMED], ratio_behind[NAMED];
	size_t aheads, behinds, cases;
};

/* Keeps the most marked ones, the most marked first. */
static void keep(const struct case_summary **cases, struct estimate *ratios, size_t count,
		 const struct case_summary *c, const struct estimate *ratio)
{
	size_t at = count < NAMED ? count : NAMED;
	while (at && fabs(log(ratio->value)) > fabs(log(ratios[at - 1].value))) {
		at--;
		if (at + 1 < NAMED) {
			cases[at + 1] = cases[at];
			ratios[at + 1] = ratios[at];
		}
	}
	if (at < NAMED) {
		cases[at] = c;
		ratios[at] = *ratio;
	}
}

static void find_sides(const struct summary *s, const struct pairing *p, struct sides *sides)
{
	*sides = (struct sides){0};
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!pairing_counterpart(s, p, c))
			continue;
		struct estimate ratio = pairing_of(s, p, c);
		sides->cases++;
		if (!pairing_is_marked(&ratio))
			continue;
		if (ratio.value < 1)
			keep(sides->ahead, sides->ratio_ahead, sides->aheads++, c, &ratio);
		else
			keep(sides->behind, sides->ratio_behind, sides->behinds++, c, &ratio);
	}
}

/* "mmap (0.17 [0.15, 0.2]), madvise (…) and 3 more" */
static void name(char *text, const struct case_summary *const *cases, const struct estimate *ratios,
		 size_t count)
{
	char figure[CLAIM_FIGURE_BYTES];
	for (size_t i = 0; i < count && i < NAMED; i++)
		claims_add(text, "%s%s (%s)", i ? ", " : "", cases[i]->kernel,
			   claims_show_ratio(&ratios[i], figure));
	if (count > NAMED)
		claims_add(text, " and %zu more", count - NAMED);
}

static void name_sides(char *text, const struct sides *sides)
{
	if (sides->aheads) {
		claims_add(text, "processes are ahead in ");
		name(text, sides->ahead, sides->ratio_ahead, sides->aheads);
	}
	if (sides->behinds) {
		claims_add(text, "%sthreads are ahead in ", sides->aheads ? "; " : "");
		name(text, sides->behind, sides->ratio_behind, sides->behinds);
	}
}

/* ---- the judges ---- */

/* Processes beside threads in all cases of a suite, at its most workers. */
struct field {
	uint64_t workers;
	struct estimate ratio;
	size_t cases;
	struct sides sides;
};

/* False, with the verdict, where there is nothing to judge. */
static bool survey(const struct summary *s, const char *suite, struct field *f, struct claim *c)
{
	const struct pairing p = {.suite = suite,
				  .a = "fork",
				  .b = "pthread",
				  .workers = pairing_most_workers(s, suite),
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_span};
	f->workers = p.workers;
	f->ratio = pairing_across(s, &p, &f->cases);
	find_sides(s, &p, &f->sides);
	if (p.workers != 1 && f->ratio.n)
		return true;
	c->verdict = p.workers == 1 ? claims_one_unit(c) : claims_unsure(&f->ratio, c);
	return false;
}

/* What it comes to where the claim does not plainly hold; `on` says on what it depends. */
static enum claim_verdict conclude(const struct field *f, const char *on, struct claim *c)
{
	if (f->sides.aheads) {
		claims_add(c->reason, "%s: ", on);
		name_sides(c->reason, &f->sides);
		return CLAIM_DEPENDS;
	}
	if (!pairing_is_not_less(&f->ratio))
		return claims_unsure(&f->ratio, c);
	name_sides(c->reason, &f->sides);
	return CLAIM_FAILS;
}

enum claim_verdict claims_judge_compute(const struct evidence *e, struct claim *c)
{
	char figure[CLAIM_FIGURE_BYTES], of_kernels[32];
	struct field f;
	if (!survey(e->summary, "scaling", &f, c))
		return c->verdict;
	claims_add(
		c->measured,
		"%llu forked processes take %s of the time that as many threads take for the same work (%s)",
		(unsigned long long)f.workers, claims_show_ratio(&f.ratio, figure),
		units_show_count(f.cases, "kernel", of_kernels, sizeof of_kernels));
	bool holds = pairing_standing(&f.ratio) == STANDING_LESS && !f.sides.behinds;
	return holds ? CLAIM_HOLDS : conclude(&f, "on the work", c);
}

enum claim_verdict claims_judge_contention(const struct evidence *e, struct claim *c)
{
	char figure[CLAIM_FIGURE_BYTES];
	struct field f;
	if (!survey(e->summary, "contention", &f, c))
		return c->verdict;
	claims_add(
		c->measured,
		"at %llu workers an operation takes processes %s of the time it takes threads (%zu kinds); "
		"markedly less in %zu, markedly more in %zu",
		(unsigned long long)f.workers, claims_show_ratio(&f.ratio, figure), f.cases, f.sides.aheads,
		f.sides.behinds);
	return f.sides.aheads == f.cases ? CLAIM_HOLDS : conclude(&f, "on what is asked of the kernel", c);
}

/* Work done by `workers` of a runner over what one core does alone: the speedup of one kernel of suite
 * python. */
static struct estimate python_gain(const struct summary *s, const char *kernel, const char *runner,
				   uint64_t workers)
{
	const struct pairing p = {.suite = "python",
				  .kernels = kernel,
				  .a = "seq",
				  .b = runner,
				  .workers = workers,
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_span};
	const struct case_summary *seq = pairing_find(s, &p, "seq"), *many = pairing_find(s, &p, runner);
	return seq && many ? pairing_over(s, seq, many, reading_span)
			   : (struct estimate){.value = NAN, .low = NAN, .high = NAN};
}

static bool surely_above(const struct estimate *gain, double threshold)
{
	return gain->n && gain->coverage >= 0.95 && gain->low > threshold;
}

static bool surely_below(const struct estimate *gain, double threshold)
{
	return gain->n && gain->coverage >= 0.95 && gain->high < threshold;
}

enum claim_verdict claims_judge_python(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	uint64_t workers = pairing_most_workers(s, "python");
	char text[4][CLAIM_FIGURE_BYTES];
	struct estimate threads = python_gain(s, "python-loop", "pthread", workers);
	struct estimate processes = python_gain(s, "python-loop", "fork", workers);
	struct estimate in_c = python_gain(s, "python-hash", "pthread", workers);
	struct estimate in_c_processes = python_gain(s, "python-hash", "fork", workers);
	if (workers == 1)
		return claims_one_unit(c);
	if (threads.n == 0 || processes.n == 0) {
		claims_add(c->reason, "not measured: it takes a Python 3 with its shared library");
		return CLAIM_UNKNOWN;
	}
	claims_add(c->measured,
		   "Python %s runs bytecode on %llu workers %s times as fast as on one core alone in "
		   "threads, %s times "
		   "in processes",
		   e->python ? e->python : "(version unknown)", (unsigned long long)workers,
		   claims_show_ratio(&threads, text[0]), claims_show_ratio(&processes, text[1]));
	if (in_c.n)
		claims_add(c->measured, "; C code that releases the GIL %s and %s times",
			   claims_show_ratio(&in_c, text[2]), claims_show_ratio(&in_c_processes, text[3]));
	/* Two threads on two units can be a little faster than one even if they take turns: where the host
	 * takes one unit away for a while, the other goes on. So what counts is half of the workers' gain. */
	double half = (1 + (double)workers) / 2;
	if (surely_above(&threads, half) || surely_below(&processes, half))
		return CLAIM_FAILS;
	if (!surely_below(&threads, half) || !surely_above(&processes, half))
		return claims_unsure(surely_below(&threads, half) ? &processes : &threads, c);
	if (!surely_above(&in_c, half))
		return CLAIM_HOLDS;
	claims_add(c->reason, "on who computes: bytecode holds the GIL, C code that releases it does not");
	return CLAIM_DEPENDS;
}

/* The gain of the most workers over as many as there are processing units. */
static struct estimate waiting_gain(const struct summary *s, const char *runner, uint64_t *few,
				    uint64_t *most)
{
	const struct case_summary *least = NULL, *all = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (strcmp(c->suite, "waiting") != 0 || strcmp(c->runner, runner) != 0 || !c->samples)
			continue;
		if (!c->oversubscribed && (!least || c->workers > least->workers))
			least = c;
		if (c->oversubscribed && (!all || c->workers > all->workers))
			all = c;
	}
	if (!least || !all)
		return (struct estimate){.value = NAN, .low = NAN, .high = NAN};
	*few = least->workers;
	*most = all->workers;
	return pairing_over(s, least, all, reading_span);
}

enum claim_verdict claims_judge_waiting(const struct evidence *e, struct claim *c)
{
	uint64_t few = 0, most = 0;
	char text[2][CLAIM_FIGURE_BYTES];
	struct estimate threads = waiting_gain(e->summary, "pthread", &few, &most);
	struct estimate processes = waiting_gain(e->summary, "fork", &few, &most);
	if (threads.n == 0 || processes.n == 0)
		return claims_unsure(threads.n ? &processes : &threads, c);
	claims_add(c->measured,
		   "%llu workers are %s times as fast as %llu in threads, and %s times in processes",
		   (unsigned long long)most, claims_show_ratio(&threads, text[0]), (unsigned long long)few,
		   claims_show_ratio(&processes, text[1]));
	bool gain[] = {pairing_standing(&threads) == STANDING_MORE,
		       pairing_standing(&processes) == STANDING_MORE};
	if (gain[0] && gain[1])
		return CLAIM_HOLDS;
	if (!gain[0] && !pairing_is_not_more(&threads))
		return claims_unsure(&threads, c);
	if (!gain[1] && !pairing_is_not_more(&processes))
		return claims_unsure(&processes, c);
	if (!gain[0] && !gain[1])
		return CLAIM_FAILS;
	claims_add(c->reason, "on the workers: only %s gain", gain[0] ? "threads" : "processes");
	return CLAIM_DEPENDS;
}

/* Of one kind of workers: what launching anew for each job takes over what a pool takes, by task size. */
struct pool_gain {
	const struct case_summary *least; /* the smallest task */
	struct estimate at_least;
	uint64_t until; /* the largest task up to which the pool is markedly ahead without a break; 0: none */
};

static struct pool_gain pool_gain(const struct summary *s, const char *launched, const char *pooled)
{
	const struct pairing p = {.suite = "granularity",
				  .kernels = "task",
				  .a = launched,
				  .b = pooled,
				  .workers = pairing_most_workers(s, "granularity"),
				  .ballast = PAIRING_ANY_BALLAST,
				  .reading = reading_wall};
	struct pool_gain gain = {.at_least = {.value = NAN, .low = NAN, .high = NAN}};
	bool ahead = true;
	for (size_t i = 0; i < s->count; i++) { /* they come in the order of their sizes */
		const struct case_summary *c = &s->cases[i];
		if (!pairing_counterpart(s, &p, c))
			continue;
		struct estimate ratio = pairing_of(s, &p, c);
		if (!gain.least) {
			gain.least = c;
			gain.at_least = ratio;
		}
		ahead = ahead && pairing_is_marked(&ratio) && ratio.value > 1;
		if (ahead)
			gain.until = c->size;
	}
	return gain;
}

static const struct grain *grain_of(const struct curves *curves, const char *runner)
{
	for (size_t i = 0; i < curves->grains.count; i++)
		if (strcmp(curves->grains.grain[i].series, runner) == 0 &&
		    strcmp(curves->grains.grain[i].panel, GRAIN_TASK) == 0)
			return &curves->grains.grain[i];
	return NULL;
}

static void say_pays(const struct curves *curves, const char *pooled, char *reason)
{
	char size[32];
	const struct grain *g = grain_of(curves, pooled);
	if (!g || g->pays.size.value > g->pays.most)
		return;
	bool at_once = g->pays.size.value < g->pays.least;
	claims_add(reason, "%s%s beats one core from tasks of %s on", *reason ? "; " : "", pooled,
		   units_show_ns(at_once ? g->pays.least : g->pays.size.value, size, sizeof size));
}

enum claim_verdict claims_judge_pool(const struct evidence *e, struct claim *c)
{
	static const struct {
		const char *launched, *pooled, *plural;
	} kinds[] = {{"pthread", "pthread-pool", "threads"}, {"fork", "fork-pool", "processes"}};
	size_t spared = 0, none = 0;
	struct pool_gain gains[2];
	for (size_t k = 0; k < 2; k++) {
		char figure[CLAIM_FIGURE_BYTES], least[24], until[24];
		struct pool_gain *g = &gains[k];
		*g = pool_gain(e->summary, kinds[k].launched, kinds[k].pooled);
		if (!g->least)
			return claims_unsure(&g->at_least, c);
		if (k == 0)
			claims_add(c->measured, "a job of tasks of %s takes",
				   units_show_ns((double)g->least->size, least, sizeof least));
		claims_add(c->measured, "%s launched %s %s times as long as pooled ones", k ? "," : "",
			   kinds[k].plural, claims_show_ratio(&g->at_least, figure));
		if (g->until)
			claims_add(c->reason, "%s %s up to %s",
				   *c->reason ? "," : "pools are ahead by more than 5 %: those of",
				   kinds[k].plural, units_show_ns((double)g->until, until, sizeof until));
		spared += g->until > 0;
		none += pairing_is_not_more(&g->at_least);
	}
	for (size_t k = 0; spared && k < 2; k++)
		say_pays(e->curves, kinds[k].pooled, c->reason);
	if (spared == 2)
		return CLAIM_HOLDS;
	if (none == 2)
		return CLAIM_FAILS;
	if (spared + none == 2)
		return CLAIM_DEPENDS;
	return claims_unsure(&gains[gains[0].until > 0].at_least, c);
}
