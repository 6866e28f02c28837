/* Does a worker that maps, unmaps and protects memory slow down others who do not? */
#include <math.h>
#include <stdlib.h>

#include "bench/claims/bystander.h"
#include "bench/claims/judges.h"

#define PARTS 4
_Static_assert(PARTS <= CLAIM_PARTS, "the parts of this claim have room");

static const struct {
	const char *kernel, *base; /* beside one that disturbs, and beside one that only spins */
	const char *work, *beside, *where;
} parts[PARTS] = {
	{"compute-mmap", "compute-spin", "computing", "maps and unmaps memory",
	 "computing next to mmap and munmap"},
	{"fault-mmap", "fault-spin", "faulting", "maps and unmaps memory",
	 "faulting next to mmap and munmap"},
	{"compute-mprotect", "compute-spin", "computing", "changes a page's protection",
	 "computing next to mprotect"},
	{"fault-mprotect", "fault-spin", "faulting", "changes a page's protection",
	 "faulting next to mprotect"},
};

const struct case_summary *bystander_case(const struct summary *s, const char *kernel, const char *runner)
{
	const struct pairing p = {.suite = BYSTANDER_SUITE,
				  .kernels = kernel,
				  .workers = pairing_most_workers(s, BYSTANDER_SUITE),
				  .ballast = PAIRING_ANY_BALLAST};
	return pairing_find(s, &p, runner);
}

/* What remains of a runner's time beside one that disturbs, over that beside one that spins. */
static double slowdown_in(const struct summary *s, size_t part, const char *runner, size_t run)
{
	const struct case_summary *disturbed = bystander_case(s, parts[part].kernel, runner),
				  *calm = bystander_case(s, parts[part].base, runner);
	return disturbed && calm ? pairing_ratio(s, disturbed, calm, reading_span_an_item, run) : (double)NAN;
}

typedef double of_run(const struct summary *s, size_t part, size_t run);

static double of_threads(const struct summary *s, size_t part, size_t run)
{
	return slowdown_in(s, part, "pthread", run);
}

static double of_processes(const struct summary *s, size_t part, size_t run)
{
	return slowdown_in(s, part, "fork", run);
}

static double of_both(const struct summary *s, size_t part, size_t run)
{
	return of_threads(s, part, run) / of_processes(s, part, run);
}

static struct estimate over_runs(const struct summary *s, of_run *value, size_t part)
{
	struct estimate e = claims_nothing;
	double *x = calloc(s->run_count + 1, sizeof *x);
	size_t n = 0;
	for (size_t r = 0; x && r < s->run_count; r++) {
		double in_run = value(s, part, r);
		if (isfinite(in_run) && in_run > 0)
			x[n++] = in_run;
	}
	if (n)
		e = stat_interval(x, n);
	free(x);
	return e;
}

/* What one unmapping costs who does it, in threads less in processes: what its processor waits for the
 * others'. */
static double shootdown_in(const struct summary *s, size_t part, size_t run)
{
	const struct case_summary *threads = bystander_case(s, parts[part].kernel, "pthread"),
				  *processes = bystander_case(s, parts[part].kernel, "fork");
	if (!threads || !processes)
		return NAN;
	return reading_span(s, threads, run) / reading_disturbances(s, threads, run) -
	       reading_span(s, processes, run) / reading_disturbances(s, processes, run);
}

struct estimate bystander_shootdown(const struct summary *s)
{
	return over_runs(s, shootdown_in, 0);
}

/* "next to a worker that maps and unmaps memory, computing takes threads 1.20 times as long as next to one
 * that spins, processes 1.00 times: 1.20 times as much; faulting 1.40 and 1.00 times: 1.40; …" */
static void say_slowdown(const struct summary *s, size_t part, const struct estimate *ratio,
			 const char **beside, struct claim *c)
{
	char text[3][CLAIM_FIGURE_BYTES];
	struct estimate threads = over_runs(s, of_threads, part),
			processes = over_runs(s, of_processes, part);
	bool first = !*beside;
	claims_show_ratio(&threads, text[0]);
	claims_show_ratio(&processes, text[1]);
	claims_show_ratio(ratio, text[2]);
	if (first || *beside != parts[part].beside)
		claims_add(c->measured, "%s that %s, ", first ? "next to a worker" : "; next to one",
			   parts[part].beside);
	else
		claims_add(c->measured, "; ");
	claims_add(
		c->measured,
		first ? "%s takes threads %s times as long as next to one that spins, processes %s times: %s times as "
			"much"
		      : "%s %s and %s times: %s",
		parts[part].work, text[0], text[1], text[2]);
	*beside = parts[part].beside;
}

enum claim_verdict claims_judge_bystander(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	struct claim_parts found = {.more = "threads are slowed down more",
				    .not_more = "threads are slowed down no more"};
	const char *beside = NULL;
	const struct pairing any = {.suite = BYSTANDER_SUITE, .ballast = PAIRING_ANY_BALLAST};
	if (pairing_most_workers(s, BYSTANDER_SUITE) < 2)
		return pairing_find(s, &any, "pthread") ? claims_one_unit(c)
							: claims_unsure(&claims_nothing, c);
	for (size_t i = 0; i < PARTS; i++) {
		struct estimate ratio = over_runs(s, of_both, i);
		if (!ratio.n)
			continue;
		found.part[found.count++] = (struct claim_part){parts[i].where, ratio,
								pairing_is_more(&ratio)};
		say_slowdown(s, i, &ratio, &beside, c);
	}
	if (!found.count)
		return claims_unsure(&claims_nothing, c);
	claims_stamp(c, "span_ns");
	return claims_decide(&found, "on what is done: threads are slowed down more ", ", no more ", c);
}
