/* How late is the first job of a pool that was idle, and what did its workers take while they waited? */
#include <math.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

#define IDLE_SUITE "idle"

static const struct {
	uint64_t pause_ns;
	const char *where;
} parts[] = {{1000, "after 1 µs"}, {1000000, "after 1 ms"}, {10000000, "after 10 ms"}};
#define PARTS (sizeof parts / sizeof *parts)
_Static_assert(PARTS <= CLAIM_PARTS, "the parts of this claim have room");

/* At the most workers that have a unit each. */
static const struct case_summary *find(const struct summary *s, uint64_t pause_ns, const char *runner)
{
	const struct pairing p = {.suite = IDLE_SUITE,
				  .workers = pairing_most_workers(s, IDLE_SUITE),
				  .size = pause_ns,
				  .ballast = PAIRING_ANY_BALLAST};
	return pairing_find(s, &p, runner);
}

/* "after 1 µs 2 processes take 1.02 [0.99, 1.04] times as long as threads", "after 1 ms 1.01 [0.98, 1.03]" */
static void say_part(const char *where, const struct estimate *ratio, uint64_t workers, struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	claims_show_ratio(ratio, text);
	if (!*c->measured)
		claims_add(c->measured,
			   "%s a job of %zu waiting processes takes %s times as long as of threads", where,
			   (size_t)workers, text);
	else
		claims_add(c->measured, ", %s %s", where, text);
}

/* Where a team of libgomp's was measured too, it stands beside: it waits otherwise. */
static void say_amounts(const struct summary *s, struct claim *c)
{
	static const struct {
		const char *runner, *whose;
	} kinds[] = {{"pthread-pool", "threads"}, {"fork-pool", "processes"}, {"openmp", "an OpenMP team"}};
	char text[CLAIM_FIGURE_BYTES];
	const char *before = "after 1 ms";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct case_summary *waited = find(s, parts[1].pause_ns, kinds[i].runner);
		if (!waited)
			continue;
		struct estimate job = pairing_reading(s, waited, reading_wall),
				share = pairing_reading(s, waited, reading_waiting);
		if (!job.n)
			continue;
		claims_also(c->measured, "%s%sa job of %s takes %s", before, *before ? " " : "",
			    kinds[i].whose, claims_show_time(&job, text));
		if (share.n)
			claims_add(c->measured, " and a waiting worker %.0f %% of a CPU", 100 * share.value);
		before = "";
	}
}

enum claim_verdict claims_judge_idle(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	struct claim_parts found = {.more = "processes start later", .not_more = "processes start no later"};
	const struct pairing any = {.suite = IDLE_SUITE, .ballast = PAIRING_ANY_BALLAST};
	if (pairing_most_workers(s, IDLE_SUITE) < 2)
		return pairing_find(s, &any, "pthread-pool") ? claims_one_unit(c)
							     : claims_unsure(&claims_nothing, c);
	for (size_t i = 0; i < PARTS; i++) {
		const struct case_summary *processes = find(s, parts[i].pause_ns, "fork-pool"),
					  *threads = find(s, parts[i].pause_ns, "pthread-pool");
		if (!processes || !threads)
			continue;
		struct claim_part *part = &found.part[found.count];
		part->where = parts[i].where;
		part->ratio = pairing_over(s, processes, threads, reading_wall);
		if (!part->ratio.n)
			continue;
		part->more = pairing_is_more(&part->ratio);
		say_part(part->where, &part->ratio, processes->id.workers, c);
		found.count++;
	}
	if (!found.count)
		return claims_unsure(&claims_nothing, c);
	say_amounts(s, c);
	claims_stamp(c, "wall_ns");
	return claims_decide(&found, "on the pause: processes start later ", ", no later ", c);
}
