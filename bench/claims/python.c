/* Python's claims: whether its threads take turns, in each build that was measured; and what one without a
 * GIL gains and costs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/claims/judges.h"
#include "bench/claims/python_words.h"

/*
 * Work done by `workers` of a runner over what one core does alone: the speedup of one kernel of suite
 * python. The look asks whether that is more or less than `over`.
 */
static struct look python_gain(const struct summary *s, const char *python, const char *const of[2],
			       uint64_t workers, double over, struct estimate *gain)
{
	const struct pairing p = {.suite = "python",
				  .kernels = of[0],
				  .workers = workers,
				  .ballast = PAIRING_ANY_BALLAST,
				  .python = python};
	const struct case_summary *seq = pairing_find(s, &p, "seq"), *many = pairing_find(s, &p, of[1]);
	*gain = seq && many ? pairing_over(s, seq, many, reading_span) : claims_nothing;
	return look_at(s, seq, many, reading_span, over);
}

/* Two threads on two units can be a little faster than one even if they take turns: where the host takes one
 * unit away for a while, the other goes on. So what counts is half of the workers' gain. */
static double half_gain(uint64_t workers)
{
	return (1 + (double)workers) / 2;
}

/* ---- who takes turns ---- */

enum { THREADS, PROCESSES, IN_C, IN_C_PROCESSES, GAINS };

struct python_gains {
	const char *python; /* as the column has it */
	char name[PYTHON_NAME_BYTES];
	bool subs; /* threads alone, with an interpreter each */
	uint64_t workers;
	double half;
	struct estimate gain[GAINS];
	struct look look[GAINS];
};

static void look_at_python(const struct evidence *e, const char *python, struct python_gains *g)
{
	static const char *const of[GAINS][2] = {{"python-loop", "pthread"},
						 {"python-loop", "fork"},
						 {"python-hash", "pthread"},
						 {"python-hash", "fork"}};
	*g = (struct python_gains){.python = python,
				   .subs = python_has_subs(python),
				   .workers = pairing_most_workers(e->summary, "python")};
	g->half = half_gain(g->workers);
	python_name(python, e->python, g->name);
	for (size_t i = 0; i < GAINS; i++)
		g->look[i] = python_gain(e->summary, python, of[i], g->workers, g->half, &g->gain[i]);
}

static bool is_measured(const struct python_gains *g)
{
	return g->gain[THREADS].n && (g->subs || g->gain[PROCESSES].n);
}

/* The first says what the figures are. */
static void say_gains(const struct python_gains *g, struct claim *c)
{
	char text[2][CLAIM_FIGURE_BYTES];
	bool first = !*c->measured;
	claims_also(c->measured, "Python %s ", g->name);
	if (first)
		claims_add(c->measured, "runs bytecode on %llu workers ", (unsigned long long)g->workers);
	claims_add(c->measured, "%s times%s in threads", claims_show_ratio(&g->gain[THREADS], text[0]),
		   first ? " as fast as on one core alone" : "");
	if (!g->subs)
		claims_add(c->measured, ", %s times in processes",
			   claims_show_ratio(&g->gain[PROCESSES], text[0]));
	if (g->gain[IN_C].n && !g->subs)
		claims_add(c->measured, "; C code that releases the GIL %s and %s times",
			   claims_show_ratio(&g->gain[IN_C], text[0]),
			   claims_show_ratio(&g->gain[IN_C_PROCESSES], text[1]));
}

/* Which of the two does not tell, and what the other one says. */
static enum claim_verdict name_open_gain(const struct python_gains *g, bool threads_below,
					 bool processes_above, struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	if (threads_below)
		claims_also(c->reason, "threads take turns");
	if (processes_above && !g->subs)
		claims_also(c->reason, "processes do not take turns");
	const struct estimate *open = &g->gain[threads_below ? PROCESSES : THREADS];
	claims_also(c->reason, "%s (%s, half of the possible gain is %.3g) ",
		    threads_below ? "in processes" : "in threads", claims_show_ratio(open, text), g->half);
	if (!claims_is_sure(open) || (open->low <= g->half && open->high >= g->half))
		return claims_unsure(open, c);
	claims_rest_on(c, open);
	c->takes_time = true;
	claims_add(c->reason, "it is %s than half by too little to be sure: measure longer (`--budget`)",
		   open->low > g->half ? "more" : "less");
	return CLAIM_UNKNOWN;
}

