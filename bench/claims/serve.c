/* What a connection costs a server that has a process for each, over one that has a thread for each. */
#include <math.h>
#include <stdlib.h>

#include "bench/claims/judges.h"
#include "bench/claims/serve.h"

/* All verdicts are about this many. */
#define CONNECTIONS 100

static const struct case_summary *find(const struct summary *s, const char *kernel, const char *runner)
{
	const struct pairing p = {
		.suite = SERVE_SUITE, .kernels = kernel, .size = CONNECTIONS, .ballast = PAIRING_ANY_BALLAST};
	return pairing_find(s, &p, runner);
}

double reading_kib_a_connection(const struct summary *s, const struct case_summary *c, size_t run)
{
	return reading_kib_a_worker(s, c, run) * (double)c->id.workers / (double)c->id.size;
}

struct estimate serve_kib_of_process(const struct summary *s)
{
	const struct case_summary *c = find(s, "serve-each", "fork");
	return c ? pairing_reading(s, c, reading_kib_a_connection) : claims_nothing;
}

static const struct part {
	const char *processes[2], *threads[2]; /* kernel, runner */
	const char *where, *stamp;
	reading *read;
	const char *says; /* of the ratio */
	const char *(*show)(const struct estimate *e, char text[static CLAIM_FIGURE_BYTES]); /* of threads */
} parts[] = {
	{{"serve-each", "fork"},
	 {"serve-each", "pthread"},
	 "in the time per request",
	 "request_ns",
	 reading_request,
	 "a request takes %s times as long (%s with threads)",
	 claims_show_time},
	{{"serve-each", "fork"},
	 {"serve-each", "pthread"},
	 "in the 99th percentile of the latency",
	 "p99_ns",
	 reading_p99,
	 "the 99th percentile is %s times (%s)",
	 claims_show_time},
	{{"serve-each", "fork"},
	 {"serve-each", "pthread"},
	 "in memory per connection",
	 "pss_kib tables_kib stacks_kib",
	 reading_kib_a_connection,
	 "memory %s times (%s)",
	 claims_show_kib},
	{{"connect-process", "fork"},
	 {"connect-thread", "fork"},
	 "in a connection that brings one request",
	 "span_ns",
	 reading_span_an_item,
	 "a connection with one request %s times (%s)",
	 claims_show_time},
};
#define PARTS (sizeof parts / sizeof *parts)
_Static_assert(PARTS <= CLAIM_PARTS, "the parts of this claim have room");

static void say_part(const struct summary *s, const struct part *part, const struct estimate *ratio,
		     struct claim *c)
{
	char text[2][CLAIM_FIGURE_BYTES];
	const struct case_summary *threads = find(s, part->threads[0], part->threads[1]);
	struct estimate own = pairing_reading(s, threads, part->read);
	claims_show_ratio(ratio, text[0]);
	part->show(&own, text[1]);
	if (*c->measured)
		claims_add(c->measured, ", ");
	else
		claims_add(
			c->measured,
			"of %d connections with a process each, over one with a thread each: ", CONNECTIONS);
	claims_add(c->measured, part->says, text[0], text[1]);
}

/* "; a pool of processes takes 1.02 times as long per request as one of threads, which takes 0.9 of a thread
 * per connection" */
static void say_pools(const struct summary *s, struct claim *c)
{
	const struct case_summary *processes = find(s, "serve-pool", "fork"),
				  *threads = find(s, "serve-pool", "pthread"),
				  *each = find(s, "serve-each", "pthread"),
				  *made = find(s, "connect-thread", "fork"),
				  *standing = find(s, "connect-standing", "fork");
	char text[2][CLAIM_FIGURE_BYTES];
	if (processes && threads && each) {
		struct estimate kinds = pairing_over(s, processes, threads, reading_request);
		struct estimate pool = pairing_over(s, threads, each, reading_request);
		claims_also(
			c->measured,
			"a pool of processes takes %s times as long as one of threads, that %s times a thread each",
			claims_show_ratio(&kinds, text[0]), claims_show_ratio(&pool, text[1]));
	}
	if (made && standing) {
		struct estimate prefork = pairing_over(s, standing, made, reading_span_an_item);
		claims_also(c->measured,
			    "a prefork process answers a new connection in %s of a new thread's time",
			    claims_show_ratio(&prefork, text[0]));
	}
}

enum claim_verdict claims_judge_serve(const struct evidence *e, struct claim *c)
{
	const struct summary *s = e->summary;
	struct claim_parts found = {.more = "it costs more", .not_more = "it costs no more"};
	const struct pairing any = {.suite = SERVE_SUITE, .ballast = PAIRING_ANY_BALLAST};
	if (pairing_most_workers(s, SERVE_SUITE) < 2)
		return pairing_find(s, &any, "pthread") ? claims_one_unit(c)
							: claims_unsure(&claims_nothing, c);
	for (size_t i = 0; i < PARTS; i++) {
		const struct case_summary *processes = find(s, parts[i].processes[0], parts[i].processes[1]),
					  *threads = find(s, parts[i].threads[0], parts[i].threads[1]);
		if (!processes || !threads)
			continue;
		struct claim_part *part = &found.part[found.count];
		*part = (struct claim_part){.where = parts[i].where,
					    .ratio = pairing_over(s, processes, threads, parts[i].read)};
		if (!part->ratio.n)
			continue;
		part->more = pairing_is_more(&part->ratio);
		found.count++;
		say_part(s, &parts[i], &part->ratio, c);
		claims_stamp(c, parts[i].stamp);
	}
	if (!found.count)
		return claims_unsure(&claims_nothing, c);
	say_pools(s, c);
	return claims_decide(&found, "on what is asked: a process costs more ", ", no more ", c);
}
