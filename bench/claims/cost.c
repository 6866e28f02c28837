/* What processes and threads cost: to keep in memory, to switch between, to lock. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/base/units.h"
#include "bench/claims/judges.h"

/* ---- memory ---- */

/* "28.3 KiB [28.1 KiB, 28.4 KiB] (PSS 8.3 KiB, page tables 4.0 KiB, kernel stack 16.0 KiB)" */
static void say_parts(const struct summary *s, const struct case_summary *c, struct claim *claim)
{
	static const struct {
		reading *read;
		const char *name, *column;
	} parts[] = {{reading_pss_a_worker, "PSS", "pss_kib"},
		     {reading_tables_a_worker, "page tables", "tables_kib"},
		     {reading_stacks_a_worker, "kernel stack", "stacks_kib"}};
	char text[CLAIM_FIGURE_BYTES];
	struct estimate whole = pairing_reading(s, c, reading_kib_a_worker);
	claims_add(claim->measured, " %s", claims_show_kib(&whole, text));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct estimate part = pairing_reading(s, c, parts[i].read);
		claims_add(claim->measured, "%s%s %s", i ? ", " : " (", parts[i].name,
			   claims_kib(part.value, text));
		claims_stamp(claim, parts[i].column);
	}
	claims_add(claim->measured, ")");
}

enum claim_verdict claims_judge_memory(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	const struct case_summary *most = NULL;
	struct pairing p = {.suite = "memory",
			    .kernels = "empty",
			    .a = "fork",
			    .b = "pthread",
			    .ballast = PAIRING_ANY_BALLAST,
			    .reading = reading_kib_a_worker};
	for (size_t i = 0; i < s->count; i++)
		if (pairing_counterpart(s, &p, &s->cases[i]) &&
		    (!most || s->cases[i].id.workers > most->id.workers))
			most = &s->cases[i];
	struct estimate ratio = most ? pairing_of(s, &p, most) : claims_nothing;
	if (!most || !ratio.n)
		return claims_unsure(&claims_nothing, c);
	char text[CLAIM_FIGURE_BYTES];
	claims_add(c->measured, "one of %llu idle threads occupies", (unsigned long long)most->id.workers);
	say_parts(s, pairing_counterpart(s, &p, most), c);
	claims_add(c->measured, ", one of %llu forked processes", (unsigned long long)most->id.workers);
	say_parts(s, most, c);
	claims_add(c->measured, ": %s times as much", claims_show_ratio(&ratio, text));
	return claims_more(&ratio, c);
}

/* ---- switching ---- */

/* The next larger working set of a pairing's cases; 0: there is none. */
static uint64_t next_size(const struct summary *s, struct pairing p, uint64_t size)
{
	uint64_t next = 0;
	p.size = 0;
	for (size_t i = 0; i < s->count; i++)
		if (pairing_counterpart(s, &p, &s->cases[i]) && s->cases[i].id.size > size &&
		    (!next || s->cases[i].id.size < next))
			next = s->cases[i].id.size;
	return next;
}

/* By how many ns a process switches later than a thread: the mean of the ways, in each invocation that has
 * all of them. */
static struct estimate difference(const struct summary *s, const struct pairing *p)
{
	struct estimate e = claims_nothing;
	double *x = calloc(s->run_count + 1, sizeof *x);
	size_t n = 0;
	for (size_t r = 0; x && r < s->run_count; r++) {
		double sum = 0;
		size_t ways = 0;
		for (size_t i = 0; i < s->count; i++) {
			const struct case_summary *a = &s->cases[i], *b = pairing_counterpart(s, p, a);
			if (!b)
				continue;
			sum += pairing_difference(s, a, b, p->reading, r);
			ways++;
		}
		if (ways && isfinite(sum))
			x[n++] = sum / (double)ways;
	}
	if (n)
		e = stat_difference_interval(x, n);
	free(x);
	return e;
}

static bool excludes_zero(const struct estimate *e)
{
	return claims_is_sure(e) && (e->low > 0 || e->high < 0);
}

/* "; with larger working sets the difference is +163 ns [+58 ns, +184 ns] at 32 KiB", "; with larger working
 * sets no difference was shown at 1 MiB, 4 MiB": a figure whose interval holds both signs is none. */
static void say_larger_sets(const struct summary *s, struct pairing p, struct claim *c)
{
	const uint64_t smallest = p.size;
	char size[24], text[CLAIM_FIGURE_BYTES];
	for (int shown = 1; shown >= 0; shown--) {
		const char *before = shown ? "; with larger working sets the difference is"
					   : "; with larger working sets no difference was shown at";
		p.size = smallest;
		while ((p.size = next_size(s, p, p.size))) {
			struct estimate e = difference(s, &p);
			if (!e.n || excludes_zero(&e) != (bool)shown)
				continue;
			units_show_size((double)p.size, size, sizeof size);
			if (shown)
				claims_add(c->measured, "%s %s at %s", before,
					   claims_show_difference(&e, text), size);
			else
				claims_add(c->measured, "%s %s", before, size);
			before = ",";
		}
	}
}

enum { WAY_BYTES = 32 };