/*
 * Against the claim speaks any one of two gains, which is corrected for; for it have both to speak, and what
 * it depends on, so each by its own interval.
 */
static enum claim_verdict judge_turns(struct python_gains *g, struct claim *c)
{
	bool above[IN_C_PROCESSES], below[IN_C_PROCESSES];
	looks_correct(g->look, g->subs ? PROCESSES : IN_C);
	for (size_t i = 0; i < IN_C_PROCESSES; i++) {
		above[i] = claims_is_sure(&g->gain[i]) && g->gain[i].low > g->half;
		below[i] = claims_is_sure(&g->gain[i]) && g->gain[i].high < g->half;
	}
	if (g->subs)
		above[PROCESSES] = true, below[PROCESSES] = false;
	if ((above[THREADS] && look_is_more(&g->look[THREADS])) ||
	    (below[PROCESSES] && look_is_less(&g->look[PROCESSES]))) {
		claims_rest_on(c, &g->gain[above[THREADS] ? THREADS : PROCESSES]);
		return CLAIM_FAILS;
	}
	if (!below[THREADS] || !above[PROCESSES])
		return name_open_gain(g, below[THREADS], above[PROCESSES], c);
	claims_rest_on(c, &g->gain[THREADS]);
	if (!above[IN_C])
		return CLAIM_HOLDS;
	claims_add(c->reason, "on the code: bytecode holds the GIL, C code that releases it does not");
	return CLAIM_DEPENDS;
}

/* What each build says, each corrected for by itself: nothing is picked from among them. */
struct of_builds {
	struct python_gains gains[PYTHONS_MOST];
	struct claim said[PYTHONS_MOST];
	size_t count;
};

static void list_builds(const struct of_builds *all, bool fails, const char *before, struct claim *c)
{
	bool any = false;
	for (size_t i = 0; i < all->count; i++)
		if (all->said[i].verdict != CLAIM_UNKNOWN && (all->said[i].verdict == CLAIM_FAILS) == fails) {
			claims_add(c->reason, "%sPython %s", any ? ", " : before, all->gains[i].name);
			any = true;
		}
}

static void take_over(const struct claim *of, struct claim *c)
{
	c->deciding = of->deciding;
	c->takes_time = of->takes_time;
}

static const struct claim *first_of(const struct of_builds *all, enum claim_verdict verdict)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->said[i].verdict == verdict)
			return &all->said[i];
	return NULL;
}

/* Of builds that are not open. */
static enum claim_verdict judge_decided(const struct of_builds *all, struct claim *c)
{
	const struct claim *holds = first_of(all, CLAIM_HOLDS), *fails = first_of(all, CLAIM_FAILS),
			   *depends = first_of(all, CLAIM_DEPENDS);
	const struct claim *of = fails ? fails : depends ? depends : holds;
	take_over(of, c);
	if (!!holds + !!fails + !!depends == 1) {
		claims_add(c->reason, "%s", of->reason);
		return of->verdict;
	}
	if (!fails) {
		claims_add(c->reason,
			   "on the code: bytecode holds the GIL, C code that releases it need not");
		return CLAIM_DEPENDS;
	}
	list_builds(all, false, "on the build: it holds for bytecode in ", c);
	list_builds(all, true, "; it does not in ", c);
	return CLAIM_DEPENDS;
}

/* What an open build will say matters no more once the others differ, or one depends on the code. */
static enum claim_verdict judge_builds(const struct of_builds *all, struct claim *c)
{
	const struct claim *open = first_of(all, CLAIM_UNKNOWN);
	bool settled = first_of(all, CLAIM_DEPENDS) ||
		       (first_of(all, CLAIM_HOLDS) && first_of(all, CLAIM_FAILS));
	if (!open || settled) {
		enum claim_verdict verdict = judge_decided(all, c);
		if (open)
			claims_add(c->reason, "; not to be told for Python %s: %s",
				   all->gains[open - all->said].name, open->reason);
		return verdict;
	}
	take_over(open, c);
	if (all->count > 1)
		claims_add(c->reason, "Python %s: ", all->gains[open - all->said].name);
	claims_add(c->reason, "%s", open->reason);
	return CLAIM_UNKNOWN;
}

