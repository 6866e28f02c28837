/* What a pool spares: a launch for each job, in exchange for being opened once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

#define SUITE "granularity"
#define NEVER STAT_BEYOND /* jobs: launched ones are no slower */

enum { KINDS = 2 };

static const struct {
	const char *launched, *pooled, *plural, *where;
} kinds[KINDS] = {{"pthread", "pthread-pool", "threads", "for threads"},
		  {"fork", "fork-pool", "processes", "for processes"}};

/* Of one kind of workers: what launching anew for each job takes over what a pool takes, by task size. */
struct pool_gain {
	const struct case_summary *least, *pooled; /* the smallest task */
	struct estimate at_least;
	uint64_t until; /* the largest task up to which the pool is markedly ahead without a break; 0: none */
};

/* All sizes of both kinds are looked at together. */
struct sizes {
	struct look *look;              /* of the launched ones */
	size_t count, first[KINDS + 1]; /* where each kind's begin: they come in the order of their sizes */
};

static bool look_at_sizes(const struct summary *s, struct sizes *sizes, struct pool_gain gains[static KINDS])
{
	*sizes = (struct sizes){.look = calloc(KINDS * s->count + 1, sizeof *sizes->look)};
	for (size_t k = 0; sizes->look && k < KINDS; k++) {
		const struct pairing p = {.suite = SUITE,
					  .kernels = "task",
					  .a = kinds[k].launched,
					  .b = kinds[k].pooled,
					  .workers = pairing_most_workers(s, SUITE),
					  .ballast = PAIRING_ANY_BALLAST,
					  .reading = reading_wall};
		gains[k] = (struct pool_gain){.at_least = {.value = NAN, .low = NAN, .high = NAN}};
		sizes->first[k] = sizes->count;
		for (size_t i = 0; i < s->count; i++) {
			const struct case_summary *pooled = pairing_counterpart(s, &p, &s->cases[i]);
			if (!pooled)
				continue;
			sizes->look[sizes->count] = look_at(s, &s->cases[i], pooled, reading_wall, 1);
			if (!gains[k].least)
				gains[k] = (struct pool_gain){.least = &s->cases[i],
							      .pooled = pooled,
							      .at_least = sizes->look[sizes->count].ratio};
			sizes->count++;
		}
		sizes->first[k + 1] = sizes->count;
	}
	return sizes->look && looks_correct(sizes->look, sizes->count) == 0;
}

static bool make_gains(const struct summary *s, struct pool_gain gains[static KINDS])
{
	struct sizes sizes;
	bool made = look_at_sizes(s, &sizes, gains);
	for (size_t k = 0; made && k < KINDS; k++)
		for (size_t i = sizes.first[k]; i < sizes.first[k + 1] && look_is_more(&sizes.look[i]) &&
						claims_is_sure(&sizes.look[i].ratio);
		     i++)
			gains[k].until = sizes.look[i].of->id.size;
	free(sizes.look);
	return made;
}

/* How many jobs it takes until opening the pool has cost less than launching for each of them. */
static struct estimate jobs_to_break_even(const struct summary *s, const struct pool_gain *g)
{
	struct estimate e = {.value = NAN, .low = NAN, .high = NAN};
	double *x = calloc(s->run_count + 1, sizeof *x);
	size_t n = 0;
	for (size_t r = 0; x && r < s->run_count; r++) {
		double spared = pairing_difference(s, g->least, g->pooled, reading_wall, r);
		double jobs = reading_open(s, g->pooled, r) / spared;
		if (isfinite(reading_open(s, g->pooled, r)) && isfinite(spared))
			x[n++] = spared > 0 ? jobs : NEVER;
	}
	if (n)
		e = stat_crossing_interval(x, n);
	free(x);
	return e;
}

/* "2.31 [1.90, 3.02]"; where the interval reaches it, "never". */
static const char *show_jobs(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES])
{
	char part[3][CLAIM_FIGURE_BYTES / 4];
	const double x[] = {e->value, e->low, e->high};
	for (size_t i = 0; i < 3; i++)
		snprintf(part[i], sizeof part[i],
			 x[i] >= NEVER ? "never"
			 : x[i] < 10   ? "%.2f"
				       : "%.0f",
			 x[i]);
	return claims_show_interval(e, part[0], part[1], part[2], text);
}