/* What hands over the CPU, at one working set: "by futex", "by pipe", "by yield". */
static void find_ways(const struct summary *s, const struct pairing *p, struct claim_parts *ways,
		      char name[static CLAIM_PARTS][WAY_BYTES])
{
	for (size_t i = 0; i < s->count && ways->count < CLAIM_PARTS; i++) {
		const struct case_summary *c = &s->cases[i];
		if (!pairing_counterpart(s, p, c))
			continue;
		struct claim_part *way = &ways->part[ways->count];
		snprintf(name[ways->count], WAY_BYTES, "by %s", c->id.kernel + strlen("switch-"));
		way->where = name[ways->count];
		way->ratio = pairing_of(s, p, c);
		way->more = pairing_is_more(&way->ratio);
		ways->count += way->ratio.n > 0;
	}
}

static void say_ways(const struct claim_parts *ways, uint64_t size, struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	for (size_t i = 0; i < ways->count; i++)
		claims_add(c->measured,
			   i ? ", %s times %s"
			     : "a context switch on one CPU takes processes %s times as long as threads %s",
			   claims_show_ratio(&ways->part[i].ratio, text), ways->part[i].where);
	claims_add(c->measured, " (a working set of %s)", units_show_size((double)size, text, sizeof text));
}

enum claim_verdict claims_judge_switch(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	struct pairing p = {.suite = "switch",
			    .kernels = "switch-*",
			    .a = "fork",
			    .b = "pthread",
			    .placement = "single",
			    .ballast = PAIRING_ANY_BALLAST,
			    .reading = reading_hand_over};
	char name[CLAIM_PARTS][WAY_BYTES];
	struct claim_parts ways = {.more = "it costs processes more", .not_more = "it costs them no more"};
	p.size = next_size(s, p, 0); /* the smallest: larger ones measure the memory, not the switch */
	if (p.size)
		find_ways(s, &p, &ways, name);
	if (!ways.count)
		return claims_unsure(&claims_nothing, c);
	claims_stamp(c, "span_ns");
	say_ways(&ways, p.size, c);
	say_larger_sets(s, p, c);
	return claims_decide(&ways, "on the mechanism: it costs processes more ", ", no more ", c);
}

/* ---- locks ---- */

/* The lock that processes can share, over the one that threads take, both under their own workers. */
static struct look lock_look(const struct summary *s, uint64_t workers, bool *in_window)
{
	const struct pairing p = {.suite = "contention",
				  .workers = workers,
				  .ballast = PAIRING_ANY_BALLAST,
				  .kernels = "mutex"};
	const struct pairing q = {.suite = "contention",
				  .workers = workers,
				  .ballast = PAIRING_ANY_BALLAST,
				  .kernels = "mutex-private"};
	const struct case_summary *processes = pairing_find(s, &p, "fork"),
				  *threads = pairing_find(s, &q, "pthread");
	*in_window = processes && threads && readings_has_window(processes) && readings_has_window(threads);
	return look_at(s, processes, threads, reading_operation, 1);
}

enum { FREE, CONTENDED, LOCKS };

static void say_locks(const struct claim_parts *parts, const bool in_window[static LOCKS], struct claim *c)
{
	char text[CLAIM_FIGURE_BYTES];
	for (size_t i = 0; i < LOCKS; i++) {
		const struct claim_part *part = &parts->part[i];
		if (!part->ratio.n)
			continue;
		claims_stamp(c, in_window[i] ? "operation_ns" : "span_ns");
		claims_add(c->measured,
			   *c->measured ? ", %s times %s%s"
					: "a mutex shared by processes takes %s times as long as one among "
					  "threads %s%s",
			   claims_show_ratio(&part->ratio, text), part->where,
			   i == CONTENDED && in_window[i] ? " (operations of all workers in a fixed window)"
							  : "");
	}
}

/* Each part names by its own interval: two of them err together in at most 5 %. */
static enum claim_verdict judge_locks(const struct claim_parts *parts, struct claim *c)
{
	enum claim_verdict verdict = claims_agree(parts, c);
	if (verdict != CLAIM_UNKNOWN || claims_parts_more(parts) + claims_parts_not_more(parts) < LOCKS)
		return verdict == CLAIM_UNKNOWN ? claims_name_open(parts, c) : verdict;
	size_t dear = parts->part[FREE].more ? FREE : CONTENDED;
	claims_rest_on(c, &parts->part[dear].ratio);
	claims_add(c->reason, "on contention: it costs more only %s it", dear == FREE ? "without" : "with");
	return CLAIM_DEPENDS;
}

enum claim_verdict claims_judge_lock(const struct evidence *e, struct claim *c)
{
	uint64_t workers = pairing_most_workers(e->summary, "contention");
	char contended[64];
	bool in_window[LOCKS];
	snprintf(contended, sizeof contended, "with %llu workers contending", (unsigned long long)workers);
	struct claim_parts parts = {
		.more = "it costs processes more",
		.not_more = "it costs processes no more",
		.part = {[FREE] = {.where = "without contention"}, [CONTENDED] = {.where = contended}},
		.count = LOCKS};
	if (workers == 1)
		return claims_one_unit(c);
	for (size_t i = 0; i < LOCKS; i++) {
		struct claim_part *part = &parts.part[i];
		part->ratio = lock_look(e->summary, i == FREE ? 1 : workers, &in_window[i]).ratio;
		part->more = pairing_is_more(&part->ratio);
	}
	if (!claims_parts_measured(&parts))
		return claims_unsure(&claims_nothing, c);
	say_locks(&parts, in_window, c);
	enum claim_verdict verdict = judge_locks(&parts, c);
	claims_name_measured(&parts, c);
	return verdict;
}