enum claim_verdict claims_judge_python(const struct evidence *e, struct claim *c)
{
	const char *pythons[PYTHONS_MOST];
	struct of_builds all = {0};
	if (pairing_most_workers(e->summary, "python") == 1)
		return claims_one_unit(c);
	size_t count = python_list(e->summary, pythons);
	for (size_t i = 0; i < count; i++) {
		struct python_gains *g = &all.gains[all.count];
		struct claim *said = &all.said[all.count];
		look_at_python(e, pythons[i], g);
		if (!is_measured(g))
			continue;
		say_gains(g, c);
		said->verdict = judge_turns(g, said);
		all.count++;
	}
	if (!all.count) {
		claims_add(c->reason, "it takes a Python 3 with its shared library");
		return CLAIM_UNMEASURED;
	}
	claims_stamp(c, "span_ns");
	return judge_builds(&all, c);
}

/* ---- without a GIL ---- */

enum { OWN, SHARED, ALONE, FREE_LOOKS };

struct free_threads {
	char name[PYTHON_NAME_BYTES];
	const char *with_gil; /* the same version's other build; NULL: not measured */
	uint64_t workers;
	double half;
	struct estimate figure[FREE_LOOKS], processes;
	struct look look[FREE_LOOKS];
};

/* The newest without a GIL, and the same version with one. */
static const char *find_free(const char *const *pythons, size_t count, const char **with_gil)
{
	const char *found = NULL;
	*with_gil = NULL;
	for (size_t i = 0; i < count; i++)
		if (python_is_free(pythons[i]))
			found = pythons[i];
	for (size_t i = 0; i < count && found; i++)
		if (strlen(pythons[i]) + 1 == strlen(found) &&
		    strncmp(pythons[i], found, strlen(pythons[i])) == 0)
			*with_gil = pythons[i];
	return found;
}

static void look_at_free(const struct evidence *e, const char *python, struct free_threads *f)
{
	static const char *const own[] = {"python-loop", "pthread"},
				 *const forked[] = {"python-loop", "fork"},
				 *const shared[] = {"python-shared", "pthread"};
	const struct pairing alone = {.suite = "python",
				      .kernels = "python-loop",
				      .ballast = PAIRING_ANY_BALLAST,
				      .python = python},
			     beside = {.suite = "python",
				       .kernels = "python-loop",
				       .ballast = PAIRING_ANY_BALLAST,
				       .python = f->with_gil};
	const struct case_summary *seq = pairing_find(e->summary, &alone, "seq"),
				  *other = f->with_gil ? pairing_find(e->summary, &beside, "seq") : NULL;
	f->workers = pairing_most_workers(e->summary, "python");
	f->half = half_gain(f->workers);
	python_name(python, NULL, f->name);
	f->look[OWN] = python_gain(e->summary, python, own, f->workers, f->half, &f->figure[OWN]);
	f->look[SHARED] = python_gain(e->summary, python, shared, f->workers, 1, &f->figure[SHARED]);
	f->look[ALONE] = look_at(e->summary, seq, other, reading_span, 1);
	f->figure[ALONE] = f->look[ALONE].ratio;
	python_gain(e->summary, python, forked, f->workers, 1, &f->processes);
	looks_correct(f->look, FREE_LOOKS);
}

struct estimate claims_free_threads_price(const struct summary *s)
{
	const char *pythons[PYTHONS_MOST], *with_gil;
	const char *python = find_free(pythons, python_list(s, pythons), &with_gil);
	struct pairing p = {.suite = "python", .kernels = "python-loop", .ballast = PAIRING_ANY_BALLAST};
	if (!python || !with_gil || strncmp(python, "3.13.", 5) != 0)
		return claims_nothing;
	p.python = python;
	const struct case_summary *seq = pairing_find(s, &p, "seq");
	p.python = with_gil;
	const struct case_summary *other = pairing_find(s, &p, "seq");
	return seq && other ? pairing_over(s, seq, other, reading_span) : claims_nothing;
}

