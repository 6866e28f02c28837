/* Who gives a program its workers sooner: a fork, or a small server that forks on request. */
#include <stdio.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

enum { ALONE, WITH_MEMORY, WITH_THREADS, SITUATIONS };

/* What a parent has in which situation; memory and threads are the most that were measured. */
struct parent {
	uint64_t ballast, threads;
	char where[64];
};

static bool is_of(const struct case_summary *c)
{
	return strcmp(c->id.suite, "first-work") == 0 && c->samples;
}

static struct parent most(const struct summary *s, bool of_threads)
{
	struct parent found = {.threads = 1};
	for (size_t i = 0; i < s->count; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!is_of(c))
			continue;
		if (!of_threads && c->id.size == 1 && c->id.ballast > found.ballast)
			found.ballast = c->id.ballast;
		if (of_threads && c->id.ballast == 0 && c->id.size > found.threads)
			found.threads = c->id.size;
	}
	return found;
}

static void find_parents(const struct summary *s, struct parent parent[static SITUATIONS])
{
	char size[24];
	parent[ALONE] = (struct parent){.threads = 1, .where = "for a small parent"};
	parent[WITH_MEMORY] = most(s, false);
	parent[WITH_THREADS] = most(s, true);
	snprintf(parent[WITH_MEMORY].where, sizeof parent->where, "for one that holds %s",
		 units_show_size((double)parent[WITH_MEMORY].ballast, size, sizeof size));
	snprintf(parent[WITH_THREADS].where, sizeof parent->where, "for one with %llu threads",
		 (unsigned long long)parent[WITH_THREADS].threads);
}

static const struct case_summary *first(const struct summary *s, const char *runner, const struct parent *of)
{
	const struct pairing p = {.suite = "first-work",
				  .kernels = "beside",
				  .workers = 1,
				  .size = of->threads,
				  .ballast = of->ballast};
	return pairing_find(s, &p, runner);
}

/* "; a new program takes 310 µs [300 µs, 320 µs], a worker of a pool 8 µs [7 µs, 9 µs]" */
static void say_others(const struct summary *s, const struct parent *of, struct claim *c)
{
	static const struct {
		const char *runner, *words;
	} others[] = {{"spawn", "a new program"}, {"fork-pool", "a worker of a pool"}};
	char text[CLAIM_FIGURE_BYTES];
	const char *before = "; ";
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct case_summary *other = first(s, others[i].runner, of);
		if (!other)
			continue;
		struct estimate time = pairing_reading(s, other, reading_first_result);
		claims_add(c->measured, "%s%s%s %s", before, others[i].words, i ? "" : " takes",
			   claims_show_time(&time, text));
		before = ", ";
	}
}

static void say_parts(const struct summary *s, const struct claim_parts *parts, const struct parent *parent,
		      struct claim *c)
{
	char text[2][CLAIM_FIGURE_BYTES];
	const struct case_summary *server = first(s, "forkserver", &parent[ALONE]);
	struct estimate time = server ? pairing_reading(s, server, reading_first_result) : claims_nothing;
	if (time.n)
		claims_add(c->measured, "a fork server's worker has its first result after %s; ",
			   claims_show_time(&time, text[0]));
	const char *before = "a forked one takes";
	for (size_t i = 0; i < SITUATIONS; i++) {
		const struct claim_part *part = &parts->part[i];
		if (!part->ratio.n)
			continue;
		claims_add(c->measured, "%s %s times as long %s", before,
			   claims_show_ratio(&part->ratio, text[1]), part->where);
		before = ",";
	}
	say_others(s, &parent[ALONE], c);
}

/* Why a fork takes longer where it does; what it copies is proportional to the memory. */
static const char because[] =
	"because a fork copies the page tables of all that its parent has touched, and the server has touched "
	"next to nothing; its price is two more messages";

static enum claim_verdict judge(const struct claim_parts *parts, struct claim *c)
{
	const struct claim_part *dearest = NULL;
	enum claim_verdict verdict = claims_agree(parts, c);
	if (verdict != CLAIM_UNKNOWN)
		return verdict;
	for (size_t i = 0; i < parts->count; i++)
		if (parts->part[i].more && (!dearest || parts->part[i].ratio.value > dearest->ratio.value))
			dearest = &parts->part[i];
	if (!dearest || !claims_parts_not_more(parts))
		return claims_name_open(parts, c);
	claims_rest_on(c, &dearest->ratio);
	claims_list_parts(parts, true, "on the parent: the server is sooner ", c);
	claims_list_parts(parts, false, ", no sooner ", c);
	return CLAIM_DEPENDS;
}

enum claim_verdict claims_judge_forkserver(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	struct parent parent[SITUATIONS];
	struct claim_parts parts = {
		.more = "the server is sooner", .not_more = "the server is no sooner", .count = SITUATIONS};
	find_parents(s, parent);
	for (size_t i = 0; i < SITUATIONS; i++) {
		struct claim_part *part = &parts.part[i];
		const struct case_summary *fork = first(s, "fork", &parent[i]),
					  *server = first(s, "forkserver", &parent[i]);
		bool again = i != ALONE && !parent[i].ballast && parent[i].threads == 1;
		part->where = parent[i].where;
		part->ratio = fork && server && !again ? pairing_over(s, fork, server, reading_first_result)
						       : claims_nothing;
		part->more = pairing_is_more(&part->ratio);
	}
	if (!claims_parts_measured(&parts))
		return claims_unsure(&claims_nothing, c);
	claims_stamp(c, "start_ns");
	claims_stamp(c, "work_ns");
	say_parts(s, &parts, parent, c);
	enum claim_verdict verdict = judge(&parts, c);
	claims_name_measured(&parts, c);
	if (claims_parts_more(&parts))
		claims_also(c->reason, "%s", because);
	return verdict;
}
