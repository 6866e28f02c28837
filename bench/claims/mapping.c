/* What memory that all workers map shared costs processes: page tables, the first pass over it, and all that
 * follows. */
#include <math.h>
#include <stdlib.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"
#include "bench/claims/mapping.h"

double reading_tables(const struct summary *s, const struct case_summary *c, size_t run)
{
	(void)s;
	return c->by_run[METRIC_TABLES][run];
}

double reading_page(const struct summary *s, const struct case_summary *c, size_t run)
{
	return reading_span_an_item(s, c, run) * (double)c->id.workers;
}

/* At the most workers that have a unit each, and the largest size. */
static const struct case_summary *find(const struct summary *s, const char *kernel, const char *runner)
{
	const struct case_summary *found = NULL;
	uint64_t workers = pairing_most_workers(s, MAPPING_SUITE);
	for (size_t i = 0; i < s->count; i++) {
		const struct pairing p = {.suite = MAPPING_SUITE,
					  .kernels = kernel,
					  .workers = workers,
					  .size = s->cases[i].id.size,
					  .ballast = PAIRING_ANY_BALLAST};
		const struct case_summary *c = pairing_find(s, &p, runner);
		if (c && (!found || c->id.size > found->id.size))
			found = c;
	}
	return found;
}

#define MIB_A_GIB 1024.0

static double tables_of_a_gib(const struct summary *s, const struct case_summary *c, size_t run)
{
	return reading_tables_a_worker(s, c, run) * MIB_A_GIB / (double)c->id.size;
}

struct estimate mapping_tables_of_a_gib(const struct summary *s)
{
	const struct case_summary *c = find(s, "mapping-first", "fork");
	return c ? pairing_reading(s, c, tables_of_a_gib) : claims_nothing;
}

static const struct {
	const char *kernel, *where, *what; /* `what` takes processes so many times … */
	reading *read;
} parts[] = {
	{"mapping-first", "in page tables", "page tables", reading_tables},
	{"mapping-first", "in the first pass", "the first pass", reading_page},
	{"mapping-later", "in later passes", "later passes", reading_page},
	{"mapping-random", "in reads at random", "reads at random", reading_page},
};
#define PARTS (sizeof parts / sizeof *parts)
_Static_assert(PARTS <= CLAIM_PARTS, "the parts of this claim have room");

/* "of 256 MiB that 2 workers share, page tables take 2 processes 2.10 times as much as threads", "the first
 * pass 1.9 times as long" */
static void say_part(size_t i, const struct claim_part *part, const struct case_summary *of, struct claim *c)
{
	char size[24], text[CLAIM_FIGURE_BYTES];
	claims_show_ratio(&part->ratio, text);
	if (!*c->measured)
		claims_add(c->measured, "of %s that %zu workers map, in pages of 4 KiB, ",
			   units_show_size((double)of->id.size * 0x1p20, size, sizeof size),
			   (size_t)of->id.workers);
	else
		claims_add(c->measured, ", ");
	if (parts[i].read == reading_tables)
		claims_add(c->measured, "processes have %s times the %s of threads", text, parts[i].what);
	else
		claims_add(c->measured, "%s take%s them %s times as long", parts[i].what,
			   parts[i].read && parts[i].what[0] == 't' ? "s" : "", text);
}

static void say_amounts(const struct summary *s, struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	struct estimate tables = mapping_tables_of_a_gib(s);
	const struct case_summary *random = find(s, "mapping-random", "fork");
	if (tables.n)
		claims_also(c->measured, "a process's tables take %s per GiB",
			    claims_show_kib(&tables, text));
	if (random) {
		struct estimate read = pairing_reading(s, random, reading_page);
		claims_also(c->measured, "a read at random takes a process %s",
			    claims_show_time(&read, text));
	}
}

/* "; in transparent huge pages a process has 0.25 times the tables, and …" */
static void say_huge(const struct summary *s, struct claim *c)
{
	static const struct {
		const char *first, *random, *what;
	} kinds[] = {{"mapping-first-thp", "mapping-random-thp", "transparent huge pages"},
		     {"mapping-first-hugetlb", "mapping-random-hugetlb", "pages of hugetlbfs"}};
	char text[CLAIM_FIGURE_BYTES];
	const struct case_summary *first = find(s, "mapping-first", "fork"),
				  *random = find(s, "mapping-random", "fork");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct case_summary *huge = find(s, kinds[i].first, "fork"),
					  *read = find(s, kinds[i].random, "fork");
		if (!huge || !first)
			continue;
		struct estimate tables = pairing_over(s, huge, first, reading_tables);
		struct estimate pass = pairing_over(s, huge, first, reading_page);
		claims_also(c->measured, "in %s it has %s times the tables", kinds[i].what,
			    claims_show_ratio(&tables, text));
		claims_add(c->measured, ", the first pass takes %s times", claims_show_ratio(&pass, text));
		if (!read || !random)
			continue;
		struct estimate reads = pairing_over(s, read, random, reading_page);
		claims_add(c->measured, " and a read %s times as long", claims_show_ratio(&reads, text));
	}
}

enum claim_verdict claims_judge_mapping(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	struct claim_parts found = {.more = "it costs processes more", .not_more = "it costs them no more"};
	const struct pairing any = {.suite = MAPPING_SUITE, .ballast = PAIRING_ANY_BALLAST};
	if (pairing_most_workers(s, MAPPING_SUITE) < 2)
		return pairing_find(s, &any, "pthread") ? claims_one_unit(c)
							: claims_unsure(&claims_nothing, c);
	for (size_t i = 0; i < PARTS; i++) {
		const struct case_summary *processes = find(s, parts[i].kernel, "fork"),
					  *threads = find(s, parts[i].kernel, "pthread");
		if (!processes || !threads)
			continue;
		struct claim_part *part = &found.part[found.count];
		part->where = parts[i].where;
		part->ratio = pairing_over(s, processes, threads, parts[i].read);
		if (!part->ratio.n)
			continue;
		part->more = pairing_is_more(&part->ratio);
		say_part(i, part, processes, c);
		claims_stamp(c, parts[i].read == reading_tables ? "tables_kib" : "span_ns");
		found.count++;
	}
	if (!found.count)
		return claims_unsure(&claims_nothing, c);
	say_amounts(s, c);
	say_huge(s, c);
	enum claim_verdict verdict = claims_decide(&found, "on what is asked of it: it costs processes more ",
						   ", no more ", c);
	return verdict;
}