static void say_free(const struct free_threads *f, struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	claims_add(c->measured,
		   "Python %s runs bytecode on %llu workers %s times as fast as on one core alone in threads",
		   f->name, (unsigned long long)f->workers, claims_show_ratio(&f->figure[OWN], text));
	if (f->processes.n)
		claims_add(c->measured, ", %s times in processes", claims_show_ratio(&f->processes, text));
	if (f->figure[SHARED].n)
		claims_also(c->measured,
			    "threads that add to one counter behind a lock are %s times as fast as "
			    "one of them alone",
			    claims_show_ratio(&f->figure[SHARED], text));
	if (f->figure[ALONE].n)
		claims_also(c->measured, "one thread takes %s times as long as in Python %s with its GIL",
			    claims_show_ratio(&f->figure[ALONE], text), f->with_gil);
}

static bool is_sure_more(const struct free_threads *f, int which)
{
	return claims_is_sure(&f->figure[which]) && look_is_more(&f->look[which]);
}

static bool is_sure_less(const struct free_threads *f, int which)
{
	return claims_is_sure(&f->figure[which]) && look_is_less(&f->look[which]);
}

/* They compute at once: what else there is to it. */
static enum claim_verdict judge_price(const struct free_threads *f, struct claim *c)
{
	bool pays = is_sure_more(f, ALONE), loses = is_sure_less(f, SHARED);
	if (pays || loses) {
		claims_rest_on(c, &f->figure[pays ? ALONE : SHARED]);
		claims_add(c->reason, "on the work: threads compute in parallel on objects of their own");
		if (loses)
			claims_add(c->reason,
				   ", and are slower than one where they share an object and its lock");
		if (pays)
			claims_add(c->reason, "; one thread alone takes longer than with the GIL");
		return CLAIM_DEPENDS;
	}
	if (!f->figure[ALONE].n) {
		claims_add(c->reason, "it takes the same version with its GIL to show what one thread pays");
		return CLAIM_UNKNOWN;
	}
	if (!f->figure[SHARED].n) {
		claims_add(c->reason, "python-shared was not measured");
		return CLAIM_UNKNOWN;
	}
	if (!pairing_is_not_more(&f->figure[ALONE]) || !pairing_is_not_less(&f->figure[SHARED])) {
		bool alone = !pairing_is_not_more(&f->figure[ALONE]);
		claims_add(c->reason, alone ? "one thread's time " : "on one object ");
		return claims_unsure(&f->figure[alone ? ALONE : SHARED], c);
	}
	claims_rest_on(c, &f->figure[OWN]);
	return CLAIM_HOLDS;
}

enum claim_verdict claims_judge_free_threads(const struct evidence *e, struct claim *c)
{
	const char *pythons[PYTHONS_MOST];
	struct free_threads f = {0};
	const char *python = find_free(pythons, python_list(e->summary, pythons), &f.with_gil);
	if (pairing_most_workers(e->summary, "python") == 1)
		return claims_one_unit(c);
	if (python)
		look_at_free(e, python, &f);
	if (!f.figure[OWN].n) {
		claims_add(c->reason,
			   "it takes a Python without a GIL (3.13 or later, configured with --disable-gil) "
			   "and one of the same version with it: name both with --python");
		return CLAIM_UNMEASURED;
	}
	claims_stamp(c, "span_ns");
	say_free(&f, c);
	if (claims_is_sure(&f.figure[OWN]) && f.figure[OWN].high < f.half && look_is_less(&f.look[OWN])) {
		claims_rest_on(c, &f.figure[OWN]);
		claims_add(c->reason, "threads still take turns");
		return CLAIM_FAILS;
	}
	if (!claims_is_sure(&f.figure[OWN]) || f.figure[OWN].low <= f.half || !look_is_more(&f.look[OWN])) {
		claims_add(c->reason, "in threads (half of the possible gain is %.3g) ", f.half);
		return claims_unsure(&f.figure[OWN], c);
	}
	return judge_price(&f, c);
}