static void say_break_even(const struct summary *s, const struct pool_gain gains[static KINDS],
			   struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	bool begun = false;
	for (size_t k = 0; k < KINDS; k++) {
		struct estimate jobs = gains[k].least ? jobs_to_break_even(s, &gains[k])
						      : (struct estimate){.value = NAN};
		if (!jobs.n)
			continue;
		claims_add(c->measured,
			   begun ? ", %s for %s" : "; jobs until opening a pool pays off: %s for %s",
			   show_jobs(&jobs, text), kinds[k].plural);
		claims_stamp(c, "open_ns");
		begun = true;
	}
}

static const struct grain *grain_of(const struct grains *grains, const char *runner)
{
	for (size_t i = 0; i < grains->count; i++)
		if (strcmp(grains->grain[i].series, runner) == 0 &&
		    strcmp(grains->grain[i].panel, GRAIN_TASK) == 0)
			return &grains->grain[i];
	return NULL;
}

static void say_pays(const struct grains *grains, const char *pooled, char *reason)
{
	char size[32];
	const struct grain *g = grain_of(grains, pooled);
	if (!g || g->pays.size.value > g->pays.most)
		return;
	bool at_once = g->pays.size.value < g->pays.least;
	claims_add(reason, "%s%s beats one core from tasks of %s on", *reason ? "; " : "", pooled,
		   units_show_ns(at_once ? g->pays.least : g->pays.size.value, size, sizeof size));
}

static void say_gains(const struct pool_gain gains[static KINDS], struct claim *c)
{
	char figure[CLAIM_FIGURE_BYTES], least[24], until[24];
	const char *before = "";
	for (size_t k = 0; k < KINDS; k++) {
		if (!gains[k].least)
			continue;
		if (!*before)
			claims_add(c->measured, "a job of tasks of %s takes",
				   units_show_ns((double)gains[k].least->id.size, least, sizeof least));
		claims_add(c->measured, "%s launched %s %s times as long as pooled ones", before,
			   kinds[k].plural, claims_show_ratio(&gains[k].at_least, figure));
		before = ",";
		if (gains[k].until)
			claims_add(c->reason, "%s %s up to %s",
				   *c->reason ? "," : "pools are ahead by more than 5 %: those of",
				   kinds[k].plural,
				   units_show_ns((double)gains[k].until, until, sizeof until));
	}
}

static struct claim_parts parts_of(const struct pool_gain gains[static KINDS])
{
	struct claim_parts parts = {
		.more = "a pool is ahead", .not_more = "a pool is not ahead", .count = KINDS};
	for (size_t k = 0; k < KINDS; k++)
		parts.part[k] = (struct claim_part){kinds[k].where, gains[k].at_least, gains[k].until > 0};
	return parts;
}

static enum claim_verdict judge_pools(const struct claim_parts *parts, struct claim *c)
{
	enum claim_verdict verdict = claims_agree(parts, c);
	if (verdict != CLAIM_UNKNOWN)
		return verdict;
	if (claims_parts_more(parts) + claims_parts_not_more(parts) < claims_parts_measured(parts))
		return claims_name_open(parts, c);
	claims_rest_on(c, &parts->part[!parts->part[0].more].ratio);
	return CLAIM_DEPENDS;
}

enum claim_verdict claims_judge_pool(const struct evidence *e, struct claim *c)
{
	struct pool_gain gains[KINDS];
	if (!make_gains(e->summary, gains))
		return CLAIM_UNKNOWN;
	struct claim_parts parts = parts_of(gains);
	if (!claims_parts_measured(&parts))
		return claims_unsure(&gains[0].at_least, c);
	claims_stamp(c, "wall_ns");
	say_gains(gains, c);
	say_break_even(e->summary, gains, c);
	claims_say_older(gains[gains[0].least ? 0 : 1].least, c);
	for (size_t k = 0; k < KINDS; k++)
		if (gains[k].until)
			say_pays(e->grains, kinds[k].pooled, c->reason);
	enum claim_verdict verdict = judge_pools(&parts, c);
	claims_name_measured(&parts, c);
	return verdict;
}
